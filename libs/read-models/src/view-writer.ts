import { setImmediate as nextTurn } from 'node:timers/promises';
import { RecentlyUsed, upcast, weightOf } from '@tocsin/event-store';
import type { Position, StoredEvent } from '@tocsin/event-store';
import { Folding, documentKey, type Known } from './folding';
import { ParkedEvents } from './parked-events';
import type { Projection, Touched } from './projection';
import { ReadStoreFault, type CollectionChange, type Document, type ViewCopy, type ViewPosition } from './read-store';

const CACHED_BYTES = 8_388_608;
const TRIES = 3;
const EVENTS_PER_TURN = 128;

/** A view as its writer needs it: the one that is read, or a copy beside it. */
export type WrittenView = Pick<ViewCopy, 'getMany' | 'find' | 'apply' | 'checkpoint'>;

/** Folds batches of events into the documents of one view and writes them with the checkpoint. */
export class ViewWriter {
  readonly parked: ParkedEvents;
  /** So that an alert that is being talked about is folded without being read. */
  private readonly cache: RecentlyUsed<Known>;
  /** After a fault nobody knows whether the write before it took place; set until one has succeeded. */
  private inDoubt = false;
  private written: ViewPosition | undefined;

  constructor(
    private readonly projection: Projection,
    private readonly documents: WrittenView,
    cachedDocuments: number,
    private readonly onParked: (event: StoredEvent, error: Error) => void,
  ) {
    this.parked = new ParkedEvents(projection.name);
    this.cache = new RecentlyUsed({ count: cachedDocuments, weight: CACHED_BYTES });
  }

  /** Where the view stands; `undefined` when it has to be built from the beginning. @throws ReadStoreFault */
  async open(): Promise<ViewPosition | undefined> {
    await this.lookAgain();
    return this.written;
  }

  /** @throws ReadStoreFault, after which the same call can be repeated. */
  async write(events: readonly StoredEvent[], next: Position): Promise<void> {
    try {
      if (this.inDoubt) await this.lookAgain();
      const { written } = this;
      await this.writeHalves(written === undefined ? events : events.filter(({ position }) => position > written), next);
      if (this.inDoubt) this.cache.clear();
      this.inDoubt = false;
    } catch (error) {
      this.inDoubt = true;
      throw error;
    }
  }

  /** Nothing for this view, but the log has moved on. @throws ReadStoreFault */
  async moveCheckpoint(position: Position): Promise<void> {
    await this.documents.apply([], position);
  }

  private async lookAgain(): Promise<void> {
    this.cache.clear();
    await this.parked.load(this.documents);
    this.written = await this.documents.checkpoint();
  }

  private async writeHalves(events: readonly StoredEvent[], next: Position): Promise<void> {
    try {
      await this.writeTogether(events, next);
    } catch (error) {
      if (error instanceof ReadStoreFault) throw error;
      // No fault of the store, so it lies in one of the documents: halves are tried until its event stands alone.
      const [only] = events;
      if (only === undefined) throw error;
      if (events.length === 1) return this.park(only, next, asError(error));
      const middle = Math.ceil(events.length / 2);
      await this.writeHalves(events.slice(0, middle), events[middle - 1]?.position ?? next);
      await this.writeHalves(events.slice(middle), next);
    }
  }

  private async writeTogether(events: readonly StoredEvent[], next: Position): Promise<void> {
    const steps = events.map(upcast).map((event) => ({ event, touched: tried(() => this.projection.touches(event)) }));
    const loaded = await this.load(steps.flatMap(({ touched }) => (touched instanceof Error ? [] : touched)));
    // A write that was given up may still have been on its way: then these documents hold events that are folded in below.
    if (this.inDoubt && (await this.documents.checkpoint()) !== this.written) throw new ReadStoreFault('unavailable', true);
    const folding = new Folding(this.projection, loaded);
    const parking: CollectionChange[] = [];
    const blocked = new Set<string>();
    const parkedNow: (() => void)[] = [];
    for (const [i, { event, touched }] of steps.entries()) {
      // A rebuild goes on for minutes in a process that takes in events meanwhile.
      if (i % EVENTS_PER_TURN === EVENTS_PER_TURN - 1) await nextTurn();
      if (!(touched instanceof Error) && touched.length === 0) continue;
      if (blocked.has(event.stream) || this.parked.blocks(event.stream)) {
        parking.push(this.parked.changeFor(event, 'an earlier event of this stream is parked'));
        continue;
      }
      const outcome = touched instanceof Error ? touched : tried(() => folding.fold(event, touched));
      if (!(outcome instanceof Error)) continue;
      blocked.add(event.stream);
      parking.push(this.parked.changeFor(event, outcome.message));
      parkedNow.push(() => this.onParked(event, outcome));
    }
    await this.documents.apply([...folding.changes(), ...parking], next);
    this.written = next;
    for (const [key, known] of [...loaded, ...folding.known()]) this.cache.keep(key, known, weightOf(known));
    for (const stream of blocked) this.parked.block(stream);
    for (const report of parkedNow) report();
  }

  private async park(event: StoredEvent, next: Position, error: Error): Promise<void> {
    await this.documents.apply([this.parked.changeFor(event, error.message)], next);
    this.written = next;
    this.parked.block(event.stream);
    this.onParked(event, error);
  }

  private async load(touched: readonly Touched[]): Promise<ReadonlyMap<string, Known>> {
    const loaded = new Map<string, Known>();
    const missing = new Map<string, Map<string, Touched>>();
    for (const one of touched) {
      const key = documentKey(one);
      if (loaded.has(key)) continue;
      const known = this.cache.get(key);
      if (known !== undefined) {
        loaded.set(key, known);
        continue;
      }
      const ofCollection = missing.get(one.collection) ?? new Map<string, Touched>();
      missing.set(one.collection, ofCollection.set(key, one));
    }
    for (const [collection, wanted] of missing) {
      const ids = [...wanted.values()].map(({ id }) => id);
      const documents = await this.documents.getMany<Document>(collection, ids);
      for (const key of wanted.keys()) loaded.set(key, null);
      for (const document of documents) loaded.set(documentKey({ collection, id: document.id }), document);
    }
    return loaded;
  }
}

/** A pure function fails again with the same input; it is given three chances all the same before a stream is blocked for it. */
function tried<T>(work: () => T): T | Error {
  let failure: unknown;
  for (let i = 0; i < TRIES; i += 1) {
    try {
      return work();
    } catch (error) {
      failure = error;
    }
  }
  return asError(failure);
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error), { cause: error }));
