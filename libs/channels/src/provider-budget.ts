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

/**
 * So many calls to a provider at once; whoever comes then waits in line, for a bounded time, and what is urgent in one before it. While the
 * provider wants to be left alone, all of them wait.
 */
export class ProviderBudget {
  private underWay = 0;
  private resting: { readonly until: number; readonly over: NodeJS.Timeout } | undefined;
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
    if (this.resting === undefined && this.underWay < this.atOnce) return this.taken();
    const line = isUrgent ? this.urgent : this.others;
    const isInVain = noLonger?.aborted === true || this.restsTooLong();
    return line.size < this.mostWaiting && !isInVain ? this.turn(line, noLonger) : undefined;
  }

  /** From now on nobody has room, for so long. Who could not wait that long is turned away at once. */
  rest(forMs: number): void {
    const until = performance.now() + forMs;
    if (this.resting !== undefined && this.resting.until >= until) return;
    clearTimeout(this.resting?.over);
    const over = setTimeout(() => {
      this.resting = undefined;
      this.handOn();
    }, forMs);
    // The process may end before.
    over.unref();
    this.resting = { until, over };
    if (this.restsTooLong()) for (const turn of [...this.urgent, ...this.others]) turn(undefined);
  }

  private restsTooLong(): boolean {
    return this.resting !== undefined && this.resting.until - performance.now() > this.longestWaitMs;
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
    this.underWay += 1;
    return {
      leave: () => {
        if (isLeft) return;
        isLeft = true;
        this.underWay -= 1;
        this.handOn();
      },
    };
  }

  /** At once, so that nobody who comes just now is before those who waited. */
  private handOn(): void {
    while (this.resting === undefined && this.underWay < this.atOnce) {
      const [next] = this.urgent.size > 0 ? this.urgent : this.others;
      if (next === undefined) return;
      next(this.taken());
    }
  }
}
