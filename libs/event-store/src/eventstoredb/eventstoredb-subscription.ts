import { setImmediate as nextTurn } from 'node:timers/promises';
import { EventStoreFault } from '../event-store';
import type { AllPage, Position, Subscription } from '../event-store';
import type { Following } from '../following';
import { toPosition } from '../position-digits';
import { afterOf, CATCH_UP_WINDOW, shown } from './all-pages';
import { AllSource } from './all-source';
import type { Source, Taken } from './all-source';
import type { Client } from './client';
import { troubleOf } from './client-faults';
import type { DeletedStreams } from './deleted-streams';
import type { LiveFeed } from './live-feed';
import { backOffMs } from './patience';
import type { PatienceOptions } from './patience';

const MOST_EVENTS_PER_BATCH = 500;
/** Others may write without end; who only needs to know how far the log is need not hear of each event. */
const EMPTY_PAGE_EVERY_MS = 100;

/**
 * Follows `$all` over as many subscriptions as it takes: each begins after what was handled last. The server says how far it
 * looked only once per window, which is wide for one that is far behind and reads by itself. Once caught up, it follows the
 * feed of all who have; an idle one costs nothing.
 */
export class EventStoreDbSubscription implements Subscription {
  private position: Position;
  private closed = false;
  private source: Source | undefined;
  private wakeFromBackOff: () => void = () => undefined;
  private lastEmptyPageAt = -Infinity;
  /** What was handed over last did not say that it was the end: the server says so later than it sends the last event. */
  private owesTheEnd = false;
  private readonly ended: Promise<void>;

  constructor(
    private readonly client: Client,
    private readonly deleted: DeletedStreams,
    private readonly live: LiveFeed,
    private readonly following: Following,
    private readonly store: Pick<PatienceOptions, 'tryMs' | 'random' | 'closed'>,
  ) {
    this.position = following.from;
    this.ended = this.run();
  }

  async close(): Promise<void> {
    this.closed = true;
    this.source?.interrupt();
    this.wakeFromBackOff();
    await this.ended;
  }

  private async run(): Promise<void> {
    let failures = 0;
    try {
      // The caller has its subscription in hand before the first batch comes.
      await nextTurn();
      while (!this.closed) {
        const before = this.position;
        try {
          await this.followOnce();
        } catch (error) {
          // Whatever the store has, it may get over it; what the handler threw comes out of here.
          if (error instanceof Refused || troubleOf(error)?.kind !== 'fault') throw error;
          if (this.store.closed()) throw new EventStoreFault('closed', false, { cause: error });
          failures = this.position > before ? 1 : failures + 1;
          await this.backOff(failures);
        }
      }
    } catch (error) {
      this.closed = true;
      const cause: unknown = error instanceof Refused ? error.cause : error;
      this.following.onEnd(cause instanceof Error ? cause : new Error('a batch was refused', { cause }));
    }
  }

  /** Until it is closed, the feed has left it behind, or the connection breaks. */
  private async followOnce(): Promise<void> {
    const { prefixes } = this.following;
    // Without a filter every event comes, and there is no window: such a one reads by itself.
    if (prefixes.length === 0) return this.followThrough(this.ownSource(), 'for ever');
    await this.followThrough(this.ownSource(), 'until caught up');
    if (!this.closed) await this.followThrough(this.live.join(prefixes, afterOf(this.position)), 'for ever');
  }

  private ownSource(): Source {
    const { prefixes } = this.following;
    const reading = { after: afterOf(this.position), prefixes, window: CATCH_UP_WINDOW, buffered: MOST_EVENTS_PER_BATCH };
    return new AllSource(this.client, reading, this.store.tryMs);
  }

  private async followThrough(source: Source, until: 'until caught up' | 'for ever'): Promise<void> {
    this.source = source;
    try {
      while (!this.closed) {
        const taken = source.take(MOST_EVENTS_PER_BATCH);
        const atHead = source.caughtUp;
        if (await this.handOver(taken, atHead, source)) continue;
        if (source.over || (until === 'until caught up' && atHead)) return;
        if (!this.closed) await source.news();
      }
    } finally {
      this.source = undefined;
      source.close();
    }
  }

  /** Whether there was anything to hand over. */
  private async handOver({ events, reached }: Taken, atHead: boolean, source: Source): Promise<boolean> {
    const next = reached === undefined ? this.position : toPosition(reached);
    const isNews = next > this.position;
    if (!isNews && !(atHead && this.owesTheEnd)) return false;
    const page: AllPage = { events: await shown(this.deleted, events), next, atHead };
    if (isNews && page.events.length === 0) {
      const waitMs = this.lastEmptyPageAt + EMPTY_PAGE_EVERY_MS - performance.now();
      if (waitMs > 0 && events.length === 0) {
        await source.news(waitMs);
        return true;
      }
      this.lastEmptyPageAt = performance.now();
    }
    if (this.closed) return false;
    try {
      await this.following.onBatch(page);
    } catch (cause) {
      throw new Refused('a batch was refused', { cause });
    }
    this.position = next;
    this.owesTheEnd = !atHead;
    return true;
  }

  private async backOff(failures: number): Promise<void> {
    if (this.closed) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.wakeFromBackOff = resolve;
      timer = setTimeout(resolve, backOffMs(failures, this.store.random)).unref();
    });
    clearTimeout(timer);
  }
}

/** What the handler of a batch threw, told apart from what the store threw. */
class Refused extends Error {}
