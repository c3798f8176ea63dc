import { backOffMs, isWorthRetrying, pause } from '@tocsin/messaging';
import type { Pause } from '@tocsin/messaging';
import type { Logger } from '../logging';

export class StartAborted extends Error {}

const BACK_OFF = { firstMs: 100, longestMs: 5_000 };

/** The steps of a start that need a server: tried until they go well, and readiness says which one it is at. */
export class Starting {
  private at: { readonly step: string; problem: string } | undefined = { step: 'start', problem: 'the start to end' };
  private wait: Pause | undefined;
  private aborted = false;
  private abortWait: () => void = () => undefined;

  constructor(
    private readonly log: Logger,
    private readonly random: () => number,
  ) {}

  /** What readiness waits for, by name. */
  waiting(): Readonly<Record<string, string>> {
    return this.at === undefined ? {} : { [this.at.step]: this.at.problem };
  }

  /** What is worth trying again is, for as long as it takes. @throws StartAborted, and what will not pass by itself */
  async persist<T>(step: string, work: () => Promise<T>): Promise<T> {
    this.at = { step, problem: 'an answer' };
    for (let tries = 1; ; tries++) {
      if (this.aborted) throw new StartAborted(`stopped while waiting for ${step}`);
      try {
        return await work();
      } catch (error) {
        if (!isWorthRetrying(error)) throw error;
        this.at.problem = error.message;
        this.log.warn({ step, err: error }, 'start waits');
        this.wait = pause(backOffMs(tries, this.random, BACK_OFF));
        await this.wait.over;
      }
    }
  }

  /** What others will have done at some time. @throws StartAborted */
  async until(step: string, problem: string, isThere: Promise<void>): Promise<void> {
    this.at = { step, problem };
    const aborted = new Promise<void>((resolve) => (this.abortWait = resolve));
    if (!this.aborted) await Promise.race([isThere, aborted]);
    if (this.aborted) throw new StartAborted(`stopped while waiting for ${step}`);
  }

  done(): void {
    this.at = undefined;
  }

  abort(): void {
    this.aborted = true;
    this.wait?.end();
    this.abortWait();
  }
}
