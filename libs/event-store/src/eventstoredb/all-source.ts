import { EventStoreFault } from '../event-store';
import type { Client, FollowOptions, RecordedWireEvent } from './client';
import { fromResolved } from './client';

export interface Taken {
  readonly events: readonly RecordedWireEvent[];
  /** Everything up to here was looked at and is among the events taken, now or before. */
  readonly reached: bigint | undefined;
}

/**
 * `$all` from a position on, taken by whoever reads it. The client says how far the server looked, and that it caught up,
 * while events from before are still in its buffer; here both are believed only when the buffer is empty.
 */
export class AllSource {
  private readonly subscription;
  private checkpoint: bigint | undefined;
  private reached: bigint | undefined;
  private saidCaughtUp = false;
  private trouble: unknown;
  /** Something came since it was last taken from. */
  private stirred = false;
  private wake: () => void = () => undefined;
  private confirmation: NodeJS.Timeout | undefined;

  /** `confirmWithinMs`: a server that has not begun by then is taken for gone. */
  constructor(client: Client, options: Omit<FollowOptions, 'onCheckpoint'>, confirmWithinMs: number) {
    this.reached = options.after;
    this.subscription = client.follow({
      ...options,
      onCheckpoint: (at) => {
        this.checkpoint = at;
        this.stir();
      },
    });
    this.confirmation = setTimeout(() => this.fail(new EventStoreFault('timeout', true)), confirmWithinMs);
    this.subscription
      .on('confirmation', () => clearTimeout(this.confirmation))
      .on('caughtUp', () => {
        this.saidCaughtUp = true;
        this.stir();
      })
      .on('readable', () => this.stir())
      .on('error', (error: unknown) => this.fail(error))
      .on('end', () => this.fail(new EventStoreFault('unavailable', true)));
  }

  /** Nothing is left of what was there when it began to follow. */
  get caughtUp(): boolean {
    return this.saidCaughtUp && this.subscription.readableLength === 0;
  }

  /** At most so many events. @throws what broke it off, when everything before that was taken */
  take(most: number): Taken {
    this.stirred = this.trouble !== undefined;
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

  /** Resolves when something came since the last `take`, or after `ms`. */
  async news(ms?: number): Promise<void> {
    if (this.stirred) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.wake = resolve;
      if (ms !== undefined) timer = setTimeout(resolve, ms);
    });
    clearTimeout(timer);
  }

  /** Ends a wait for news. */
  interrupt(): void {
    this.stir();
  }

  close(): void {
    clearTimeout(this.confirmation);
    // It fails when there never was a connection: then there is nothing to close.
    this.subscription.unsubscribe().catch(() => undefined);
  }

  private fail(error: unknown): void {
    clearTimeout(this.confirmation);
    this.trouble ??= error;
    this.stir();
  }

  private stir(): void {
    this.stirred = true;
    this.wake();
  }
}
