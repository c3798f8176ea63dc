import { isWorthRetrying, pause } from '@tocsin/messaging';
import type { MessageBus, Pause } from '@tocsin/messaging';
import type { BackgroundPart } from '../background';
import type { Logger } from '../logging';
import type { Metrics } from '../metrics';

const LOOK_EVERY_MS = 5_000;

/**
 * Knows which topics are lost. Nobody else notices one that is deleted among others: who publishes to it repeats for ever,
 * and who reads it waits.
 */
export class TopicWatch implements BackgroundPart {
  private lost: readonly string[] = [];
  /** At the last look: a broker that has just come up may not know all topics yet. */
  private suspected: readonly string[] = [];
  private wait: Pause | undefined;
  private watching: Promise<void> | undefined;
  private stopped = false;
  /** That something else than a fault keeps it from looking. */
  private isTold = false;

  constructor(
    private readonly bus: MessageBus,
    private readonly log: Logger,
    private readonly lookEveryMs: number = LOOK_EVERY_MS,
  ) {}

  start(): void {
    this.watching = this.watch();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.wait?.end();
    await this.watching;
  }

  settled(): boolean {
    return true;
  }

  /** Whatever comes afterwards: what a topic has lost does not come back with it. */
  waitsFor(): string | undefined {
    if (this.lost.length === 0) return undefined;
    return `${this.lost.join(', ')}: deleted on the brokers, with what was not handled; docs/operations.md says how to go on`;
  }

  topics(): readonly string[] {
    return this.lost;
  }

  private async watch(): Promise<void> {
    while (!this.stopped) {
      await this.look();
      if (this.stopped) return;
      this.wait = pause(this.lookEveryMs);
      await this.wait.over;
    }
  }

  private async look(): Promise<void> {
    try {
      const found = await this.bus.lostTopics();
      const news = found.filter((topic) => this.suspected.includes(topic) && !this.lost.includes(topic));
      this.suspected = found;
      if (news.length === 0) return;
      this.lost = [...this.lost, ...news];
      this.log.error({ topics: news }, 'topics were deleted on the brokers');
    } catch (error) {
      // A bus that is away is told of by whoever needs it.
      if (isWorthRetrying(error) || this.stopped || this.isTold) return;
      this.isTold = true;
      this.log.error({ err: error }, 'topics are not watched');
    }
  }
}

export const measureTopics = (metrics: Metrics, watch: TopicWatch): void => {
  metrics.gauge(
    { name: 'tocsin_lost_topics', help: 'Topics that were deleted since this process started, 1 each.', labels: ['topic'] },
    () => watch.topics().map((topic) => ({ labels: { topic }, value: 1 })),
  );
};
