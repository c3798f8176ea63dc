import type { Room } from './channel';

export interface ProviderBudgetOptions {
  readonly longestWaitMs?: number;
  readonly mostWaiting?: number;
}

/** Ten thousand pages of one moment are through by then; holding them back, and looking at them again, costs more than their waiting. */
const LONGEST_WAIT_MS = 60_000;
const MOST_WAITING = 10_000;

/** So many calls to a provider at once; whoever comes then waits in line, for a bounded time. */
export class ProviderBudget {
  private underWay = 0;
  /** In the order in which they came. */
  private readonly waiting = new Set<(room: Room | undefined) => void>();
  private readonly longestWaitMs: number;
  private readonly mostWaiting: number;

  constructor(
    private readonly atOnce: number,
    { longestWaitMs = LONGEST_WAIT_MS, mostWaiting = MOST_WAITING }: ProviderBudgetOptions = {},
  ) {
    this.longestWaitMs = longestWaitMs;
    this.mostWaiting = mostWaiting;
  }

  get isIdle(): boolean {
    return this.underWay === 0;
  }

  /** Undefined when there was none in time, or before `noLonger`. */
  async room(noLonger?: AbortSignal): Promise<Room | undefined> {
    if (this.underWay < this.atOnce) {
      this.underWay += 1;
      return this.taken();
    }
    return this.waiting.size < this.mostWaiting && noLonger?.aborted !== true ? this.turn(noLonger) : undefined;
  }

  private turn(noLonger: AbortSignal | undefined): Promise<Room | undefined> {
    return new Promise((resolve) => {
      const goAway = (): void => turn(undefined);
      const tooLong = setTimeout(goAway, this.longestWaitMs);
      const turn = (room: Room | undefined): void => {
        clearTimeout(tooLong);
        noLonger?.removeEventListener('abort', goAway);
        this.waiting.delete(turn);
        resolve(room);
      };
      noLonger?.addEventListener('abort', goAway, { once: true });
      this.waiting.add(turn);
    });
  }

  private taken(): Room {
    let isLeft = false;
    return {
      leave: () => {
        if (isLeft) return;
        isLeft = true;
        const [next] = this.waiting;
        // It is handed on, so that nobody who comes just now is before those who waited.
        if (next === undefined) this.underWay -= 1;
        else next(this.taken());
      },
    };
  }
}
