import type { EventStoreDBClient } from '@eventstore/db-client';
import { convertToCommandError, parseUUID } from '@eventstore/db-client/dist/utils';
import { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb';
import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb';
import { EventStoreFault } from '../event-store';
import type { RecordedWireEvent } from './client';
import { insideOf } from './inside-client';
import type { InsideClient } from './inside-client';
import { within } from './within';

type Call = ReturnType<StreamsClient['read']>;

interface Listener {
  take(answer: ReadResp): void;
  /** Once, with what went wrong if something did; never after `close`. */
  end(error?: unknown): void;
}

/** Who is told what a subscription brings, in order. */
export interface Subscriber {
  confirmed(): void;
  event(event: RecordedWireEvent): void;
  /** So far the server has looked. */
  checkpoint(at: bigint): void;
  caughtUp(): void;
  /** Nothing more will come. */
  failed(error: unknown): void;
}

/**
 * Reads and subscriptions, told as the answers come. The client puts two streams of Node's and an iterator round each call, which
 * cost more than a short read does, and makes an error with its stack of a stream that is not there.
 */
export class ReadCalls {
  private readonly inside: InsideClient;

  constructor(client: EventStoreDBClient) {
    this.inside = insideOf(client);
  }

  /** What is there; undefined when there is no such stream. @throws what `troubleOf` knows */
  async collect(request: ReadReq, deadlineMs: number): Promise<RecordedWireEvent[] | undefined> {
    let call: OpenRead | undefined;
    const answer = new Promise<RecordedWireEvent[] | undefined>((resolve, reject) => {
      const events: RecordedWireEvent[] = [];
      let isMissing = false;
      call = new OpenRead(this.inside, request, {
        take: (part) => {
          if (part.hasStreamNotFound()) isMissing = true;
          const event = recorded(part);
          if (event !== undefined) events.push(event);
        },
        end: (error) => {
          if (error === undefined) resolve(isMissing ? undefined : events);
          else reject(error as Error);
        },
      });
    });
    return within(deadlineMs, answer, () => call?.close());
  }

  /** Until it is closed, or fails. */
  follow(request: ReadReq, subscriber: Subscriber): OpenRead {
    return new OpenRead(this.inside, request, {
      take: (part) => {
        const checkpoint = part.getCheckpoint();
        if (checkpoint !== undefined) return subscriber.checkpoint(BigInt(checkpoint.getCommitPosition()));
        const event = recorded(part);
        if (event !== undefined) return subscriber.event(event);
        if (part.hasCaughtUp()) subscriber.caughtUp();
        if (part.hasConfirmation()) subscriber.confirmed();
      },
      end: (error) => subscriber.failed(error ?? new EventStoreFault('unavailable', true)),
    });
  }
}

/** A call, from before it has a connection. */
export class OpenRead {
  private call: Call | undefined;
  private isClosed = false;
  private isPaused = false;

  constructor(
    private readonly inside: InsideClient,
    request: ReadReq,
    private readonly listener: Listener,
  ) {
    this.begin(request).catch((error: unknown) => this.end(error));
  }

  /** Nothing is asked of the server until `resume`; what had come before is still told. */
  pause(): void {
    this.isPaused = true;
    this.call?.pause();
  }

  resume(): void {
    this.isPaused = false;
    this.call?.resume();
  }

  close(): void {
    this.isClosed = true;
    this.cancel();
  }

  private async begin(request: ReadReq): Promise<void> {
    const client = await this.inside.getGRPCClient(StreamsClient, 'reads');
    if (this.isClosed) return;
    const call = client.read(request, ...this.inside.callArguments({ requiresLeader: true }, { deadline: Infinity }));
    this.call = call;
    this.inside.disposableStreams.add(call);
    call.on('data', (part: ReadResp) => this.take(part));
    call.on('error', (error: Error) => {
      this.inside.disposableStreams.delete(call);
      // Who closes it has not found the connection broken.
      if (!this.isClosed) void this.inside.handleError(client, error);
      this.end(convertToCommandError(error));
    });
    call.on('end', () => {
      this.inside.disposableStreams.delete(call);
      this.end();
    });
    if (this.isPaused) call.pause();
  }

  private take(part: ReadResp): void {
    if (this.isClosed) return;
    try {
      this.listener.take(part);
    } catch (error) {
      this.end(error);
      this.cancel();
    }
  }

  private cancel(): void {
    if (this.call === undefined) return;
    // One that is paused does not say that the server has ended it, and its client would wait for that.
    this.inside.disposableStreams.delete(this.call);
    this.call.cancel();
  }

  private end(error?: unknown): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.listener.end(error);
  }
}

/** Undefined for what is no event, and for the link to something that is gone. */
function recorded(part: ReadResp): RecordedWireEvent | undefined {
  const event = part.getEvent()?.getEvent();
  return event === undefined ? undefined : new Recorded(event);
}

/** A follower is sent much that it passes over: what is in an event is parsed when somebody looks at it. */
class Recorded implements RecordedWireEvent {
  readonly id: string;
  readonly type: string;
  readonly stream: string;
  readonly revision: number;
  readonly at: bigint;
  private parsed: { readonly data: unknown; readonly metadata: unknown } | undefined;

  constructor(private readonly event: ReadResp.ReadEvent.RecordedEvent) {
    this.id = parseUUID(event.getId()) ?? '';
    this.type = event.getMetadataMap().get('type') ?? '';
    this.stream = textOf(event.getStreamIdentifier()?.getStreamName_asU8() ?? NOTHING);
    this.revision = Number(event.getStreamRevision());
    this.at = BigInt(event.getCommitPosition());
  }

  get data(): unknown {
    return this.content.data;
  }

  get metadata(): unknown {
    return this.content.metadata;
  }

  private get content() {
    return (this.parsed ??= { data: parsed(this.event.getData_asU8()), metadata: parsed(this.event.getCustomMetadata_asU8()) });
  }
}

const NOTHING = new Uint8Array();

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();

/** Others may write what is no JSON; nobody of ours looks at it. */
function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(textOf(bytes));
  } catch {
    return undefined;
  }
}
