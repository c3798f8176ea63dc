import type { Instant, Timer } from '@tocsin/domain';

interface Entry {
  readonly at: Instant;
  /** Of two timers for the same instant the one that was set first fires first. */
  readonly order: number;
  fire: (() => void) | undefined;
}

const SMALLEST_TO_COMPACT = 64;

/** Timers by due time: a binary heap in which cancelled ones stay until they are in the way. */
export class TimerQueue {
  private heap: Entry[] = [];
  private made = 0;
  private cancelled = 0;

  add(at: Instant, fire: () => void): Timer {
    const entry: Entry = { at, order: this.made++, fire };
    this.heap.push(entry);
    this.rise(this.heap.length - 1);
    return {
      cancel: () => {
        if (entry.fire === undefined) return;
        entry.fire = undefined;
        this.cancelled++;
        if (this.heap.length >= SMALLEST_TO_COMPACT && this.cancelled > this.heap.length / 2) this.compact();
      },
    };
  }

  /** When the earliest timer is due. */
  earliest(): Instant | undefined {
    for (let top = this.heap[0]; top !== undefined; top = this.heap[0]) {
      if (top.fire !== undefined) return top.at;
      this.pop();
      this.cancelled--;
    }
    return undefined;
  }

  /** Takes the earliest timer out if it is due. */
  takeDue(now: Instant): (() => void) | undefined {
    const earliest = this.earliest();
    if (earliest === undefined || earliest > now) return undefined;
    const entry = this.pop();
    const fire = entry?.fire;
    if (entry !== undefined) entry.fire = undefined;
    return fire;
  }

  clear(): void {
    this.heap = [];
    this.cancelled = 0;
  }

  private compact(): void {
    // Ascending order is a valid heap.
    this.heap = this.heap.filter(({ fire }) => fire !== undefined).sort((a, b) => (before(a, b) ? -1 : 1));
    this.cancelled = 0;
  }

  private pop(): Entry | undefined {
    const top = this.heap[0];
    const last = this.heap.pop();
    if (last !== undefined && this.heap.length > 0) {
      this.heap[0] = last;
      this.sink();
    }
    return top;
  }

  private rise(from: number): void {
    for (let index = from; index > 0;) {
      const parent = (index - 1) >> 1;
      if (!this.swapIfBefore(index, parent)) return;
      index = parent;
    }
  }

  private sink(): void {
    for (let index = 0; ;) {
      const left = 2 * index + 1;
      const first = this.isBefore(left + 1, left) ? left + 1 : left;
      if (!this.swapIfBefore(first, index)) return;
      index = first;
    }
  }

  private swapIfBefore(lower: number, upper: number): boolean {
    const [a, b] = [this.heap[lower], this.heap[upper]];
    if (a === undefined || b === undefined || !before(a, b)) return false;
    this.heap[upper] = a;
    this.heap[lower] = b;
    return true;
  }

  private isBefore(one: number, other: number): boolean {
    const [a, b] = [this.heap[one], this.heap[other]];
    return a !== undefined && b !== undefined && before(a, b);
  }
}

const before = (a: Entry, b: Entry): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);
