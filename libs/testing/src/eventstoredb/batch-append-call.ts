import { LogFault } from '@tocsin/embedded-log';
import { Empty } from 'google-protobuf/google/protobuf/empty_pb';
import { Any } from 'google-protobuf/google/protobuf/any_pb';
import type { Message } from 'google-protobuf';
import { Code } from '@eventstore/db-client/generated/code_pb';
import {
  AllStreamPosition,
  BadRequest,
  MaximumAppendSizeExceeded,
  StreamDeleted,
  Timeout,
  Unknown,
  WrongExpectedVersion,
} from '@eventstore/db-client/generated/shared_pb';
import type { UUID } from '@eventstore/db-client/generated/shared_pb';
import { Status } from '@eventstore/db-client/generated/status_pb';
import { BatchAppendResp } from '@eventstore/db-client/generated/streams_pb';
import type { BatchAppendReq } from '@eventstore/db-client/generated/streams_pb';
import type { Database, Written } from './database';
import { NO_STREAM } from './expected-revision';
import type { Expected } from './expected-revision';
import { expectedOf, identifierOf, idOf, nameOf, proposedOf, sizeOf } from './messages';
import { positionOf } from './record';
import type { ProposedEvent } from './record';
import { Refusal } from './refusals';

interface Pending {
  readonly correlationId: UUID | undefined;
  readonly stream: string;
  readonly expected: Expected;
  readonly deadlineMs: number;
  readonly events: ProposedEvent[];
}

/**
 * The appends of one long-lived call. Each is told apart by its correlation id, may come in several chunks between those of
 * others, and is written when its last chunk is there. An error is the answer to one append and ends nothing.
 */
export class BatchAppends {
  private readonly pending = new Map<string, Pending>();

  constructor(
    private readonly database: Database,
    private readonly mostBytes: number,
  ) {}

  /** The append that this chunk completes, to be answered. */
  take(chunk: BatchAppendReq): Pending | undefined {
    const id = idOf(chunk.getCorrelationId());
    const options = chunk.getOptions();
    if (options !== undefined) {
      const deadline = options.getDeadline();
      this.pending.set(id, {
        correlationId: chunk.getCorrelationId(),
        stream: nameOf(options.getStreamIdentifier()),
        expected: expectedOf({
          hasRevision: () => options.hasStreamPosition(),
          getRevision: () => options.getStreamPosition(),
          hasNoStream: () => options.hasNoStream(),
          hasAny: () => options.hasAny(),
          hasStreamExists: () => options.hasStreamExists(),
        }),
        deadlineMs: deadline === undefined ? Infinity : deadline.toDate().getTime(),
        events: [],
      });
    }
    const append = this.pending.get(id);
    append?.events.push(...chunk.getProposedMessagesList().map(proposedOf));
    if (!chunk.getIsFinal()) return undefined;
    this.pending.delete(id);
    return append;
  }

  async answer(append: Pending): Promise<BatchAppendResp> {
    const { stream, expected, events } = append;
    const answer = new BatchAppendResp();
    answer.setCorrelationId(append.correlationId);
    // Clients read the name from an error without looking whether it is there.
    answer.setStreamIdentifier(identifierOf(stream));
    const { mostBytes } = this;
    if (events.reduce((sum, event) => sum + sizeOf(event), 0) > mostBytes) return answer.setError(tooLarge(mostBytes));
    if (append.deadlineMs < Date.now()) return answer.setError(timedOut());
    try {
      const written = await this.database.append(stream, expected, events);
      if (written.kind === 'written') return answer.setSuccess(success(written));
      return answer.setError(written.kind === 'deleted' ? deleted(stream) : conflict(expected, written.current));
    } catch (error) {
      return answer.setError(failure(error));
    }
  }
}

function success(written: Extract<Written, { kind: 'written' }>): BatchAppendResp.Success {
  const message = new BatchAppendResp.Success();
  if (written.revision === NO_STREAM) message.setNoStream(new Empty());
  else message.setCurrentRevision(String(written.revision));
  if (written.at === undefined) return message.setNoPosition(new Empty());
  const position = new AllStreamPosition();
  position.setCommitPosition(String(positionOf(written.at)));
  position.setPreparePosition(String(positionOf(written.at)));
  return message.setPosition(position);
}

function conflict(expected: Expected, current: number): Status {
  const details = new WrongExpectedVersion();
  if (current === NO_STREAM) details.setCurrentNoStream(new Empty());
  else details.setCurrentStreamRevision(String(current));
  if (expected === 'any') details.setExpectedAny(new Empty());
  else if (expected === 'stream_exists') details.setExpectedStreamExists(new Empty());
  else if (expected === NO_STREAM) details.setExpectedNoStream(new Empty());
  else details.setExpectedStreamPosition(String(expected));
  return statusOf(Code.ALREADY_EXISTS, 'WrongExpectedVersion', details);
}

const deleted = (stream: string): Status => {
  const details = new StreamDeleted();
  details.setStreamIdentifier(identifierOf(stream));
  return statusOf(Code.NOT_FOUND, 'StreamDeleted', details);
};

const tooLarge = (mostBytes: number): Status => {
  const details = new MaximumAppendSizeExceeded();
  details.setMaxappendsize(mostBytes);
  return statusOf(Code.INVALID_ARGUMENT, 'MaximumAppendSizeExceeded', details);
};

const timedOut = (): Status => statusOf(Code.DEADLINE_EXCEEDED, 'Timeout', new Timeout());

function failure(error: unknown): Status {
  if (error instanceof LogFault && error.reason === 'timeout') return timedOut();
  if (!(error instanceof Refusal)) return statusOf(Code.UNKNOWN, 'Unknown', new Unknown());
  const details = new BadRequest();
  details.setMessage(error.details);
  return statusOf(Code.INVALID_ARGUMENT, 'BadRequest', details);
}

function statusOf(code: Code, name: string, details: Message): Status {
  const packed = new Any();
  packed.pack(details.serializeBinary(), `event_store.client.${name}`);
  const status = new Status();
  status.setCode(code);
  status.setMessage(name);
  return status.setDetails(packed);
}
