import { EventStoreFault } from '../event-store';
import type { Client, FollowOptions, RecordedWireEvent } from './client';
import { fromResolved } from './client';
import { News } from './news';

export interface Taken {
  readonly events: readonly RecordedWireEvent[];
  /** Everything up to here was looked at and is among the events taken, now or before. */
  readonly reached: bigint | undefined;
}

/** `$all` from a position on, as far as somebody follows it. */
export interface Source {
  /** Nothing is left of what was there when it began to follow. */
  readonly caughtUp: boolean;
  /** Nothing more comes from here: go on after what was taken last, from another. */
  readonly over: boolean;
  /** At most so many events. @throws what broke it off, when everything before that was taken */
  take(most: number): Taken;
  /** Resolves when something came since the last `take`, or after `ms`. */
  news(ms?: number): Promise<void>;
  /** Ends a wait for news. */
  interrupt(): void;
  close(): void;
}

/**
 * `$all` from a position on, taken by whoever reads it. The client says how far the server looked, and that it caught up,
 * while events from before are still in its buffer; here both are believed only when the buffer is empty.
 */
export class AllSource implements Source {
  readonly over = false;
  private readonly subscription;
  private checkpoint: bigint | undefined;
  private reached: bigint | undefined;
  private saidCaughtUp = false;
  private trouble: unknown;
  private readonly arrivals = new News();
  private confirmation: NodeJS.Timeout | undefined;

  /** `confirmWithinMs`: a server that has not begun by then is taken for gone. */
  constructor(client: Client, options: Omit<FollowOptions, 'onCheckpoint'>, confirmWithinMs: number) {
    this.reached = options.after;
    this.subscription = client.follow({
      ...options,
      onCheckpoint: (at) => {
        this.checkpoint = at;
        this.arrivals.come();
      },
    });
    this.confirmation = setTimeout(() => this.fail(new EventStoreFault('timeout', true)), confirmWithinMs);
    this.subscription
      .on('confirmation', () => clearTimeout(this.confirmation))
      .on('caughtUp', () => {
        this.saidCaughtUp = true;
        this.arrivals.come();
      })
      .on('readable', () => this.arrivals.come())
      .on('error', (error: unknown) => this.fail(error))
      .on('end', () => this.fail(new EventStoreFault('unavailable', true)));
  }

  get caughtUp(): boolean {
    return this.saidCaughtUp && this.subscription.readableLength === 0;
  }

  take(most: number): Taken {
    if (this.trouble === undefined) this.arrivals.seen();
    const events: RecordedWireEvent[] = [];
    while (events.length < most) {
      const resolved = this.subscription.read() as Parameters<typeof fromResolved>[0] | null;
      if (resolved === null) break;
      const event = fromResolved(resolved);
      if (event === undefined) continue;
      events.push(event);
      this.reached = event.at;
    }
    const { checkpoint, reached } = this;
    const empty = this.subscription.readableLength === 0;
    if (empty && checkpoint !== undefined && (reached === undefined || checkpoint > reached)) this.reached = checkpoint;
    if (empty && events.length === 0 && this.trouble !== undefined) throw this.trouble;
    return { events, reached: this.reached };
  }

  news(ms?: number): Promise<void> {
    return this.arrivals.wait(ms);
  }

  interrupt(): void {
    this.arrivals.come();
  }

  close(): void {
    clearTimeout(this.confirmation);
    // It fails when there never was a connection: then there is nothing to close.
    this.subscription.unsubscribe().catch(() => undefined);
  }

  private fail(error: unknown): void {
    clearTimeout(this.confirmation);
    this.trouble ??= error;
    this.arrivals.come();
  }
}
