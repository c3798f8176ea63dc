import { setImmediate as nextTurn } from 'node:timers/promises';
import { AllSource } from './all-source';
import type { Source, Taken } from './all-source';
import type { Client, RecordedWireEvent } from './client';
import { News } from './news';

const BUFFERED = 500;
/** More is not kept for a reader that does not take it: it reads on by itself, and comes back. */
const MOST_KEPT = 1_000;

/**
 * The end of `$all`, for all followers of a process that have caught up: the server sends each event once, however many follow.
 * It sends them all: what it does not send it would say that it has looked at, one by one, for those who wait for nothing but
 * that the log moves. Who joins from further back has it begin again from there; each reader passes over what it had.
 */
export class LiveFeed {
  private readonly readers = new Set<Reader>();
  private source: AllSource | undefined;
  /** Everything up to here was handed to the readers. */
  private reached: bigint | undefined;

  constructor(
    private readonly client: Client,
    private readonly confirmWithinMs: number,
  ) {}

  /** Begins after a position; at least one prefix. */
  join(prefixes: readonly string[], after: bigint | undefined): Source {
    const reader = new Reader(prefixes, after, () => this.leave(reader));
    this.readers.add(reader);
    if (this.source === undefined || (after ?? 0n) < (this.reached ?? 0n)) this.begin();
    return reader;
  }

  private begin(): void {
    this.source?.close();
    const readers = [...this.readers];
    this.reached = readers.map((reader) => reader.lookedAt).reduce((first, at) => ((at ?? 0n) < (first ?? 0n) ? at : first));
    this.source = new AllSource(this.client, { after: this.reached, prefixes: [], buffered: BUFFERED }, this.confirmWithinMs);
    void this.pass(this.source);
  }

  /** Until another source takes this one's place, or it breaks off. */
  private async pass(source: AllSource): Promise<void> {
    try {
      while (this.source === source) {
        await source.news();
        // What the server sends together, the events of one append most of all, is passed on together.
        await nextTurn();
        if (this.source !== source) return;
        const taken = source.take(BUFFERED);
        this.reached = taken.reached;
        for (const reader of [...this.readers]) reader.give(taken, source.caughtUp);
      }
    } catch (error) {
      if (this.source !== source) return;
      const left = [...this.readers];
      this.readers.clear();
      this.end();
      for (const reader of left) reader.fail(error);
    }
  }

  private leave(reader: Reader): void {
    this.readers.delete(reader);
    if (this.readers.size === 0) this.end();
  }

  private end(): void {
    this.source?.close();
    this.source = undefined;
  }
}

class Reader implements Source {
  private readonly kept: RecordedWireEvent[] = [];
  private readonly arrivals = new News();
  private trouble: unknown;
  private isAtEnd = false;
  private isOver = false;

  constructor(
    readonly prefixes: readonly string[],
    /** Everything up to here is kept or was taken. */
    public lookedAt: bigint | undefined,
    private readonly leave: () => void,
  ) {}

  get caughtUp(): boolean {
    return this.isAtEnd && this.kept.length === 0;
  }

  get over(): boolean {
    return this.isOver && this.kept.length === 0;
  }

  give({ events, reached }: Taken, isAtEnd: boolean): void {
    const before = this.lookedAt ?? 0n;
    const mine = events.filter(({ stream, at }) => at > before && this.prefixes.some((prefix) => stream.startsWith(prefix)));
    const hasMoved = (reached ?? 0n) > before;
    if (!hasMoved && this.isAtEnd === isAtEnd) return;
    this.kept.push(...mine);
    if (hasMoved) this.lookedAt = reached;
    this.isAtEnd = isAtEnd;
    this.arrivals.come();
    if (this.kept.length <= MOST_KEPT) return;
    this.isOver = true;
    this.isAtEnd = false;
    this.leave();
  }

  fail(error: unknown): void {
    this.trouble = error;
    this.arrivals.come();
  }

  take(most: number): Taken {
    if (this.trouble === undefined) this.arrivals.seen();
    const events = this.kept.splice(0, most);
    if (events.length === 0 && this.trouble !== undefined) throw this.trouble;
    return { events, reached: this.kept.length === 0 ? this.lookedAt : (events.at(-1)?.at ?? this.lookedAt) };
  }

  news(ms?: number): Promise<void> {
    return this.over ? Promise.resolve() : this.arrivals.wait(ms);
  }

  interrupt(): void {
    this.arrivals.come();
  }

  close(): void {
    this.leave();
  }
}
