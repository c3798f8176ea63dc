import { Clock, instant } from '@tocsin/domain';
import type { Instant, Timer } from '@tocsin/domain';
import { TimerQueue } from './timer-queue';

/**
 * Node's timers run on monotonic time, which stands still while a machine sleeps and knows nothing of a corrected wall
 * clock; and they overflow after 24.8 days. So the longest single sleep is short, and what is due is decided by the wall
 * clock at each waking. One timer for everything, and none while nothing waits.
 */
const LONGEST_SLEEP_MS = 60_000;

export interface SystemClockOptions {
  /** Wall time in milliseconds. */
  readonly wallTime?: () => number;
  readonly longestSleepMs?: number;
  /** An error thrown by a timer is a bug of who set it; the other timers still fire. */
  readonly onError?: (error: unknown) => void;
}

export class SystemClock extends Clock {
  private readonly queue = new TimerQueue();
  private sleep: { readonly until: number; readonly handle: NodeJS.Timeout } | undefined;

  constructor(private readonly options: SystemClockOptions = {}) {
    super();
  }

  now(): Instant {
    return instant(Math.floor(this.wallTime()));
  }

  at(at: Instant, fire: () => void): Timer {
    const timer = this.queue.add(at, fire);
    this.arm();
    return timer;
  }

  private wallTime(): number {
    return (this.options.wallTime ?? Date.now)();
  }

  private arm(): void {
    const due = this.queue.earliest();
    if (due !== undefined && this.sleep !== undefined && this.sleep.until <= due) return;
    if (this.sleep !== undefined) clearTimeout(this.sleep.handle);
    this.sleep = undefined;
    if (due === undefined) return;
    const delayMs = Math.min(Math.max(0, due - this.wallTime()), this.options.longestSleepMs ?? LONGEST_SLEEP_MS);
    // What keeps the process running are its servers and consumers, not what it waits for.
    this.sleep = { until: due, handle: setTimeout(() => this.wake(), delayMs).unref() };
  }

  private wake(): void {
    this.sleep = undefined;
    const now = this.now();
    for (let fire = this.queue.takeDue(now); fire !== undefined; fire = this.queue.takeDue(now)) this.run(fire);
    this.arm();
  }

  private run(fire: () => void): void {
    try {
      fire();
    } catch (error) {
      if (this.options.onError === undefined)
        queueMicrotask(() => {
          throw error;
        });
      else this.options.onError(error);
    }
  }
}
