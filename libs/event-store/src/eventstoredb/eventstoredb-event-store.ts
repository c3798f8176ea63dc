import { randomUUID } from 'node:crypto';
import { checkAppend } from '../append-check';
import { EventStore, START } from '../event-store';
import type { AllPage, AppendResult, ExpectedRevision, NewEvent, Position, ReadAllQuery, StoredEvent, Subscription } from '../event-store';
import { toPosition } from '../position-digits';
import { readAllPage } from './all-pages';
import { Appends, noteIds, PAGE } from './appends';
import { Client } from './client';
import type { RecordedWireEvent } from './client';
import { orMissing } from './client-faults';
import { DeletedStreams } from './deleted-streams';
import { EventStoreDbSubscription } from './eventstoredb-subscription';
import { KnownIds } from './known-ids';
import { LiveFeed } from './live-feed';
import { checkpointStream, isOurs } from './own-streams';
import { Patience } from './patience';
import type { PatienceOptions } from './patience';
import { fromWire } from './wire-events';

export interface EventStoreDbOptions {
  /** `esdb://user:password@host:port`, or `?tls=false`; several hosts, `esdb+discover://` and `tlsCAFile` as the client has them. */
  readonly url: string;
  /** A call ends after this time at the latest (5000). */
  readonly callMs?: number;
  /** One try of a call ends after this time (2500). */
  readonly tryMs?: number;
  readonly random?: () => number;
}

/**
 * The event store of the cluster profile: EventStoreDB 23.10 or newer. One per process. Close the subscriptions, then this.
 * Streams that begin with `_tocsin-` are its own.
 */
export class EventStoreDbEventStore extends EventStore {
  override readonly deletions: number = 0;
  private readonly client: Client;
  private readonly known = new KnownIds();
  private readonly appends: Appends;
  private readonly deleted: DeletedStreams;
  private readonly live: LiveFeed;
  private readonly patience: PatienceOptions;
  private readonly checkpointStreams = new Set<string>();
  private closed = false;

  /** @throws TypeError, or the client's own error, for a URL that cannot be meant */
  constructor(options: EventStoreDbOptions) {
    super();
    this.client = new Client(options.url);
    this.patience = {
      callMs: options.callMs ?? 5_000,
      tryMs: options.tryMs ?? 2_500,
      random: options.random ?? Math.random,
      closed: () => this.closed,
    };
    this.appends = new Appends(this.client, this.known);
    this.deleted = new DeletedStreams(this.client, () => this.begin());
    this.live = new LiveFeed(this.client, this.patience.tryMs);
  }

  async append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendResult> {
    checkAppend(stream, events);
    return this.appends.append(stream, expected, events, this.begin());
  }

  async readStream(stream: string, options: { from?: number; limit?: number } = {}): Promise<readonly StoredEvent[]> {
    const limit = options.limit ?? Infinity;
    const events: RecordedWireEvent[] = [];
    const patience = this.begin();
    for (let from = options.from ?? 0; events.length < limit;) {
      const most = Math.min(PAGE, limit - events.length);
      const page = await this.readPage(stream, from, most, patience);
      events.push(...page);
      if (page.length < most) break;
      from = (page.at(-1)?.revision ?? from) + 1;
    }
    // Of a deletion that is not complete there is the end already: what was before it is gone.
    const end = events.findLastIndex((event) => !isOurs(event));
    return events.slice(end + 1).map(fromWire);
  }

  async readLast(stream: string): Promise<StoredEvent | undefined> {
    const last = await orMissing(this.begin().persist((deadlineMs) => this.client.readLast(stream, deadlineMs)));
    return last === undefined || !isOurs(last) ? undefined : fromWire(last);
  }

  readAll(query: ReadAllQuery): Promise<AllPage> {
    return this.begin().persist((deadlineMs) => readAllPage(this.client, this.deleted, query, deadlineMs));
  }

  follow(
    from: Position,
    prefixes: readonly string[],
    onBatch: (page: AllPage) => Promise<void>,
    onEnd: (error: Error) => void,
  ): Subscription {
    return new EventStoreDbSubscription(this.client, this.deleted, this.live, { from, prefixes, onBatch, onEnd }, this.patience);
  }

  async head(): Promise<Position> {
    const newest = await this.begin().persist((deadlineMs) => this.client.readNewest(deadlineMs));
    return newest === undefined ? START : toPosition(newest.at);
  }

  async deleteStream(stream: string, expected?: number): Promise<void> {
    await this.deleted.delete(stream, expected);
    this.known.forget(stream);
  }

  async keepOnlyLast(stream: string): Promise<void> {
    await this.begin().persist((deadlineMs) => this.client.limit(stream, { maxCount: 1 }, deadlineMs));
  }

  async loadCheckpoint(processor: string): Promise<Position> {
    const stream = checkpointStream(processor);
    const last = await orMissing(this.begin().persist((deadlineMs) => this.client.readLast(stream, deadlineMs)));
    return last === undefined ? START : (last.data as { position: Position }).position;
  }

  async saveCheckpoint(processor: string, position: Position): Promise<void> {
    const stream = checkpointStream(processor);
    const event = { id: randomUUID(), type: 'CheckpointSaved', data: { position }, metadata: {} };
    await this.begin().persist(async (deadlineMs) => {
      if (!this.checkpointStreams.has(stream)) await this.client.limit(stream, { maxCount: 1 }, deadlineMs);
      this.checkpointStreams.add(stream);
      await this.client.append(stream, 'any', [event], deadlineMs);
    });
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.client.dispose();
  }

  private begin(): Patience {
    return new Patience(this.patience);
  }

  private async readPage(stream: string, from: number, most: number, patience: Patience): Promise<readonly RecordedWireEvent[]> {
    const page = await orMissing(patience.persist((deadlineMs) => this.client.readStream(stream, from, most, deadlineMs)));
    noteIds(this.known, stream, from, page);
    return page ?? [];
  }
}
