import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Turns } from '@tocsin/embedded-log';
import {
  ReadStore,
  ReadStoreFault,
  type CollectionChange,
  type CollectionDefinition,
  type Document,
  type Filter,
  type Query,
  type ViewCopy,
  type ViewPosition,
} from '../read-store';
import type { Changed } from '../declared-collection';
import { Collection, tableOf } from './layout';
import { MainReader } from './main-reader';
import { PositionWaiters } from '../position-waiters';
import type { DeclareAnswer, DocumentsRead, Row, RowsOfCollection, SqlValue } from './protocol';
import { planCount, planFind, type Plan } from './query-plan';
import { ThreadClient } from './thread-client';

export interface EmbeddedReadStoreOptions {
  /** The data directory; the file is `views.db` in it. */
  readonly directory: string;
  /** The store's thread died: every later call fails, only a restart of the process helps. */
  readonly onFailure?: (error: Error) => void;
  /** Longest a read or a write may take. */
  readonly callDeadlineMs?: number;
  /** Longest the making or emptying of a view's tables may take. */
  readonly maintenanceDeadlineMs?: number;
}

/** More rows than this are walked in the thread: they would hold up the event loop by more than a millisecond or two. */
const MOST_ROWS_ON_MAIN_THREAD = 1000;
/** Parsing or writing this much JSON takes a millisecond or two. */
const CHARS_PER_TURN = 262_144;
/** A write-ahead log that was left behind is folded in first. */
const START_DEADLINE_MS = 30_000;

/** The collection as it is at that moment: a rebuild may have put others of its tables in place. */
type Current = () => Collection;

/** The read store of a single process: SQLite in `<directory>/views.db`, written by one thread of its own. */
export class EmbeddedReadStore extends ReadStore {
  private readonly collections = new Map<string, Collection>();
  private readonly views = new Map<string, ReadonlyMap<string, Collection>>();
  private readonly positions = new PositionWaiters();
  private readonly preparing = new Map<string, Promise<void>>();
  /** Of long lists: one part of one of them at a time. */
  private readonly turns = new Turns();
  private closed = false;

  private constructor(
    private readonly thread: ThreadClient,
    private readonly reader: MainReader,
    private readonly callDeadlineMs: number,
    private readonly maintenanceDeadlineMs: number,
  ) {
    super();
  }

  /** @throws ReadStoreFault when the file cannot be opened. A file that is damaged is thrown away and starts empty. */
  static async open(options: EmbeddedReadStoreOptions): Promise<EmbeddedReadStore> {
    mkdirSync(options.directory, { recursive: true });
    const path = join(options.directory, 'views.db');
    const callDeadlineMs = options.callDeadlineMs ?? 10_000;
    const thread = await ThreadClient.start(path, START_DEADLINE_MS, options.onFailure ?? ((): void => undefined));
    const reader = new MainReader(new DatabaseSync(path, { readOnly: true }));
    return new EmbeddedReadStore(thread, reader, callDeadlineMs, options.maintenanceDeadlineMs ?? 600_000);
  }

  async declare(view: string, definitions: readonly CollectionDefinition<never>[]): Promise<void> {
    this.open();
    const names = this.reader.storedNames(view);
    const declared = definitions.map((definition) => new Collection(definition, Collection.storedName(definition.name, names)));
    await this.declareStored(view, declared);
    for (const collection of declared) this.collections.set(collection.name, collection);
  }

  private async declareStored(view: string, declared: readonly Collection[]): Promise<void> {
    const layouts = declared.map((collection) => collection.layout());
    const answer = (await this.thread.request({ op: 'declare', view, layouts }, this.maintenanceDeadlineMs)) as DeclareAnswer;
    for (const collection of declared) collection.storedArrays(collection.fieldsAt(answer.arrays[collection.stored] ?? []));
    this.views.set(view, new Map(declared.map((collection) => [collection.name, collection])));
    this.positions.set(view, answer.position ?? undefined);
  }

  async get<D extends Document>(collection: string, id: D['id']): Promise<D | undefined> {
    this.open();
    const text = this.reader.document(tableOf(this.collection(collection).stored), id);
    return text === undefined ? undefined : (JSON.parse(text) as D);
  }

  async getMany<D extends Document>(collection: string, ids: readonly D['id'][]): Promise<readonly D[]> {
    return this.getManyFrom<D>(() => this.collection(collection), ids);
  }

  async find<D extends Document>(collection: string, query: Query): Promise<readonly D[]> {
    return this.findIn<D>(() => this.collection(collection), query);
  }

