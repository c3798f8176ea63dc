import { setTimeout as sleep } from 'node:timers/promises';

/** Real time: the machinery waits for machinery. */
export class Backoff {
  private delayMs: number;

  constructor(
    private readonly firstMs = 100,
    private readonly longestMs = 10_000,
  ) {
    this.delayMs = firstMs;
  }

  /** The next delay, each twice as long as the one before. */
  next(): number {
    const delayMs = this.delayMs;
    this.delayMs = Math.min(delayMs * 2, this.longestMs);
    return delayMs;
  }

  reset(): void {
    this.delayMs = this.firstMs;
  }

  /** Returns at once when the signal is given. */
  async wait(signal: AbortSignal): Promise<void> {
    await sleep(this.next(), undefined, { signal }).catch(() => undefined);
  }
}
