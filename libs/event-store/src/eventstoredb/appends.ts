import { EventStoreFault, WrongExpectedRevision } from '../event-store';
import type { AppendResult, ExpectedRevision, NewEvent } from '../event-store';
import { toPosition } from '../position-digits';
import type { Client, RecordedWireEvent, WireEvent } from './client';
import { orMissing, troubleOf } from './client-faults';
import type { KnownIds } from './known-ids';
import { isOurs } from './own-streams';
import type { Patience } from './patience';
import { toWire } from './wire-events';

type Exact = Exclude<ExpectedRevision, 'any'>;

/** Most events of one read of a stream. */
export const PAGE = 500;

/**
 * Appends that are exact however often they are repeated. The server knows a repetition by the revision it is repeated at, and
 * only there: at the stream's end it would write it again, and with `any` it remembers for a while. So nothing is appended at
 * a revision without knowing every id up to it, and `any` is the revision where the stream is.
 */
export class Appends {
  constructor(
    private readonly client: Client,
    private readonly known: KnownIds,
  ) {}

  /** @throws WrongExpectedRevision, EventStoreFault */
  async append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[], patience: Patience): Promise<AppendResult> {
    const append = new Append(this.client, this.known, patience, stream, toWire(events));
    return expected === 'any' ? append.anywhere() : append.at(expected);
  }
}

class Append {
  private readonly ids: readonly string[];

  constructor(
    private readonly client: Client,
    private readonly known: KnownIds,
    private readonly patience: Patience,
    private readonly stream: string,
    private readonly events: readonly WireEvent[],
  ) {
    this.ids = events.map(({ id }) => id);
  }

  async at(expected: Exact): Promise<AppendResult> {
    if (expected !== 'no_stream') await this.learnUpTo(expected);
    const before = await this.firstAnswer();
    if (before === 'some') throw this.wrong(expected, await this.learn());
    if (before !== 'none') return before;
    const answer = await this.send(expected);
    if (answer !== 'wrong') return answer;
    const actual = await this.learn();
    const after = await this.firstAnswer();
    if (typeof after === 'string') throw this.wrong(expected, actual);
    return after;
  }

  async anywhere(): Promise<AppendResult> {
    for (;;) {
      const last = await this.learn('with its end');
      const before = await this.firstAnswer();
      if (before === 'some') throw this.wrong('any', last);
      if (before !== 'none') return before;
      const answer = await this.send(last ?? 'no_stream');
      if (answer !== 'wrong') return answer;
      this.patience.orGiveUp();
    }
  }

  private async send(expected: Exact): Promise<AppendResult | 'wrong'> {
    const { client, stream, events } = this;
    try {
      const { revision, at } = await this.patience.persist((deadlineMs) => client.append(stream, expected, events, deadlineMs));
      const first = revision - events.length + 1;
      const placed = events.map(({ id }, index) => ({ id, revision: first + index, ...(index === events.length - 1 && { at }) }));
      this.known.add(stream, expected === 'no_stream' ? -1 : expected, placed);
      return { revision, position: toPosition(at) };
    } catch (error) {
      const kind = troubleOf(error)?.kind;
      if (kind === 'wrong-revision') return 'wrong';
      // A tombstone is none of ours; whoever set it wants nothing more in there.
      throw kind === 'ended' ? new EventStoreFault('denied', false, { cause: error }) : error;
    }
  }

  /** What the first time was answered, if there was one. */
  private async firstAnswer(): Promise<AppendResult | 'none' | 'some'> {
    const repetition = this.known.repetition(this.stream, this.ids);
    if (typeof repetition === 'string') return repetition;
    const { revision } = repetition;
    const at = repetition.at ?? (await this.read(revision, 1))?.[0]?.at;
    return at === undefined ? 'none' : { revision, position: toPosition(at) };
  }

  private async learnUpTo(revision: number): Promise<void> {
    const from = this.known.unknownFrom(this.stream, revision);
    if (from <= revision) await this.learnFrom(from);
  }

  /**
   * Reads what is not known yet of the stream's end. Answers its last revision, undefined when there is nothing of it: for
   * whoever appends there, with the mark of a deletion that is not complete.
   */
  private async learn(what: 'as shown' | 'with its end' = 'as shown'): Promise<number | undefined> {
    const known = this.known.upTo(this.stream);
    if (known >= 0) return this.learnFrom(known + 1, what);
    const last = await orMissing(this.patience.persist((deadlineMs) => this.client.readLast(this.stream, deadlineMs)));
    return last === undefined ? undefined : this.learnFrom(this.known.unknownFrom(this.stream, last.revision), what);
  }

  private async learnFrom(first: number, what: 'as shown' | 'with its end' = 'as shown'): Promise<number | undefined> {
    for (let from = first; ;) {
      const page = await this.read(from, PAGE);
      noteIds(this.known, this.stream, from, page);
      if (page === undefined) return undefined;
      const last = page.at(-1);
      if (last !== undefined && page.length === PAGE) {
        from = last.revision + 1;
        continue;
      }
      if (last !== undefined && what === 'as shown' && !isOurs(last)) return undefined;
      return last?.revision ?? (from === 0 ? undefined : from - 1);
    }
  }

  private read(from: number, most: number): Promise<readonly RecordedWireEvent[] | undefined> {
    return orMissing(this.patience.persist((deadlineMs) => this.client.readStream(this.stream, from, most, deadlineMs)));
  }

  private wrong(expected: ExpectedRevision, actual: number | undefined): WrongExpectedRevision {
    return new WrongExpectedRevision(this.stream, expected, actual ?? 'no_stream');
  }
}

/** What a read of a stream from a revision on has found, `undefined` that there is no such stream. */
export function noteIds(known: KnownIds, stream: string, from: number, page: readonly RecordedWireEvent[] | undefined): void {
  // A stream that is being deleted is as good as gone.
  if (page === undefined || !page.every(isOurs)) known.forget(stream);
  else known.add(stream, from - 1, page);
}
