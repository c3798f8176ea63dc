/** What a client asks for, as far as faults tell it apart. */
export type Asked = 'append' | 'read' | 'subscribe' | 'delete';

/**
 * What happens to a call. `lose-answer`: done, and the connection is cut instead of an answer. `cut`: the connection is cut
 * before anything is done. `hang`: nothing is done and nothing is answered. `hang-after`: done, never answered.
 * `delay`: done `delayMs` later. `not-leader`: sent to another node. `unavailable`: refused.
 */
export type FaultKind = 'lose-answer' | 'cut' | 'hang' | 'hang-after' | 'delay' | 'not-leader' | 'unavailable';

export interface Fault {
  readonly kind: FaultKind;
  readonly asked: Asked;
  /** The next so many calls (1). */
  readonly times?: number;
  readonly delayMs?: number;
  /** Where `not-leader` sends the client. */
  readonly leader?: { readonly host: string; readonly port: number };
}

/** Faults of a server that tests switch on; each call meets at most one. */
export class Faults {
  private waiting: { readonly fault: Fault; left: number }[] = [];

  next(fault: Fault): void {
    this.waiting.push({ fault, left: fault.times ?? 1 });
  }

  none(): void {
    this.waiting = [];
  }

  take(asked: Asked): Fault | undefined {
    const found = this.waiting.find((one) => one.fault.asked === asked);
    if (found === undefined) return undefined;
    found.left -= 1;
    if (found.left <= 0) this.waiting = this.waiting.filter((one) => one !== found);
    return found.fault;
  }
}
