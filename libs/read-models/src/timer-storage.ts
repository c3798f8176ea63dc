import type { Instant } from '@tocsin/domain';
import type { Position } from '@tocsin/event-store';
import { Backoff } from './backoff';
import type { CollectionChange, CollectionDefinition, ReadStore, ViewPosition } from './read-store';

interface StoredTimer {
  readonly id: string;
  readonly dueAt: number;
}

const PAGE = 500;
/** Most timers come and go within this time; what has gone again by the time of the write is not written. */
const STORE_EVERY_MS = 500;
const STORE_MOVES_EVERY_MS = 1000;

/** Pending timers in the read store, always as they were at their checkpoint, some moments behind those in memory. */
export class TimerStorage {
  private readonly view: string;
  private readonly definition: CollectionDefinition<StoredTimer>;
  private readonly backoff = new Backoff();
  private changes = new Map<string, Instant | null>();
  private position: Position | undefined;
  private stored: ViewPosition | undefined;
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> | undefined;
  private closed = false;
  private failing = false;
  /** `changes` holds all that is pending: what is stored is to be thrown away, not changed. */
  private afresh = false;
  /** Set when the stored ones could not be loaded; nothing is written then until all are known from the log. */
  private unknown = true;

  constructor(
    name: string,
    version: number,
    private readonly readStore: ReadStore,
    private readonly onFailure: (error: unknown) => void,
  ) {
    this.view = `timers-${name}`;
    this.definition = { name: this.view, version, fields: {}, indexes: [['id']], counters: [] };
  }

  /** @throws ReadStoreFault */
  async load(
    head: Position | undefined,
  ): Promise<{ readonly timers: readonly StoredTimer[]; readonly position: ViewPosition | undefined }> {
    this.closed = false;
    this.changes.clear();
    this.unknown = true;
    await this.readStore.declare(this.view, [this.definition]);
    const position = await this.readStore.checkpoint(this.view);
    // The log was restored from an older copy: what is stored beyond its end never happened.
    if (position !== undefined && head !== undefined && position > head) {
      await this.readStore.reset(this.view);
      return this.loaded([], undefined);
    }
    const timers: StoredTimer[] = [];
    for (let last: string | undefined; ;) {
      const page: readonly StoredTimer[] = await this.readStore.find<StoredTimer>(this.view, {
        ...(last === undefined ? {} : { range: { id: { from: last } } }),
        sort: [{ field: 'id', descending: false }],
        skip: last === undefined ? 0 : 1,
        limit: PAGE,
      });
      timers.push(...page);
      last = page.at(-1)?.id;
      if (page.length < PAGE) return this.loaded(timers, position);
    }
  }

  change(id: string, dueAt: Instant | null): void {
    this.changes.set(id, dueAt);
  }

  /** All changes up to here have been told. */
  moved(position: Position): void {
    this.position = position;
    if (!this.unknown) this.writeIn(this.changes.size > 0 ? STORE_EVERY_MS : STORE_MOVES_EVERY_MS);
  }

  /** The log has been read to its end; these are all that are pending. Matters only when the stored ones could not be loaded. */
  complete(pending: Iterable<readonly [string, Instant]>, position: Position): void {
    if (!this.unknown) return;
    this.unknown = false;
    this.afresh = true;
    this.changes = new Map(pending);
    this.position = position;
    this.writeIn(STORE_EVERY_MS);
  }

  /** One last try to store what is known. */
  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    this.timer = undefined;
    await this.writing;
    if (!this.unknown && !this.failing) await this.write();
  }

  private loaded(
    timers: readonly StoredTimer[],
    position: ViewPosition | undefined,
  ): { timers: readonly StoredTimer[]; position: ViewPosition | undefined } {
    this.unknown = false;
    this.afresh = false;
    this.failing = false;
    this.stored = position;
    this.position = undefined;
    return { timers, position };
  }

  private writeIn(ms: number): void {
    if (this.closed || this.timer !== undefined || this.writing !== undefined) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.writing = this.write().finally(() => {
        this.writing = undefined;
        if (this.failing) this.writeIn(this.backoff.next());
        else if (this.changes.size > 0) this.writeIn(STORE_EVERY_MS);
        else if (this.position !== this.stored) this.writeIn(STORE_MOVES_EVERY_MS);
      });
    }, ms);
    this.timer.unref();
  }

  private async write(): Promise<void> {
    const { changes, position } = this;
    if (position === undefined || position === this.stored) return;
    this.changes = new Map();
    try {
      if (this.afresh) {
        await this.readStore.declare(this.view, [this.definition]);
        await this.readStore.reset(this.view);
      }
      const written = [...changes].map(([id, dueAt]): CollectionChange => ({
        collection: this.view,
        change: dueAt === null ? { remove: id } : { put: { id, dueAt } as StoredTimer },
      }));
      await this.readStore.apply(this.view, written, position);
      this.stored = position;
      this.afresh = false;
      this.failing = false;
      this.backoff.reset();
    } catch (error) {
      // They go into the next attempt, under what has been said since.
      this.changes = new Map([...changes, ...this.changes]);
      if (!this.failing) this.onFailure(error);
      this.failing = true;
    }
  }
}
