import { setTimeout as wait } from 'node:timers/promises';
import { EventStoreFault } from '../event-store';
import { troubleOf } from './client-faults';

export interface PatienceOptions {
  /** All tries of one call together. */
  readonly callMs: number;
  readonly tryMs: number;
  readonly random: () => number;
  readonly closed: () => boolean;
}

const FIRST_BACK_OFF_MS = 50;
const LONGEST_BACK_OFF_MS = 10_000;

/** Doubles with every try; anywhere in it, so that those who failed together do not come back together. */
export const backOffMs = (tries: number, random: () => number): number =>
  FIRST_BACK_OFF_MS + random() * Math.min(LONGEST_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** Math.min(tries, 10));

/** One call of the port, with all that it asks of the server: it ends in bounded time. */
export class Patience {
  private readonly giveUpAt: number;

  constructor(private readonly options: PatienceOptions) {
    this.giveUpAt = performance.now() + options.callMs;
  }

  /**
   * Tries again what failed in a way that passes. What is tried must be the same each time, and harmless when it had been
   * done before. @throws EventStoreFault, and what is no fault as it is
   */
  async persist<T>(attempt: (deadlineMs: number) => Promise<T>): Promise<T> {
    const { tryMs, random, closed } = this.options;
    for (let tries = 1; ; tries++) {
      if (closed()) throw new EventStoreFault('closed', false);
      try {
        return await attempt(Math.max(1, Math.min(tryMs, this.giveUpAt - performance.now())));
      } catch (error) {
        if (closed()) throw new EventStoreFault('closed', false, { cause: error });
        const trouble = troubleOf(error);
        if (trouble?.kind !== 'fault') throw error;
        const backOff = backOffMs(tries, random);
        if (!trouble.fault.retriable || performance.now() + backOff >= this.giveUpAt) throw trouble.fault;
        await wait(backOff);
      }
    }
  }

  /** For what is begun again because somebody else was faster. @throws EventStoreFault when the time is over */
  orGiveUp(): void {
    if (performance.now() >= this.giveUpAt) throw new EventStoreFault('timeout', true);
  }
}
