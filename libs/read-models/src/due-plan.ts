import type { Clock, Instant, Timer } from '@tocsin/domain';
import { Backoff } from './backoff';
import { DueHeap } from './due-heap';

/** One call of `onDue`. */
export interface Firing {
  /** What it only waits for holds up nobody else meanwhile. */
  aside<T>(waiting: Promise<T>): Promise<T>;
  /** Aborted when nothing new is to begin: what it waits for is given up, by rejecting with the reason. It stays due. */
  readonly ended: AbortSignal;
  /** Whether something new may begin now, after a wait; throws otherwise. It stays due. */
  assertOpen(): void;
}

/** Not a failure: whoever waited goes on in the next life. */
export class Ended extends Error {}

interface Run {
  readonly dueAt: Instant;
  readonly ended: Promise<void>;
  /** An event spoke about the id meanwhile: what it said counts, also if the run fails. */
  superseded: boolean;
}

interface Failed {
  readonly dueAt: Instant;
  readonly again: NodeJS.Timeout;
}

export interface DuePlanOptions {
  readonly clock: Clock;
  readonly concurrency: number;
  readonly onDue: (id: string, dueAt: Instant, firing: Firing) => Promise<void>;
  readonly onError: (id: string, error: unknown) => void;
}

/**
 * Due times in memory, and one timer of the clock for the earliest of them. An id is in one of four places: planned, running,
 * failed (waiting to be tried again), or nowhere. An id may be planned anew while it runs; it then fires after that run.
 */
export class DuePlan {
  private readonly planned = new Map<string, Instant>();
  private readonly running = new Map<string, Run>();
  private readonly failed = new Map<string, Failed>();
  private readonly backoffs = new Map<string, Backoff>();
  /** Entries of plans that were changed since stay in it until their turn, and are passed over then. */
  private heap = new DueHeap();
  private alarm: { readonly at: Instant; readonly timer: Timer } | undefined;
  private open = false;
  private setAside = 0;
  /** Those whose waiting is over and who go on when there is a place for them. */
  private readonly comingBack = new Set<() => void>();
  private ending = new AbortController();

  constructor(private readonly options: DuePlanOptions) {}

  /** What an event says of an id's next due time replaces what was planned, failed or not. */
  plan(id: string, dueAt: Instant | null): void {
    this.forgetFailure(id);
    const run = this.running.get(id);
    if (run !== undefined) run.superseded = true;
    if (dueAt === null) {
      this.planned.delete(id);
      return;
    }
    if (this.planned.get(id) === dueAt) return;
    this.planned.set(id, dueAt);
    if (run === undefined) this.heap.push({ id, dueAt });
    if (this.heap.size > 2 * this.planned.size + 1000) this.rebuildHeap();
  }

  /** From now on what is due fires: first what was due first. */
  begin(): void {
    this.open = true;
    if (this.ending.signal.aborted) this.ending = new AbortController();
    this.fire();
  }

  /** Nothing new fires; resolves when what runs has ended. */
  async end(): Promise<void> {
    this.open = false;
    this.ending.abort(new Ended('nothing new begins'));
    this.alarm?.timer.cancel();
    this.alarm = undefined;
    for (const { again } of this.failed.values()) clearTimeout(again);
    // Those that run may fail and want to be tried again; `open` is false, so they are only remembered.
    await Promise.all([...this.running.values()].map(({ ended }) => ended));
  }

  clear(): void {
    for (const id of [...this.failed.keys()]) this.forgetFailure(id);
    this.planned.clear();
    this.heap = new DueHeap();
  }

  /** Everything planned, for one who wants to store it. */
  entries(): IterableIterator<[string, Instant]> {
    return this.planned.entries();
  }

  /** Planned, running or failed. */
  pending(): number {
    return this.planned.size + this.failed.size + [...this.running.keys()].filter((id) => !this.planned.has(id)).length;
  }

  oldestDue(): Instant | undefined {
    this.skipStale();
    let oldest = this.heap.peek()?.dueAt;
    for (const { dueAt } of [...this.failed.values(), ...this.running.values()]) if (oldest === undefined || dueAt < oldest) oldest = dueAt;
    return oldest;
  }