  override walk<D extends Document>(collection: string, query: Query): AsyncGenerator<readonly D[], void> {
    return this.walkIn<D>(() => this.collection(collection), query);
  }

  async count(collection: string, filter: Filter): Promise<number> {
    return this.reading(
      () => this.collection(collection),
      async (declared) => {
        const plan = planCount(declared, filter);
        const [total] = plan.bounded ? this.reader.values(plan) : ((await this.readInThread(plan)) as readonly SqlValue[]);
        return Number(total);
      },
    );
  }

  private async getManyFrom<D extends Document>(current: Current, ids: readonly D['id'][]): Promise<readonly D[]> {
    this.open();
    const found: D[] = [];
    for await (const texts of this.textsOf([...new Set(ids)], current, nextTurn))
      for (const text of texts) found.push(JSON.parse(text) as D);
    return found;
  }

  private async findIn<D extends Document>(current: Current, query: Query): Promise<readonly D[]> {
    const found: D[] = [];
    for await (const part of this.walkIn<D>(current, query)) for (const document of part) found.push(document);
    return found;
  }

  private async *walkIn<D extends Document>(current: Current, query: Query): AsyncGenerator<readonly D[], void> {
    const first = await this.reading(current, async (collection): Promise<DocumentsRead> => {
      const plan = planFind(collection, query);
      const table = tableOf(collection.stored);
      return plan.bounded && query.skip + query.limit <= MOST_ROWS_ON_MAIN_THREAD
        ? this.reader.documents(plan, table, CHARS_PER_TURN)
        : { texts: [], rest: (await this.readInThread(plan, table)) as DocumentsRead['rest'] };
    });
    if (first.texts.length > 0) yield first.texts.map((text) => JSON.parse(text) as D);
    if (first.texts.length > 0 && first.rest.length > 0) await this.turns.next();
    for await (const texts of this.textsOf(first.rest, current, () => this.turns.next())) yield texts.map((text) => JSON.parse(text) as D);
  }

  /** Some in each turn of the event loop. */
  private async *textsOf(
    ids: DocumentsRead['rest'],
    current: Current,
    turn: () => Promise<unknown>,
  ): AsyncGenerator<readonly string[], void> {
    for (let rest = ids; rest.length > 0;) {
      this.open();
      const read = this.reader.documentsOf(rest, tableOf(current().stored), CHARS_PER_TURN);
      yield read.texts;
      rest = read.rest;
      if (rest.length > 0) await turn();
    }
  }

  /**
   * A read that was under way while a rebuilt copy took the place of its tables is made again, and so is one whose index was moved:
   * the first array of a field has its elements, and the indexes over them, put into a table of their own.
   */
  private async reading<T>(current: Current, read: (collection: Collection) => Promise<T>): Promise<T> {
    this.open();
    const collection = current();
    try {
      return await read(collection);
    } catch (error) {
      const isReplaced = current() !== collection;
      if (this.closed || (error instanceof ReadStoreFault && !isReplaced)) throw error;
      // What the thread has done is known here when its next answer is.
      if (!isReplaced) await this.readInThread({ sql: 'SELECT 1', params: [], bounded: true });
      return read(current());
    }
  }

  async apply(view: string, changes: readonly CollectionChange[], position: ViewPosition): Promise<void> {
    this.open();
    const collections = this.views.get(view);
    const documents = new Map<Collection, Map<Document['id'], Changed>>();
    for (const { collection, change } of changes) {
      const declared = collections?.get(collection);
      if (declared === undefined) throw new Error(`read store: the collection "${collection}" is not one of the view "${view}"`);
      const ofCollection = documents.get(declared) ?? new Map<Document['id'], Changed>();
      documents.set(declared, ofCollection);
      // Only the last change of a document in a batch can be seen by anybody.
      if ('put' in change) ofCollection.set(change.put.id, change.put);
      else ofCollection.set(change.remove, { removed: change.remove });
    }
    const before = this.preparing.get(view);
    const prepared = (before ?? Promise.resolve()).then(() => this.rowsOf(documents));
    // Batches of a view are sent in the order they were given, also when a large one takes several turns to prepare.
    const settled = prepared.then(
      () => undefined,
      () => undefined,
    );
    this.preparing.set(view, settled);
    const batches = await prepared;
    if (this.preparing.get(view) === settled) this.preparing.delete(view);
    const rows = batches.map(([, ofCollection]) => ofCollection);
    const reached = await this.thread.request({ op: 'apply', view, position, batches: rows }, this.callDeadlineMs);
    for (const [collection, { arrays }] of batches) collection.storedArrays(collection.fieldsAt(arrays));
    this.positions.reach(view, reached as ViewPosition);
  }

