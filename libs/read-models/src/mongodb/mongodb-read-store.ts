import type { mongo } from 'mongoose';
import {
  ReadStore,
  type CollectionChange,
  type CollectionDefinition,
  type Document,
  type Filter,
  type Query,
  type ViewCopy,
  type ViewPosition,
} from '../read-store';
import { collectionsOf } from '../parked-events';
import type { Projection } from '../projection';
import { views } from '../views';
import { BatchWriter } from './batch-write';
import { batchesOf, prepare } from './batches';
import { Connection } from './connection';
import { find, findIds, findMany } from './documents';
import { PositionWatch } from './position-watch';
import { planCount, planFind } from './query';
import { countsOf, StoredView, type StoredCollection, type StoredCount } from './stored-view';
import { MongodbViewCopy } from './view-copy';
import { Views } from './views';

export interface MongodbReadStoreOptions {
  /** Of a replica set; credentials, TLS and the name of the database (`test` without one) are part of it. */
  readonly url: string;
  /** Views that can be read here before anybody declares them here, because another process writes them (all of Tocsin's). */
  readonly reads?: readonly Pick<Projection, 'name' | 'collections'>[];
  /** Longest a read or a write may take. */
  readonly callDeadlineMs?: number;
  /** Longest the making, emptying or replacing of a view's collections may take. */
  readonly maintenanceDeadlineMs?: number;
}

const DOCUMENTS_PER_PART = 100;

interface Declared {
  readonly view: StoredView;
  readonly writer: BatchWriter;
  /** Batches of a view go one after the other, in the order they were given. */
  tail: Promise<unknown>;
}

/**
 * The read store of the cluster profile. The driver's collections are used without mongoose's schemas: a document is what a
 * pure projection made, there is nothing to validate, cast or populate.
 */
export class MongodbReadStore extends ReadStore {
  /** Of what an event changes a transaction is the dearest part, here and on the server. */
  override readonly gatherMs = 50;
  private readonly connection: Connection;
  private readonly stored: Views;
  private readonly declared = new Map<string, Declared>();
  private readonly collections = new Map<string, StoredCollection>();
  private readonly positions = new PositionWatch(async (name) => {
    const view = await this.known(name);
    return view === undefined ? undefined : this.stored.position(view);
  });
  /** Being declared because they are read. */
  private readonly declaring = new Map<string, Promise<void>>();
  private readonly callDeadlineMs: number;
  private readonly maintenanceDeadlineMs: number;

  /** Connects when it is first asked for something: MongoDB may be down. */
  constructor(private readonly options: MongodbReadStoreOptions) {
    super();
    this.callDeadlineMs = options.callDeadlineMs ?? 5_000;
    this.connection = new Connection(options.url, this.callDeadlineMs);
    this.maintenanceDeadlineMs = options.maintenanceDeadlineMs ?? 600_000;
    this.stored = new Views(this.connection, this.maintenanceDeadlineMs);
  }

  async declare(name: string, definitions: readonly CollectionDefinition<never>[]): Promise<void> {
    const view = new StoredView(name, definitions);
    const known = this.declared.get(name);
    const record = await this.stored.declare(view);
    view.learn(record);
    if (known !== undefined) await known.tail;
    await known?.writer.close();
    this.declared.set(name, { view, writer: new BatchWriter(this.connection, view, this.callDeadlineMs), tail: Promise.resolve() });
    for (const collection of view.collections) this.collections.set(collection.name, collection);
    this.positions.set(name, record.position ?? undefined);
  }

  async get<D extends Document>(collection: string, id: D['id']): Promise<D | undefined> {
    const [document] = await this.getMany<D>(collection, [id]);
    return document;
  }

  async getMany<D extends Document>(collection: string, ids: readonly D['id'][]): Promise<readonly D[]> {
    const { stored } = await this.collection(collection);
    return this.connection.read((db, bounds) => findMany<D>(db, stored, ids, bounds));
  }

  async find<D extends Document>(collection: string, query: Query): Promise<readonly D[]> {
    const declared = await this.collection(collection);
    const plan = planFind(declared, query);
    if (plan === undefined) return [];
    return this.connection.read((db, bounds) => find<D>(db, declared.stored, { ...plan, skip: query.skip, limit: query.limit }, bounds));
  }

