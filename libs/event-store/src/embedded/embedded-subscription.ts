import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EventLog } from '@tocsin/embedded-log';
import { EventStoreFault } from '../event-store';
import type { AllPage, EventStore, Position, Subscription } from '../event-store';
import type { Following } from '../following';

const MOST_EVENTS_PER_BATCH = 500;
const FIRST_BACK_OFF_MS = 50;
const LONGEST_BACK_OFF_MS = 5_000;

/** Pushed by commits, so an idle follower costs nothing and a busy one sees an event in the turn after its commit. */
export class EmbeddedSubscription implements Subscription {
  private position: Position;
  private closed = false;
  private wake: () => void = () => undefined;
  private readonly forgetCommits: () => void;
  private readonly ended: Promise<void>;

  constructor(
    private readonly store: EventStore,
    private readonly events: EventLog,
    private readonly following: Following,
  ) {
    this.position = following.from;
    this.forgetCommits = events.onCommit(() => this.wake());
    this.ended = this.run();
  }

  async close(): Promise<void> {
    this.closed = true;
    this.wake();
    await this.ended;
  }

  private async run(): Promise<void> {
    try {
      let backOffMs = FIRST_BACK_OFF_MS;
      // The caller has its subscription in hand before the first batch comes.
      await nextTurn();
      while (!this.closed) {
        const page = await this.nextPage();
        if (page === 'fault') {
          await this.sleep(backOffMs);
          backOffMs = Math.min(backOffMs * 2, LONGEST_BACK_OFF_MS);
          continue;
        }
        backOffMs = FIRST_BACK_OFF_MS;
        if (page === undefined || this.closed) continue;
        await this.following.onBatch(page);
        this.position = page.next;
        if (!page.atHead) await this.events.turns.next();
      }
    } catch (error) {
      this.closed = true;
      this.following.onEnd(error instanceof Error ? error : new Error('a batch was refused', { cause: error }));
    } finally {
      this.forgetCommits();
    }
  }

  /** Waits for news when there is nothing to hand over. */
  private async nextPage(): Promise<AllPage | 'fault' | undefined> {
    // Listening starts before looking, so a commit between the two is not missed.
    const news = new Promise<void>((resolve) => (this.wake = resolve));
    try {
      const page = await this.store.readAll({ after: this.position, prefixes: this.following.prefixes, limit: MOST_EVENTS_PER_BATCH });
      if (page.next > this.position) return page;
    } catch (error) {
      // A closed log never comes back; everything else the store reports may.
      if (!(error instanceof EventStoreFault) || error.reason === 'closed') throw error;
      return 'fault';
    }
    if (!this.closed) await news;
    return undefined;
  }

  private async sleep(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms).unref();
      this.wake = resolve;
    });
    clearTimeout(timer);
  }
}
