import { RecentlyUsed } from '../recently-used';

interface Place {
  readonly revision: number;
  /** Unknown of all but the last event of an append. */
  readonly at: bigint | undefined;
}

/** Every event from one revision to another, both included. */
interface Known {
  readonly from: number;
  readonly upTo: number;
  readonly places: Map<string, Place>;
}

interface Placed {
  readonly id: string;
  readonly revision: number;
  readonly at?: bigint;
}

export type Repetition = 'none' | 'some' | { readonly revision: number; readonly at: bigint | undefined };

/**
 * How far back a repetition is looked for at the end of a stream. At the revision it was made at it is known however long
 * ago that was; this is for who repeats at another one, which nobody does long after.
 */
const LOOK_BACK = 1_000;
/** About a hundred bytes each. */
const MOST_IDS = 50_000;
const MOST_STREAMS = 10_000;

/**
 * The ids at the ends of streams that were read or written here, without gaps. What is in a stream stays what it is, so at a
 * revision up to which the ids are known it is certain whether an append is a repetition.
 */
export class KnownIds {
  private readonly streams: RecentlyUsed<Known>;

  constructor(mostIds = MOST_IDS) {
    this.streams = new RecentlyUsed({ count: MOST_STREAMS, weight: mostIds });
  }

  /** From which revision on a stream has to be read to know enough of it up to there; more than that when it is known. */
  unknownFrom(stream: string, upTo: number): number {
    const first = Math.max(0, upTo - LOOK_BACK + 1);
    const known = this.streams.get(stream);
    return known === undefined || known.from > first || known.upTo < first ? first : known.upTo + 1;
  }

  /** -1 when nothing is known. */
  upTo(stream: string): number {
    return this.streams.get(stream)?.upTo ?? -1;
  }

  /** All that the stream has after a revision, up to the last one given. */
  add(stream: string, after: number, events: readonly Placed[]): void {
    const [first] = events;
    const last = events.at(-1);
    if (first === undefined || last === undefined) return;
    const before = this.streams.get(stream);
    // Nothing is missing in a stream unless everything before is gone.
    const begins = first.revision > after + 1;
    const goesOn = before !== undefined && !begins && before.from <= after + 1 && after <= before.upTo;
    const places = goesOn ? before.places : new Map<string, Place>();
    for (const { id, revision, at } of events) {
      const known = places.get(id);
      if (known?.at === undefined) places.set(id, { revision: known?.revision ?? revision, at });
    }
    const from = begins ? 0 : goesOn ? before.from : after + 1;
    const upTo = goesOn ? Math.max(before.upTo, last.revision) : last.revision;
    this.streams.keep(stream, { from, upTo, places }, places.size);
  }

  repetition(stream: string, ids: readonly string[]): Repetition {
    const known = this.streams.get(stream);
    const places = ids.map((id) => known?.places.get(id));
    const last = places.at(-1);
    if (last !== undefined && !places.includes(undefined)) return last;
    return places.every((place) => place === undefined) ? 'none' : 'some';
  }

  forget(stream: string): void {
    this.streams.delete(stream);
  }
}