  override async *walk<D extends Document>(collection: string, query: Query): AsyncGenerator<readonly D[], void> {
    const declared = await this.collection(collection);
    const plan = planFind(declared, query);
    if (plan === undefined) return;
    const { skip, limit } = query;
    const ids = await this.connection.read((db, bounds) => findIds(db, declared.stored, { ...plan, skip, limit }, bounds));
    for (let from = 0; from < ids.length; from += DOCUMENTS_PER_PART) {
      const part = ids.slice(from, from + DOCUMENTS_PER_PART);
      const found = new Map((await this.getMany<D>(collection, part as D['id'][])).map((document) => [document.id, document]));
      yield part.flatMap((id) => found.get(id) ?? []);
    }
  }

  async count(collection: string, filter: Filter): Promise<number> {
    const declared = await this.collection(collection);
    for (;;) {
      const plan = planCount(declared, filter);
      if (plan === undefined) return 0;
      if (plan.by === 'documents') {
        return this.connection.read((db, bounds) => db.collection(declared.stored).countDocuments(plan.filter, bounds));
      }
      const { total, arrays } = await this.addUp(declared, plan.filter);
      const news = arrays.filter((field) => !declared.arrays.has(field));
      // Another process has written the first array of a field since this one has looked; the plan was made without knowing.
      declared.storedArrays(news);
      if (news.length === 0) return total;
    }
  }

  async apply(view: string, changes: readonly CollectionChange[], position: ViewPosition): Promise<void> {
    const declared = this.view(view);
    const batches = batchesOf(declared.view, changes);
    const prepared = declared.tail.then(() => prepare(batches));
    const written = prepared.then((ready) => declared.writer.write(ready, position));
    declared.tail = written.catch(() => undefined);
    const reached = await written;
    for (const { collection, arrays } of await prepared) collection.storedArrays(arrays);
    this.positions.reach(view, reached);
  }

  async checkpoint(view: string): Promise<ViewPosition | undefined> {
    const declared = this.view(view);
    const record = await this.stored.read(declared.view);
    declared.view.learn(record);
    return record.position ?? undefined;
  }

  async waitFor(view: string, position: ViewPosition, timeoutMs: number): Promise<boolean> {
    return this.positions.wait(view, position, timeoutMs);
  }

  async reset(view: string): Promise<void> {
    const declared = this.view(view);
    await declared.tail;
    declared.view.learn(await this.stored.empty(declared.view));
    this.positions.set(view, undefined);
  }

  /** Whether views of some log have been kept here: of another log they would be wrong. @throws ReadStoreFault */
  holdsViews(): Promise<boolean> {
    return this.stored.any();
  }

  async beginRebuild(view: string): Promise<ViewCopy> {
    const copy = new MongodbViewCopy({
      connection: this.connection,
      views: this.stored,
      view: this.view(view).view,
      maintenanceDeadlineMs: this.maintenanceDeadlineMs,
    });
    await copy.begin();
    return copy;
  }

  async close(): Promise<void> {
    this.positions.close();
    for (const { tail, writer } of this.declared.values()) {
      await tail;
      await writer.close();
    }
    await this.connection.close();
  }

  private async addUp(
    collection: StoredCollection,
    filter: mongo.BSON.Document,
  ): Promise<{ readonly total: number; readonly arrays: readonly string[] }> {
    const group = { _id: null, total: { $sum: '$n' }, arrays: { $addToSet: '$arrays' } };
    const [sum] = await this.connection.read((db, bounds) =>
      db
        .collection<StoredCount>(countsOf(collection.stored))
        .aggregate<{ total: number; arrays: string[][] }>([{ $match: filter }, { $group: group }], bounds)
        .toArray(),
    );
    return { total: sum?.total ?? 0, arrays: sum?.arrays.flat() ?? [] };
  }

  private view(name: string): Declared {
    const declared = this.declared.get(name);
    if (declared === undefined) throw new Error(`read store: the view "${name}" was not declared`);
    return declared;
  }

  private async collection(name: string): Promise<StoredCollection> {
    const view = (this.options.reads ?? views).find(({ collections }) => collections.some((collection) => collection.name === name));
    if (view !== undefined) await this.known(view.name);
    const collection = this.collections.get(name);
    if (collection === undefined) throw new Error(`read store: the collection "${name}" was not declared`);
    return collection;
  }

  private async known(name: string): Promise<StoredView | undefined> {
    const view = (this.options.reads ?? views).find((one) => one.name === name);
    if (view !== undefined && !this.declared.has(name)) {
      const declaring = this.declaring.get(name) ?? this.declare(name, collectionsOf(view));
      this.declaring.set(name, declaring);
      await declaring.finally(() => this.declaring.delete(name));
    }
    return this.declared.get(name)?.view;
  }
}
