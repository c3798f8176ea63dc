import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Turns } from '@tocsin/embedded-log';
import {
  ReadStore,
  ReadStoreFault,
  type Change,
  type CollectionDefinition,
  type Document,
  type Filter,
  type Query,
  type ViewPosition,
} from '../read-store';
import { Collection, tableOf, type Changed } from './layout';
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

/** The read store of a single process: SQLite in `<directory>/views.db`, written by one thread of its own. */
export class EmbeddedReadStore extends ReadStore {
  private readonly collections = new Map<string, Collection>();
  private readonly views = new Map<string, readonly string[]>();
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
    const declared = definitions.map((definition) => new Collection(definition));
    const layouts = declared.map((collection) => collection.layout());
    const answer = (await this.thread.request({ op: 'declare', view, layouts }, this.maintenanceDeadlineMs)) as DeclareAnswer;
    for (const collection of declared) {
      collection.storedArrays(answer.arrays[collection.name] ?? []);
      this.collections.set(collection.name, collection);
    }
    this.views.set(
      view,
      declared.map(({ name }) => name),
    );
    this.positions.set(view, answer.position ?? undefined);
  }

  async get<D extends Document>(collection: string, id: D['id']): Promise<D | undefined> {
    this.open();
    const text = this.reader.document(tableOf(this.collection(collection).name), id);
    return text === undefined ? undefined : (JSON.parse(text) as D);
  }

  async getMany<D extends Document>(collection: string, ids: readonly D['id'][]): Promise<readonly D[]> {
    const table = tableOf(this.collection(collection).name);
    const found: D[] = [];
    for await (const texts of this.textsOf([...new Set(ids)], table, nextTurn)) for (const text of texts) found.push(JSON.parse(text) as D);
    return found;
  }

  async find<D extends Document>(collection: string, query: Query): Promise<readonly D[]> {
    const found: D[] = [];
    for await (const part of this.walk<D>(collection, query)) for (const document of part) found.push(document);
    return found;
  }

  override async *walk<D extends Document>(collection: string, query: Query): AsyncGenerator<readonly D[], void> {
    this.open();
    const declared = this.collection(collection);
    const plan = planFind(declared, query);
    const table = tableOf(declared.name);
    const first =
      plan.bounded && query.skip + query.limit <= MOST_ROWS_ON_MAIN_THREAD
        ? this.reader.documents(plan, table, CHARS_PER_TURN)
        : { texts: [], rest: (await this.readInThread(plan, table)) as DocumentsRead['rest'] };
    if (first.texts.length > 0) yield first.texts.map((text) => JSON.parse(text) as D);
    if (first.texts.length > 0 && first.rest.length > 0) await this.turns.next();
    for await (const texts of this.textsOf(first.rest, table, () => this.turns.next())) yield texts.map((text) => JSON.parse(text) as D);
  }

  /** Some in each turn of the event loop. */
  private async *textsOf(ids: DocumentsRead['rest'], table: string, turn: () => Promise<unknown>): AsyncGenerator<readonly string[], void> {
    for (let rest = ids; rest.length > 0;) {
      this.open();
      const read = this.reader.documentsOf(rest, table, CHARS_PER_TURN);
      yield read.texts;
      rest = read.rest;
      if (rest.length > 0) await turn();
    }
  }

  async count(collection: string, filter: Filter): Promise<number> {
    this.open();
    const plan = planCount(this.collection(collection), filter);
    const [total] = plan.bounded ? this.reader.values(plan) : ((await this.readInThread(plan)) as readonly SqlValue[]);
    return Number(total);
  }

  async apply(
    view: string,
    changes: readonly { readonly collection: string; readonly change: Change }[],
    position: ViewPosition,
  ): Promise<void> {
    this.open();
    const documents = new Map<Collection, Map<Document['id'], Changed>>();
    for (const { collection, change } of changes) {
      const declared = this.collectionOf(view, collection);
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
    const reached = await this.thread.request({ op: 'apply', view, position, batches }, this.callDeadlineMs);
    for (const { collection, arrays } of batches) this.collections.get(collection)?.storedArrays(arrays);
    this.positions.reach(view, reached as ViewPosition);
  }

  private async rowsOf(documents: ReadonlyMap<Collection, ReadonlyMap<Document['id'], Changed>>): Promise<readonly RowsOfCollection[]> {
    const batches: RowsOfCollection[] = [];
    for (const [collection, changed] of documents) {
      const all = [...changed.values()];
      const arrays = collection.arraysOf(all);
      const rows: Row[] = [];
      let chars = 0;
      for (const document of all) {
        if (chars > CHARS_PER_TURN) await nextTurn();
        if (chars > CHARS_PER_TURN) chars = 0;
        const row = collection.rowOf(document);
        rows.push(row);
        chars += row[1]?.length ?? 0;
      }
      batches.push({ collection: collection.name, arrays, rows });
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
    for (const name of this.views.get(view) ?? []) this.collections.get(name)?.forgetArrays();
    this.positions.set(view, undefined);
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

  private collectionOf(view: string, name: string): Collection {
    if (!this.views.get(view)?.includes(name)) throw new Error(`read store: the collection "${name}" is not one of the view "${view}"`);
    return this.collection(name);
  }
}
