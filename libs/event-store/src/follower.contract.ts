import type { AllPage, EventStore, Position, StoredEvent, Subscription } from './event-store';

/** A follower that remembers what it was given, and lets a test wait for it. */
export class Follower {
  readonly events: StoredEvent[] = [];
  readonly pages: AllPage[] = [];
  mostAtOnce = 0;
  readonly ended: Promise<Error>;
  readonly subscription: Subscription;
  private running = 0;
  private check: () => void = () => undefined;

  constructor(
    store: EventStore,
    from: Position,
    prefixes: readonly string[],
    work: (page: AllPage) => Promise<void> = async () => undefined,
  ) {
    let onEnd: (error: Error) => void = () => undefined;
    this.ended = new Promise((resolve) => (onEnd = resolve));
    this.subscription = store.follow(
      from,
      prefixes,
      async (page) => {
        this.mostAtOnce = Math.max(this.mostAtOnce, ++this.running);
        await work(page);
        this.running -= 1;
        this.pages.push(page);
        this.events.push(...page.events);
        this.check();
      },
      onEnd,
    );
  }

  async until(reached: () => boolean): Promise<void> {
    while (!reached()) await new Promise<void>((resolve) => (this.check = resolve));
  }
}
