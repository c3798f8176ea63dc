import { jsonEvent } from '@eventstore/db-client';
import type { EventData, EventStoreDBClient } from '@eventstore/db-client';
import type { ExpectedRevision } from '../event-store';
import { appendCredentials } from './connection-url';
import type { Credentials } from './connection-url';
import { clientOf } from './inside-client';
import { ReadCalls } from './read-calls';
import type { OpenRead, Subscriber } from './read-calls';
import { allAfter, lastOf, newestOfAll, streamFrom } from './read-requests';
import type { FollowOptions } from './read-requests';
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

const LARGEST_SHARED_CHARACTERS = 262_144;

/** A follower may be behind: what was appended a moment ago would not be there. A node that does not lead says who does. */
const BY_THE_LEADER = { requiresLeader: true } as const;

/**
 * Only this and what it is made of (`read-calls.ts`, `shared-appends.ts`) knows the client by its names: options, events, streams.
 * Another client of the protocol is a change here. Errors come as the client throws them; `client-faults.ts` reads them.
 */
export class Client {
  private readonly client: EventStoreDBClient;
  private readonly credentials: Credentials;
  private readonly reads: ReadCalls;
  private readonly shared: SharedAppends;

  constructor(url: string) {
    this.credentials = appendCredentials(url);
    this.client = clientOf(url);
    this.reads = new ReadCalls(this.client);
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

  /** From a revision on, oldest first; undefined when there is no such stream. */
  readStream(stream: string, from: number, most: number, deadlineMs: number): Promise<RecordedWireEvent[] | undefined> {
    return this.reads.collect(streamFrom(stream, from, most), deadlineMs);
  }

  async readLast(stream: string, deadlineMs: number): Promise<RecordedWireEvent | undefined> {
    return (await this.reads.collect(lastOf(stream), deadlineMs))?.[0];
  }

  async readNewest(deadlineMs: number): Promise<RecordedWireEvent | undefined> {
    return (await this.reads.collect(newestOfAll(), deadlineMs))?.[0];
  }

  follow(options: FollowOptions, subscriber: Subscriber): OpenRead {
    return this.reads.follow(allAfter(options), subscriber);
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

const sizeOf = (events: readonly WireEvent[]): number =>
  events.reduce((sum, { data, metadata }) => sum + JSON.stringify([data, metadata]).length, 0);

const toEventData = ({ id, type, data, metadata }: WireEvent): EventData =>
  jsonEvent({ id, type, data: data as Record<string, unknown>, metadata: metadata as Record<string, unknown> });
