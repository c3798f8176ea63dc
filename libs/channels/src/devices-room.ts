import type { PushDeviceId } from '@tocsin/domain';
import type { Room } from './channel';
import type { ProviderBudget } from './provider-budget';
import { whenAborted } from './when-aborted';

export interface DevicesWait {
  readonly noLonger?: AbortSignal;
  readonly isUrgent?: boolean;
}

/** Of one device, in the line of its host. */
export class Turn implements Room {
  /** Whether there was room, and it was still wanted. */
  readonly came: Promise<boolean>;
  private room: Room | undefined;
  private isLeft = false;
  private readonly enough = new AbortController();

  constructor(budget: ProviderBudget, { noLonger, isUrgent }: DevicesWait) {
    const forget = noLonger === undefined ? undefined : whenAborted(noLonger, () => this.enough.abort(null));
    this.came = this.waitFor(budget.room(this.enough.signal, isUrgent)).finally(forget);
  }

  get isThere(): boolean {
    return this.room !== undefined;
  }

  leave(): void {
    this.isLeft = true;
    // With a reason, whatever it is: the one that is made otherwise notes where it was made.
    this.enough.abort(null);
    this.room?.leave();
  }

  private async waitFor(waiting: Promise<Room | undefined>): Promise<boolean> {
    const room = await waiting;
    if (this.isLeft) room?.leave();
    else this.room = room;
    return this.isThere;
  }
}

/**
 * Room for one person's devices. It is there as soon as one of their hosts has it; the others stay in line at theirs, so that a
 * message that leaves early for one device does not go to the end of the line for the next one.
 */
export class DevicesRoom implements Room {
  private readonly turns = new Map<PushDeviceId, Turn>();

  constructor(private readonly wait: DevicesWait = {}) {}

  /** In line from the first time that it is asked for. */
  turnOf(id: PushDeviceId, budget: ProviderBudget): Turn {
    const turn = this.turns.get(id) ?? new Turn(budget, this.wait);
    this.turns.set(id, turn);
    return turn;
  }

  /** Whether one of them had room, as soon as one has. */
  async some(): Promise<boolean> {
    const all = [...this.turns.values()].map(({ came }) => came);
    const one = new Promise<boolean>((resolve) => {
      for (const came of all) void came.then((isThere) => (isThere ? resolve(true) : undefined));
    });
    return Promise.race([one, Promise.all(all).then((each) => each.includes(true))]);
  }

  leaveAllBut(ids: readonly PushDeviceId[]): void {
    for (const [id, turn] of this.turns) if (!ids.includes(id)) turn.leave();
  }

  /** Who has room keeps it. */
  waitNoLonger(): void {
    for (const turn of this.turns.values()) if (!turn.isThere) turn.leave();
  }

  leave(): void {
    for (const turn of this.turns.values()) turn.leave();
  }
}