  private async rowsOf(
    documents: ReadonlyMap<Collection, ReadonlyMap<Document['id'], Changed>>,
  ): Promise<readonly (readonly [Collection, RowsOfCollection])[]> {
    const batches: [Collection, RowsOfCollection][] = [];
    for (const [collection, changed] of documents) {
      const all = [...changed.values()];
      const arrays = collection.ordinalsOf(collection.arraysOf(all));
      const rows: Row[] = [];
      let chars = 0;
      for (const document of all) {
        if (chars > CHARS_PER_TURN) await nextTurn();
        if (chars > CHARS_PER_TURN) chars = 0;
        const row = collection.rowOf(document);
        rows.push(row);
        chars += row[1]?.length ?? 0;
      }
      batches.push([collection, { collection: collection.stored, arrays, rows }]);
    }
    return batches;
  }

  async checkpoint(view: string): Promise<ViewPosition | undefined> {
    this.open();
    return this.reader.checkpoint(view);
  }

  async waitFor(view: string, position: ViewPosition, timeoutMs: number): Promise<boolean> {
    this.open();
    return this.positions.wait(view, position, timeoutMs);
  }

  async reset(view: string): Promise<void> {
    this.open();
    await this.thread.request({ op: 'reset', view }, this.maintenanceDeadlineMs);
    for (const collection of this.views.get(view)?.values() ?? []) collection.forgetArrays();
    this.positions.set(view, undefined);
  }

  async beginRebuild(view: string): Promise<ViewCopy> {
    this.open();
    const copy = `${view}~`;
    await this.declareStored(
      copy,
      [...this.collectionsOf(view).values()].map((collection) => collection.twin()),
    );
    // Of a rebuild that did not come to its end.
    await this.reset(copy);
    const collections = this.collectionsOf(copy);
    const whileMine = <T>(work: () => Promise<T>): Promise<T> =>
      this.views.get(copy) === collections ? work() : Promise.reject(new ReadStoreFault('unavailable', false));
    const collection = (name: string) => (): Collection => {
      const found = collections.get(name);
      if (found === undefined) throw new Error(`read store: the collection "${name}" is not one of the view "${view}"`);
      return found;
    };
    return {
      getMany: (name, ids) => whileMine(() => this.getManyFrom(collection(name), ids)),
      find: (name, query) => whileMine(() => this.findIn(collection(name), query)),
      apply: (changes, position) => whileMine(() => this.apply(copy, changes, position)),
      checkpoint: () => whileMine(() => this.checkpoint(copy)),
      // Indexes and counts move with each write.
      prepare: () => Promise.resolve(),
      replace: () => whileMine(() => this.exchange(view, copy)),
      discard: () => whileMine(() => this.discard(copy)),
    };
  }

  private async exchange(view: string, copy: string): Promise<boolean> {
    if (!(await this.thread.request({ op: 'exchange', view, copy }, this.callDeadlineMs))) return false;
    const collections = this.collectionsOf(copy);
    this.views.set(copy, this.collectionsOf(view));
    this.views.set(view, collections);
    for (const collection of collections.values()) this.collections.set(collection.name, collection);
    const reached = this.reader.checkpoint(view);
    if (reached !== undefined) this.positions.reach(view, reached);
    await this.discard(copy);
    return true;
  }

  private async discard(copy: string): Promise<void> {
    this.views.delete(copy);
    await this.thread.request({ op: 'discard', view: copy }, this.maintenanceDeadlineMs);
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.positions.close();
    this.reader.close();
    // Last, because the last connection to close folds the write-ahead log into the file.
    await this.thread.close(this.callDeadlineMs);
  }

  private open(): void {
    if (this.closed) throw new ReadStoreFault('closed', false);
  }

  private readInThread(plan: Plan, idsOf?: string): Promise<unknown> {
    const budgetMs = this.callDeadlineMs / 2;
    return this.thread.request(
      {
        op: 'read',
        sql: plan.sql,
        params: plan.params,
        slow: !plan.bounded,
        budgetMs,
        ...(idsOf === undefined ? {} : { idsOf }),
      },
      this.callDeadlineMs,
    );
  }

  private collection(name: string): Collection {
    const collection = this.collections.get(name);
    if (collection === undefined) throw new Error(`read store: the collection "${name}" was not declared`);
    return collection;
  }

  private collectionsOf(view: string): ReadonlyMap<string, Collection> {
    const collections = this.views.get(view);
    if (collections === undefined) throw new Error(`read store: the view "${view}" was not declared`);
    return collections;
  }
}
