import { Clock, isExpiredSourceLog } from '@tocsin/domain';
import { EventStore } from '@tocsin/event-store';
import type { BackgroundPart, Logger } from '@tocsin/platform';

const EVERY_MS = 3_600_000;
const PAGE = 1_000;
const PROCESSOR = 'source-log-retention';

/** Once an hour removes the days of event logs that are too old; it remembers how far it has come, and looks at nothing twice. */
export class SourceLogRetention implements BackgroundPart {
  private timer: NodeJS.Timeout | undefined;
  private sweeping: Promise<unknown> | undefined;

  constructor(private readonly parts: { readonly eventStore: EventStore; readonly clock: Clock; readonly log: Logger }) {}

  start(): void {
    this.timer = setInterval(() => {
      this.sweeping ??= this.sweep()
        .catch((error: unknown) => this.parts.log.warn({ err: error }, 'old event logs could not be removed'))
        .finally(() => (this.sweeping = undefined));
    }, EVERY_MS);
    this.timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.sweeping;
  }

  settled(): boolean {
    return true;
  }

  /** @throws EventStoreFault */
  async sweep(): Promise<void> {
    const { eventStore, clock } = this.parts;
    const now = clock.now();
    for (let after = await eventStore.loadCheckpoint(PROCESSOR); ;) {
      const { events, next, atHead } = await eventStore.readAll({ after, prefixes: ['sourcelog-'], limit: PAGE });
      const kept = events.findIndex(({ stream }) => !isExpiredSourceLog(stream, now));
      const expired = kept < 0 ? events : events.slice(0, kept);
      for (const stream of new Set(expired.map((event) => event.stream))) await eventStore.deleteStream(stream);
      const reached = kept < 0 ? next : (expired.at(-1)?.position ?? after);
      if (reached !== after) await eventStore.saveCheckpoint(PROCESSOR, reached);
      if (kept >= 0 || atHead) return;
      after = reached;
    }
  }
}
