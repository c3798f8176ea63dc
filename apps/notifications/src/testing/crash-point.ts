/** The process ends at this point: nothing that would come after it happens. */
export class Crash extends Error {}

/** Counts calls to the outside, and ends the process before or after one of them. */
export class CrashPoint {
  calls = 0;
  /** What else was on its way in the process does not go on either. */
  private isOver = false;

  constructor(
    readonly at: number,
    readonly when: 'before' | 'after',
  ) {}

  static readonly nowhere = (): CrashPoint => new CrashPoint(0, 'before');

  async around<T>(call: () => Promise<T>): Promise<T> {
    if (this.isOver) throw new Crash();
    this.calls += 1;
    const isHere = this.calls === this.at;
    if (isHere) this.isOver = true;
    if (isHere && this.when === 'before') throw new Crash();
    const result = await call();
    if (isHere) throw new Crash();
    return result;
  }
}

/** What may end the process around a call, told what the call was given. */
interface Around {
  around<T>(call: () => Promise<T>, given: readonly unknown[]): Promise<T>;
}

/** A port whose calls of these methods are counted, and where the process may end. */
export const crashing = <Port extends object>(port: Port, methods: readonly string[], point: Around): Port =>
  new Proxy(port, {
    get: (target, name) => {
      const method = (target as Record<string | symbol, unknown>)[name];
      if (typeof method !== 'function') return method;
      const call = (...given: unknown[]): unknown => (method as (...all: unknown[]) => unknown).apply(target, given);
      return methods.includes(String(name)) ? (...given: unknown[]) => point.around(async () => call(...given), given) : call;
    },
  });
