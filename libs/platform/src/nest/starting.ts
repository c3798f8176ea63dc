import type { Logger } from '../logging';

export class StartAborted extends Error {}

const FIRST_MS = 100;
const LONGEST_MS = 5_000;

/** The steps of a start that need a server: tried until they go well, and readiness says which one it is at. */
export class Starting {
  private at: { readonly step: string; problem: string } | undefined = { step: 'start', problem: 'the start to end' };
  private wake: (() => void) | undefined;
  private aborted = false;

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
    for (let waitMs = FIRST_MS; ; waitMs = Math.min(LONGEST_MS, waitMs * 2)) {
      if (this.aborted) throw new StartAborted(`stopped while waiting for ${step}`);
      try {
        return await work();
      } catch (error) {
        if (!isRetriable(error)) throw error;
        this.at.problem = error.message;
        this.log.warn({ step, err: error }, 'start waits');
        await this.pause(waitMs * (0.5 + this.random() / 2));
      }
    }
  }

  done(): void {
    this.at = undefined;
  }

  abort(): void {
    this.aborted = true;
    this.wake?.();
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

const isRetriable = (error: unknown): error is Error => error instanceof Error && 'retriable' in error && error.retriable === true;