  /** Nothing is due that has not fired, nothing runs, nothing waits to be tried again. */
  quiet(): boolean {
    this.skipStale();
    const next = this.heap.peek();
    return this.running.size === 0 && this.failed.size === 0 && (next === undefined || next.dueAt > this.options.clock.now());
  }

  /** Fires what is due and sets the alarm for what comes next. */
  fire(): void {
    if (!this.open) return;
    for (this.skipStale(); !this.isFull(); this.skipStale()) {
      const next = this.heap.peek();
      if (next === undefined) return this.setAlarm(undefined);
      if (next.dueAt > this.options.clock.now()) return this.setAlarm(next.dueAt);
      this.heap.pop();
      this.planned.delete(next.id);
      this.run(next.id, next.dueAt);
    }
  }

  private run(id: string, dueAt: Instant): void {
    // Begins in a later turn, so that it stands in `running` before it can end.
    const ended = Promise.resolve()
      .then(() => this.options.onDue(id, dueAt, this.firing()))
      .then(
        () => this.finish(id, dueAt, undefined),
        (cause: unknown) => this.finish(id, dueAt, { cause }),
      );
    this.running.set(id, { dueAt, ended, superseded: false });
  }

  private firing(): Firing {
    const { signal } = this.ending;
    return { aside: this.aside, ended: signal, assertOpen: () => signal.throwIfAborted() };
  }

  private readonly aside = async <T>(waiting: Promise<T>): Promise<T> => {
    this.setAside += 1;
    this.placeIsFree();
    try {
      return await waiting;
    } finally {
      while (this.isFull()) await new Promise<void>((resolve) => this.comingBack.add(resolve));
      this.setAside -= 1;
    }
  };

  /** Whoever has begun goes on before anything new begins. */
  private placeIsFree(): void {
    const [next] = this.comingBack;
    if (next === undefined) return this.fire();
    this.comingBack.delete(next);
    next();
  }

  private isFull(): boolean {
    return this.running.size - this.setAside >= this.options.concurrency;
  }

  /** Without an error the id is planned again by an event alone: what was done and changed nothing would change nothing again. */
  private finish(id: string, dueAt: Instant, error: { readonly cause: unknown } | undefined): void {
    const superseded = this.running.get(id)?.superseded === true;
    this.running.delete(id);
    if (error === undefined) this.backoffs.delete(id);
    else this.options.onError(id, error.cause);
    const again = this.planned.get(id);
    if (again !== undefined) this.heap.push({ id, dueAt: again });
    else if (error !== undefined && !superseded) this.retryLater(id, dueAt);
    this.placeIsFree();
  }

  private retryLater(id: string, dueAt: Instant): void {
    const backoff = this.backoffs.get(id) ?? new Backoff();
    this.backoffs.set(id, backoff);
    const again = setTimeout(() => {
      this.failed.delete(id);
      this.planned.set(id, dueAt);
      this.heap.push({ id, dueAt });
      this.fire();
    }, backoff.next());
    if (!this.open) clearTimeout(again);
    this.failed.set(id, { dueAt, again });
  }

  private forgetFailure(id: string): void {
    clearTimeout(this.failed.get(id)?.again);
    this.failed.delete(id);
    this.backoffs.delete(id);
  }

  private setAlarm(at: Instant | undefined): void {
    if (this.alarm?.at === at) return;
    this.alarm?.timer.cancel();
    this.alarm = undefined;
    if (at === undefined) return;
    const timer = this.options.clock.at(at, () => {
      this.alarm = undefined;
      this.fire();
    });
    this.alarm = { at, timer };
  }

  private skipStale(): void {
    for (let next = this.heap.peek(); next !== undefined; next = this.heap.peek()) {
      if (this.planned.get(next.id) === next.dueAt && !this.running.has(next.id)) return;
      this.heap.pop();
    }
  }

  private rebuildHeap(): void {
    const heap = new DueHeap();
    for (const [id, dueAt] of this.planned) if (!this.running.has(id)) heap.push({ id, dueAt });
    this.heap = heap;
  }
}
