export type EventType = 'ALERT' | 'RESOLVE';

export interface Posted {
  readonly type: EventType;
  /** Whether a 2xx came back; without one nobody knows what became of it. */
  readonly answered: boolean;
}

/** What the tools know: each event they posted, by its key, in the order it was posted. */
export class Ledger {
  private readonly byKey = new Map<string, Posted[]>();
  answered = 0;
  /** Keys of which a person resolved an alert, or tried to; when, among the tools' events, nobody can say. */
  readonly resolvedByHand = new Set<string>();

  record(key: string, posted: Posted): void {
    const before = this.byKey.get(key);
    if (before === undefined) this.byKey.set(key, [posted]);
    else before.push(posted);
    if (posted.answered) this.answered++;
  }

  keys(): readonly string[] {
    return [...this.byKey.keys()];
  }

  of(key: string): readonly Posted[] {
    return this.byKey.get(key) ?? [];
  }
}
