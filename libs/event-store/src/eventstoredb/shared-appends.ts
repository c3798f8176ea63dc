import type { EventStoreDBClient } from '@eventstore/db-client';
import { unpackToCommandError } from '@eventstore/db-client/dist/streams/appendToStream/unpackError';
import { convertToCommandError, createStreamIdentifier, createUUID, parseUUID } from '@eventstore/db-client/dist/utils';
import { Empty } from '@eventstore/db-client/generated/shared_pb';
import { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb';
import { BatchAppendReq } from '@eventstore/db-client/generated/streams_pb';
import type { BatchAppendResp } from '@eventstore/db-client/generated/streams_pb';
import { v4 as newUuid } from 'uuid';
import { EventStoreFault } from '../event-store';
import type { ExpectedRevision } from '../event-store';
import type { WireEvent } from './client';
import { troubleOf } from './client-faults';
import { insideOf } from './inside-client';
import type { InsideClient } from './inside-client';
import { within } from './within';

type Call = ReturnType<StreamsClient['batchAppend']>;

export interface Appended {
  readonly revision: number;
  readonly at: bigint;
}

interface Waiting {
  readonly stream: string;
  resolve(appended: Appended): void;
  reject(error: unknown): void;
}

/** One call, and the appends whose answers it owes. */
interface OpenCall {
  readonly call: Call;
  readonly waiting: Map<string, Waiting>;
  /** Since the last answer, or since something is owed at all. */
  silentSince: number;
}

/** Longer than a server takes that works. */
const SILENT_MS = 2_000;

/**
 * Appends over one long-lived call: a call of its own costs client and server more than an append. What is under way on a call
 * that breaks has an unknown outcome, like any that was not answered: whoever asked repeats it at the same revision. The client
 * has the same, but there an answer that comes after an error ends the process.
 */
export class SharedAppends {
  private readonly inside: InsideClient;
  private opening: Promise<OpenCall> | undefined;
  private current: OpenCall | undefined;

  constructor(client: EventStoreDBClient) {
    this.inside = insideOf(client);
  }

  /** @throws what `troubleOf` knows */
  async append(stream: string, expected: ExpectedRevision, events: readonly WireEvent[], deadlineMs: number): Promise<Appended> {
    const startedAt = performance.now();
    const open = await within(deadlineMs, (this.opening ??= this.open()));
    const leftMs = Math.max(1, deadlineMs - (performance.now() - startedAt));
    const id = newUuid();
    if (open.waiting.size === 0) open.silentSince = performance.now();
    const answer = new Promise<Appended>((resolve, reject) => open.waiting.set(id, { stream, resolve, reject }));
    open.call.write(request(id, { stream, expected, events }));
    try {
      return await within(leftMs, answer, () => this.missed(open));
    } finally {
      open.waiting.delete(id);
    }
  }

  private async open(): Promise<OpenCall> {
    try {
      const make = (client: StreamsClient): Call =>
        client.batchAppend(...this.inside.callArguments({ requiresLeader: true }, { deadline: Infinity }));
      const call = await this.inside.GRPCStreamCreator(StreamsClient, 'appends', make)();
      const open: OpenCall = { call, waiting: new Map(), silentSince: performance.now() };
      this.current = open;
      call.on('data', (answer: BatchAppendResp) => take(open, answer));
      call.on('error', (error: Error) => this.end(open, convertToCommandError(error)));
      call.on('end', () => this.end(open, new EventStoreFault('unavailable', true)));
      return open;
    } catch (error) {
      this.opening = undefined;
      throw error;
    }
  }

  /** One that is late, or that had little time, may be all that is wrong. A call on which nothing is answered is given up. */
  private missed(open: OpenCall): void {
    if (performance.now() - open.silentSince >= SILENT_MS) open.call.cancel();
  }

  /** A call that failed ends as well, perhaps when another is open. */
  private end(open: OpenCall, error: unknown): void {
    if (this.current === open) this.opening = this.current = undefined;
    for (const { reject } of open.waiting.values()) reject(error);
    open.waiting.clear();
  }
}

function take(open: OpenCall, answer: BatchAppendResp): void {
  open.silentSince = performance.now();
  // Of one that was given up there is nobody left to tell.
  const waiting = open.waiting.get(parseUUID(answer.getCorrelationId()) ?? '');
  if (waiting === undefined) return;
  const [error, success] = [answer.getError(), answer.getSuccess()];
  if (success !== undefined) {
    const at = success.getPosition()?.getCommitPosition() ?? '0';
    waiting.resolve({ revision: Number(success.getCurrentRevision()), at: BigInt(at) });
  } else {
    const refusal = error === undefined ? undefined : unpackToCommandError(error, waiting.stream);
    waiting.reject(refusal !== undefined && troubleOf(refusal) !== undefined ? refusal : unknown(refusal));
  }
}

/** A server that has no name for what went wrong may not have it again. */
const unknown = (cause: unknown): EventStoreFault => new EventStoreFault('unavailable', true, { cause });

interface Asked {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly events: readonly WireEvent[];
}

/** Without a deadline: it would be a time of day, and the server's clock may differ. The server has a limit of its own. */
function request(id: string, { stream, expected, events }: Asked): BatchAppendReq {
  const options = new BatchAppendReq.Options();
  options.setStreamIdentifier(createStreamIdentifier(stream));
  if (expected === 'any') options.setAny(new Empty());
  else if (expected === 'no_stream') options.setNoStream(new Empty());
  else options.setStreamPosition(String(expected));
  const asked = new BatchAppendReq();
  asked.setCorrelationId(createUUID(id));
  asked.setOptions(options);
  asked.setProposedMessagesList(events.map(proposed));
  asked.setIsFinal(true);
  return asked;
}

function proposed({ id, type, data, metadata }: WireEvent): BatchAppendReq.ProposedMessage {
  const message = new BatchAppendReq.ProposedMessage();
  message.setId(createUUID(id));
  message.getMetadataMap().set('type', type);
  message.getMetadataMap().set('content-type', 'application/json');
  message.setData(Buffer.from(JSON.stringify(data)));
  message.setCustomMetadata(Buffer.from(JSON.stringify(metadata)));
  return message;
}
