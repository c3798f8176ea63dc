import { Clock, instant } from '@tocsin/domain';
import type { Instant, Timer } from '@tocsin/domain';
import { durationMs } from './duration';
import { TimerQueue } from './timer-queue';

/** Resolves when everything that was set off has had its effect. */
export type Settle = () => Promise<void>;

/**
 * A clock for tests that stands still until it is wound. `advance` goes from timer to timer: at each it lets everything
 * settle before the next one fires, so that a month passes as it would have, in milliseconds.
 */
export class WoundClock extends Clock {
  private readonly queue = new TimerQueue();
  private current: Instant;
  private winding: Promise<void> = Promise.resolve();

  constructor(
    start: Instant,
    private settle: Settle = nothingToSettle,
  ) {
    super();
    this.current = start;
  }

  /** For what is built on the clock and so exists only after it. */
  settleWith(settle: Settle): void {
    this.settle = settle;
  }

  now(): Instant {
    return this.current;
  }

  at(at: Instant, fire: () => void): Timer {
    const timer = this.queue.add(at, fire);
    // Due already: as on a real clock it fires at once, also when nobody winds.
    if (at <= this.current) queueMicrotask(() => this.queue.takeDue(this.current)?.());
    return timer;
  }

  /** By milliseconds, or words like `90s`, `30m`, `1h30m`, `7d`. Calls wait for each other. */
  advance(by: string | number): Promise<void> {
    const byMs = typeof by === 'number' ? by : durationMs(by);
    if (!(byMs >= 0)) throw new RangeError(`time goes forward only: ${by}`);
    return this.wind(() => instant(this.current + byMs));
  }

  /** Does nothing but settle when that time has passed. */
  advanceTo(at: Instant): Promise<void> {
    return this.wind(() => at);
  }

  private wind(target: () => Instant): Promise<void> {
    const wound = this.winding.then(() => this.windTo(target()));
    this.winding = wound.catch(() => undefined);
    return wound;
  }

  private async windTo(target: Instant): Promise<void> {
    await this.settle();
    for (let due = this.queue.earliest(); due !== undefined && due <= target; due = this.queue.earliest()) {
      if (due > this.current) this.current = due;
      this.queue.takeDue(this.current)?.();
      await this.settle();
    }
    if (target > this.current) this.current = target;
    await this.settle();
  }
}

/** Lets promises that are already resolved run on. */
const nothingToSettle: Settle = () => new Promise((resolve) => setImmediate(resolve));
