import type { Room, SendOutcome } from './channel';

export interface ProviderBudgetOptions {
  readonly longestWaitMs?: number;
  readonly mostWaiting?: number;
}

/** Ten thousand pages of one moment are through by then; holding them back, and looking at them again, costs more than their waiting. */
export const LONGEST_ROOM_WAIT_MS = 30_000;
const MOST_WAITING = 10_000;

/** What comes of a message that was given to a channel without room, and found none. */
export const NO_ROOM: SendOutcome = { type: 'failed', permanent: false, reason: 'too many messages are under way' };

type Waiter = (room: Room | undefined) => void;

/** So many calls to a provider at once; whoever comes then waits in line, for a bounded time, and what is urgent in one before it. */
export class ProviderBudget {
  private underWay = 0;
  /** In the order in which they came. */
  private readonly urgent = new Set<Waiter>();
  private readonly others = new Set<Waiter>();
  private readonly longestWaitMs: number;
  private readonly mostWaiting: number;

  constructor(
    private readonly atOnce: number,
    { longestWaitMs = LONGEST_ROOM_WAIT_MS, mostWaiting = MOST_WAITING }: ProviderBudgetOptions = {},
  ) {
    this.longestWaitMs = longestWaitMs;
    this.mostWaiting = mostWaiting;
  }

  get isIdle(): boolean {
    return this.underWay === 0;
  }

  /** Undefined when there was none in time, or before `noLonger`. */
  async room(noLonger?: AbortSignal, isUrgent = false): Promise<Room | undefined> {
    if (this.underWay < this.atOnce) {
      this.underWay += 1;
      return this.taken();
    }
    const line = isUrgent ? this.urgent : this.others;
    return line.size < this.mostWaiting && noLonger?.aborted !== true ? this.turn(line, noLonger) : undefined;
  }

  private turn(line: Set<Waiter>, noLonger: AbortSignal | undefined): Promise<Room | undefined> {
    return new Promise((resolve) => {
      const goAway = (): void => turn(undefined);
      const tooLong = setTimeout(goAway, this.longestWaitMs);
      const turn: Waiter = (room) => {
        clearTimeout(tooLong);
        noLonger?.removeEventListener('abort', goAway);
        line.delete(turn);
        resolve(room);
      };
      noLonger?.addEventListener('abort', goAway, { once: true });
      line.add(turn);
    });
  }

  private taken(): Room {
    let isLeft = false;
    return {
      leave: () => {
        if (isLeft) return;
        isLeft = true;
        const [next] = this.urgent.size > 0 ? this.urgent : this.others;
        // It is handed on, so that nobody who comes just now is before those who waited.
        if (next === undefined) this.underWay -= 1;
        else next(this.taken());
      },
    };
  }
}
