import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { mongo } from 'mongoose';
import { Backoff } from '../backoff';
import { ReadStoreFault, type CollectionChange, type Document, type Query, type ViewCopy, type ViewPosition } from '../read-store';
import { countsMoved, countWrites, documentWrites } from './batch-write';
import { batchesOf, prepare, type CollectionBatch } from './batches';
import type { Connection, Db } from './connection';
import { find, findMany } from './documents';
import { planFind } from './query';
import {
  copyOf,
  countId,
  countsOf,
  key,
  type StoredCollection,
  type StoredCount,
  type StoredDocument,
  type StoredView,
} from './stored-view';
import type { StoredValue } from '../declared-collection';
import { createIndexes, type Views } from './views';

/** Nobody counts on what is in a copy until it is in place; it then stands behind everything written before it. */
const FAST: mongo.WriteConcernSettings = { w: 1, j: false };
const TRIES = 6;

interface Parts {
  readonly connection: Connection;
  readonly views: Views;
  readonly view: StoredView;
  /** For what looks at every document: indexes, counts. */
  readonly maintenanceDeadlineMs: number;
}

/**
 * Documents in bulk, without a transaction, indexes and counts: these are made once, when nearly all documents are there. What
 * comes after that is counted as it comes.
 */
export class MongodbViewCopy implements ViewCopy {
  private readonly token = randomUUID().slice(0, 8);
  private position: ViewPosition | null = null;
  private readonly arrays = new Map<StoredCollection, readonly string[]>();
  private indexed = false;
  private counted = false;

  constructor(private readonly parts: Parts) {}

  begin(): Promise<void> {
    return this.parts.views.begin(this.parts.view, this.token);
  }

  async getMany<D extends Document>(collection: string, ids: readonly D['id'][]): Promise<readonly D[]> {
    const { stored } = this.parts.view.collection(collection);
    return this.parts.connection.read((db, bounds) => findMany<D>(db, this.named(stored), ids, bounds));
  }

  async find<D extends Document>(collection: string, query: Query): Promise<readonly D[]> {
    const declared = this.parts.view.collection(collection);
    const plan = planFind(declared, query);
    if (plan === undefined) return [];
    const { filter, sort } = plan;
    const page = { filter, sort, skip: query.skip, limit: query.limit };
    return this.parts.connection.read((db, bounds) => find<D>(db, this.named(declared.stored), page, bounds));
  }

  async apply(changes: readonly CollectionChange[], position: ViewPosition): Promise<void> {
    if (this.position !== null && position <= this.position) return;
    for (const batch of await prepare(batchesOf(this.parts.view, changes))) {
      this.arrays.set(batch.collection, batch.arrays);
      if (this.counted) await this.writeCounted(batch);
      else await this.write(batch);
    }
    this.position = position;
  }

  async checkpoint(): Promise<ViewPosition | undefined> {
    return this.position ?? undefined;
  }

  async prepare(): Promise<void> {
    const { connection, view, maintenanceDeadlineMs } = this.parts;
    await connection.call(async (db) => {
      for (const collection of view.collections) {
        if (!this.indexed) await createIndexes(db, collection, this.token);
        if (!this.counted) await this.count(db, collection);
      }
    }, maintenanceDeadlineMs);
    this.indexed = true;
    this.counted = true;
  }

  async replace(): Promise<boolean> {
    const { views, view } = this.parts;
    await this.prepare();
    const arrays = Object.fromEntries([...this.arrays].map(([{ name }, fields]) => [name, fields]));
    const record = await views.replace(view, { token: this.token, position: this.position, arrays });
    if (record === undefined) return false;
    view.learn(record);
    return true;
  }

  discard(): Promise<void> {
    return this.parts.views.discard(this.parts.view, this.token);
  }

  /** The same documents again do no harm, so what passes is waited for: an hour's work may stand behind them. */
  private async write({ collection, changes }: CollectionBatch): Promise<void> {
    const writes = documentWrites(changes);
    const backoff = new Backoff();
    for (let tries = 1; ; tries += 1) {
      try {
        await this.parts.connection.call((db) =>
          db.collection<StoredDocument>(this.named(collection.stored)).bulkWrite(writes, { ordered: false, writeConcern: FAST }),
        );
        return;
      } catch (error) {
        if (!(error instanceof ReadStoreFault) || !error.retriable || tries >= TRIES) throw error;
        await pause(backoff.next());
      }
    }
  }

  /** Counting cannot be repeated: if it fails, everything is counted anew. */
  private async writeCounted(batch: CollectionBatch): Promise<void> {
    const { stored } = batch.collection;
    const moved = await this.parts.connection.call((db) => countsMoved(db, this.named(stored), batch));
    this.counted = false;
    await this.write(batch);
    const writes = countWrites(moved);
    if (writes.length > 0) {
      await this.parts.connection.call((db) =>
        db.collection<StoredCount>(this.named(countsOf(stored))).bulkWrite(writes, { ordered: false, writeConcern: FAST }),
      );
    }
    this.counted = true;
  }

  private async count(db: Db, collection: StoredCollection): Promise<void> {
    const counts = db.collection<StoredCount>(this.named(countsOf(collection.stored)), { writeConcern: FAST });
    await counts.deleteMany({});
    for (const [counter, fields] of collection.counters.entries()) {
      const arrays = fields.filter((field) => this.arrays.get(collection)?.includes(field));
      const groups = db
        .collection<StoredDocument>(this.named(collection.stored))
        .aggregate<{ _id: Record<string, StoredValue>; n: number }>([
          // An empty array is counted nowhere, a field that is nothing as nothing.
          ...arrays.flatMap((field) => [
            { $match: { [key(field)]: { $ne: [] } } },
            { $unwind: { path: `$${key(field)}`, preserveNullAndEmptyArrays: true } },
          ]),
          { $group: { _id: Object.fromEntries(fields.map((field) => [field, { $ifNull: [`$${key(field)}`, null] }])), n: { $sum: 1 } } },
        ]);
      const found: StoredCount[] = [];
      for await (const { _id: f, n } of groups) {
        const values = fields.map((field) => f[field] ?? null);
        found.push({ _id: countId(counter, values), c: counter, f, n, ...(arrays.length > 0 ? { arrays } : {}) });
      }
      if (found.length > 0) await counts.insertMany(found, { ordered: false });
    }
  }

  private named(stored: string): string {
    return copyOf(stored, this.token);
  }
}
