/** How many may be in flight for each target; others of the same wait for their turn and hold up nobody else. */
export class TurnsPerTarget {
  private readonly busy = new Map<string, { running: number; readonly waiting: (() => void)[] }>();

  constructor(private readonly atOnce: number) {}

  async run<T>(target: string, work: () => Promise<T>): Promise<T> {
    const state = this.busy.get(target) ?? { running: 0, waiting: [] };
    this.busy.set(target, state);
    if (state.running >= this.atOnce) await new Promise<void>((resolve) => state.waiting.push(resolve));
    else state.running += 1;
    try {
      return await work();
    } finally {
      const next = state.waiting.shift();
      // The place is handed on, so that nobody who comes just now takes it.
      if (next !== undefined) next();
      else if (--state.running === 0) this.busy.delete(target);
    }
  }
}
