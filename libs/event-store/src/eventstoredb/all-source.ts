import { EventStoreFault } from '../event-store';
import type { Client, RecordedWireEvent } from './client';
import { News } from './news';
import type { OpenRead } from './read-calls';
import type { FollowOptions } from './read-requests';

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

export interface AllSourceOptions extends FollowOptions {
  /** Kept ready; the server waits while they are not taken. */
  readonly buffered: number;
}

/**
 * `$all` from a position on, taken by whoever reads it. How far the server looked, and that it caught up, is told while events
 * from before have not been taken yet; both are believed only when they have.
 */
export class AllSource implements Source {
  readonly over = false;
  private readonly call: OpenRead;
  private readonly buffered: number;
  private readonly kept: RecordedWireEvent[] = [];
  private isFull = false;
  private checkpoint: bigint | undefined;
  private reached: bigint | undefined;
  private saidCaughtUp = false;
  private trouble: unknown;
  private readonly arrivals = new News();
  private readonly confirmation: NodeJS.Timeout;

  /** `confirmWithinMs`: a server that has not begun by then is taken for gone. */
  constructor(client: Client, { buffered, ...following }: AllSourceOptions, confirmWithinMs: number) {
    this.reached = following.after;
    this.buffered = buffered;
    this.confirmation = setTimeout(() => this.fail(new EventStoreFault('timeout', true)), confirmWithinMs);
    this.call = client.follow(following, {
      confirmed: () => clearTimeout(this.confirmation),
      event: (event) => this.keep(event),
      checkpoint: (at) => {
        this.checkpoint = at;
        this.arrivals.come();
      },
      caughtUp: () => {
        this.saidCaughtUp = true;
        this.arrivals.come();
      },
      failed: (error) => this.fail(error),
    });
  }

  get caughtUp(): boolean {
    return this.saidCaughtUp && this.kept.length === 0;
  }

  take(most: number): Taken {
    if (this.trouble === undefined) this.arrivals.seen();
    const events = this.kept.splice(0, most);
    if (this.isFull && this.kept.length < this.buffered) {
      this.isFull = false;
      this.call.resume();
    }
    this.reached = events.at(-1)?.at ?? this.reached;
    const { checkpoint, reached } = this;
    const empty = this.kept.length === 0;
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
    this.call.close();
  }

  private keep(event: RecordedWireEvent): void {
    this.kept.push(event);
    if (!this.isFull && this.kept.length >= this.buffered) {
      this.isFull = true;
      this.call.pause();
    }
    this.arrivals.come();
  }

  private fail(error: unknown): void {
    clearTimeout(this.confirmation);
    this.trouble ??= error;
    this.arrivals.come();
  }
}
