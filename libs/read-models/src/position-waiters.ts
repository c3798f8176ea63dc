import type { ViewPosition } from './read-store';

interface Waiter {
  readonly position: ViewPosition;
  settle(reached: boolean): void;
}

/** Positions that views have reached in this process, and those who wait for one. */
export class PositionWaiters {
  private readonly reached = new Map<string, ViewPosition>();
  private readonly waiters = new Map<string, Set<Waiter>>();

  of(view: string): ViewPosition | undefined {
    return this.reached.get(view);
  }

  set(view: string, position: ViewPosition | undefined): void {
    if (position === undefined) this.reached.delete(view);
    else this.reached.set(view, position);
  }

  /** A position is never taken back by an answer that comes late. */
  reach(view: string, position: ViewPosition): void {
    const before = this.reached.get(view);
    if (before !== undefined && before >= position) return;
    this.reached.set(view, position);
    for (const waiter of this.waiters.get(view) ?? []) if (waiter.position <= position) waiter.settle(true);
  }

  /** Real time: somebody's request is waiting. */
  wait(view: string, position: ViewPosition, timeoutMs: number): Promise<boolean> {
    const reached = this.reached.get(view);
    if (reached !== undefined && reached >= position) return Promise.resolve(true);
    return new Promise((resolve) => {
      const waiters = this.waiters.get(view) ?? new Set<Waiter>();
      this.waiters.set(view, waiters);
      const waiter: Waiter = {
        position,
        settle: (passed) => {
          clearTimeout(timer);
          waiters.delete(waiter);
          resolve(passed);
        },
      };
      const timer = setTimeout(() => waiter.settle(false), timeoutMs);
      waiters.add(waiter);
    });
  }

  awaited(view: string): boolean {
    return (this.waiters.get(view)?.size ?? 0) > 0;
  }

  /** Nobody waits any longer for what cannot come. */
  close(): void {
    for (const waiters of this.waiters.values()) for (const waiter of [...waiters]) waiter.settle(false);
  }
}
