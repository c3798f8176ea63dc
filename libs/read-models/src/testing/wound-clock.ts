import { Clock, instant } from '@tocsin/domain';
import type { Instant, Timer } from '@tocsin/domain';

/** Stands still until it is wound. */
export class SpecClock extends Clock {
  private readonly timers = new Set<{ readonly at: Instant; readonly fire: () => void }>();

  constructor(private current = instant(1_700_000_000_000)) {
    super();
  }

  now(): Instant {
    return this.current;
  }

  at(at: Instant, fire: () => void): Timer {
    const timer = { at, fire };
    this.timers.add(timer);
    if (at <= this.current) queueMicrotask(() => this.ring());
    return { cancel: () => void this.timers.delete(timer) };
  }

  in(ms: number): Instant {
    return instant(this.current + ms);
  }

  advance(ms: number): void {
    this.current = this.in(ms);
    this.ring();
  }

  /** Timers that are set: what waiting costs. */
  get waiting(): number {
    return this.timers.size;
  }

  private ring(): void {
    for (const timer of [...this.timers].toSorted((a, b) => a.at - b.at)) {
      if (timer.at <= this.current && this.timers.delete(timer)) timer.fire();
    }
  }
}
