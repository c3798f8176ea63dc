import { BACKWARDS, END, EventStoreDBClient, FORWARDS, jsonEvent, START, streamNameFilter } from '@eventstore/db-client';
import type { AllStreamSubscription, EventData, ResolvedEvent, StreamingRead } from '@eventstore/db-client';
import type { ExpectedRevision } from '../event-store';
import { appendCredentials } from './connection-url';
import type { Credentials } from './connection-url';
import { SharedAppends } from './shared-appends';
import type { Appended } from './shared-appends';
import { within } from './within';

export interface WireEvent {
  readonly id: string;
  readonly type: string;
  readonly data: unknown;
  readonly metadata: unknown;
}

export interface RecordedWireEvent extends WireEvent {
  readonly stream: string;
  readonly revision: number;
  readonly at: bigint;
}

export interface FollowOptions {
  /** Exclusive; `undefined` from the beginning. */
  readonly after: bigint | undefined;
  /** None mean every stream, and no checkpoints. */
  readonly prefixes: readonly string[];
  /** Of a server that is given prefixes: it looks through so many events at a time, and says after each time how far it is. */
  readonly window?: number;
  readonly onCheckpoint: (at: bigint) => void;
  /** Kept ready; the server waits while they are not taken. */
  readonly buffered: number;
}

const LARGEST_SHARED_CHARACTERS = 262_144;

/** A follower may be behind: what was appended a moment ago would not be there. A node that does not lead says who does. */
const BY_THE_LEADER = { requiresLeader: true } as const;

/**
 * The only module that knows the client by its names: options, events, streams. Another client of the protocol is a change
 * here. Errors come as the client throws them; `client-faults.ts` reads them.
 */
export class Client {
  private readonly client: EventStoreDBClient;
  private readonly credentials: Credentials;
  private readonly shared: SharedAppends;

  constructor(url: string) {
    this.credentials = appendCredentials(url);
    this.client = EventStoreDBClient.connectionString(url);
    this.shared = new SharedAppends(this.client);
  }

  async append(stream: string, expected: ExpectedRevision, events: readonly WireEvent[], deadlineMs: number): Promise<Appended> {
    // A large one would hold up all others, and the server takes it in parts.
    if (sizeOf(events) <= LARGEST_SHARED_CHARACTERS) return this.shared.append(stream, expected, events, deadlineMs);
    const appending = this.client.appendToStream(stream, events.map(toEventData), {
      ...BY_THE_LEADER,
      expectedRevision: typeof expected === 'number' ? BigInt(expected) : expected,
      credentials: this.credentials,
      deadline: deadlineMs,
    });
    const { nextExpectedRevision, position } = await within(deadlineMs, appending);
    return { revision: Number(nextExpectedRevision), at: position?.commit ?? 0n };
  }

  /** From a revision on, oldest first. */
  readStream(stream: string, from: number, most: number, deadlineMs: number): Promise<RecordedWireEvent[]> {
    return collect(
      this.client.readStream(
        stream,
        { ...BY_THE_LEADER, fromRevision: BigInt(from), direction: FORWARDS, maxCount: most },
        { highWaterMark: most },
      ),
      deadlineMs,
    );
  }

  async readLast(stream: string, deadlineMs: number): Promise<RecordedWireEvent | undefined> {
    const reading = this.client.readStream(stream, { ...BY_THE_LEADER, fromRevision: END, direction: BACKWARDS, maxCount: 1 });
    return (await collect(reading, deadlineMs))[0];
  }

  async readNewest(deadlineMs: number): Promise<RecordedWireEvent | undefined> {
    const reading = this.client.readAll({ ...BY_THE_LEADER, fromPosition: END, direction: BACKWARDS, maxCount: 1 });
    return (await collect(reading, deadlineMs))[0];
  }

  follow({ after, prefixes, window, onCheckpoint, buffered }: FollowOptions): AllStreamSubscription {
    return this.client.subscribeToAll(
      {
        ...BY_THE_LEADER,
        fromPosition: after === undefined ? START : { commit: after, prepare: after },
        ...(prefixes.length > 0 && {
          filter: streamNameFilter({
            prefixes: [...prefixes],
            ...(window !== undefined && { maxSearchWindow: window }),
            checkpointInterval: 1,
            checkpointReached: (_subscription, { commit }) => onCheckpoint(commit),
          }),
        }),
      },
      { highWaterMark: buffered },
    );
  }

  /** Hides everything the stream has; its revisions go on. */
  async softDelete(stream: string, lastRevision: number, deadlineMs: number): Promise<void> {
    await within(
      deadlineMs,
      this.client.deleteStream(stream, { ...BY_THE_LEADER, expectedRevision: BigInt(lastRevision), deadline: deadlineMs }),
    );
  }

  /** Of what the stream has by then and later only so many events, or those of so many seconds, are kept. */
  async limit(stream: string, limits: { readonly maxCount?: number; readonly maxAge?: number }, deadlineMs: number): Promise<void> {
    const { metadata } = await within(deadlineMs, this.client.getStreamMetadata(stream, BY_THE_LEADER));
    if (metadata !== undefined && metadata.maxCount === limits.maxCount && metadata.maxAge === limits.maxAge) return;
    await within(
      deadlineMs,
      this.client.setStreamMetadata(
        stream,
        { ...metadata, ...limits },
        { ...BY_THE_LEADER, credentials: this.credentials, deadline: deadlineMs },
      ),
    );
  }

  async dispose(): Promise<void> {
    await this.client.dispose();
  }
}

/** What was recorded; undefined for the link to something that is gone. */
export function fromResolved({ event, commitPosition }: ResolvedEvent): RecordedWireEvent | undefined {
  if (event === undefined) return undefined;
  const at = event.position?.commit ?? commitPosition;
  if (at === undefined) throw new Error('the server does not say where an event lies: it must be EventStoreDB 22.6 or newer');
  const { id, type, data, metadata, streamId: stream, revision } = event;
  return { id, type, data, metadata, stream, revision: Number(revision), at };
}

const sizeOf = (events: readonly WireEvent[]): number =>
  events.reduce((sum, { data, metadata }) => sum + JSON.stringify([data, metadata]).length, 0);

const toEventData = ({ id, type, data, metadata }: WireEvent): EventData =>
  jsonEvent({ id, type, data: data as Record<string, unknown>, metadata: metadata as Record<string, unknown> });

function collect(reading: StreamingRead<ResolvedEvent>, deadlineMs: number): Promise<RecordedWireEvent[]> {
  const collecting = async (): Promise<RecordedWireEvent[]> => {
    const events: RecordedWireEvent[] = [];
    for await (const resolved of reading) {
      const event = fromResolved(resolved);
      if (event !== undefined) events.push(event);
    }
    return events;
  };
  return within(deadlineMs, collecting(), () => void reading.cancel().catch(() => undefined));
}
