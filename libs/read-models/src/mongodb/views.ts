import { randomUUID } from 'node:crypto';
import { ReadStoreFault, type ViewPosition } from '../read-store';
import { DURABLE, type Connection, type Db } from './connection';
import { isAlreadySo } from './faults';
import { copyOf, countsOf, indexKey, VIEWS, type StoredCollection, type StoredView, type ViewRecord } from './stored-view';

const FORGOTTEN_AFTER_DAYS = 7;

export interface Copy {
  readonly token: string;
  readonly position: ViewPosition | null;
  readonly arrays: ViewRecord['arrays'];
  /** Whatever position the view has reached. */
  readonly evenBackwards?: boolean;
}

/** Makes, empties, replaces and forgets the collections of views. Each step can be repeated by whoever finds it half done. */
export class Views {
  constructor(
    private readonly connection: Connection,
    private readonly maintenanceDeadlineMs: number,
  ) {}

  async declare(view: StoredView): Promise<ViewRecord> {
    return this.connection.call(async (db) => {
      // Looking is not held up by a transaction that somebody left behind; making anew what is there would be.
      if ((await this.records(db).findOne({ _id: view.id })) === null) await this.create(db, view);
      await this.forgetOthers(db, view);
      return this.settled(db, view);
    }, this.maintenanceDeadlineMs);
  }

  /** The record last: where there is one, everything is there. */
  private async create(db: Db, view: StoredView): Promise<void> {
    for (const collection of view.collections) {
      for (const name of namesOf(collection)) await createCollection(db, name);
      await createIndexes(db, collection);
    }
    const fresh: Omit<ViewRecord, '_id'> = {
      view: view.name,
      collections: view.collections.map(({ stored }) => stored),
      generation: 0,
      position: null,
      arrays: {},
    };
    await this.records(db)
      .updateOne({ _id: view.id }, { $setOnInsert: fresh, $currentDate: { writtenAt: true } }, { upsert: true })
      .catch(unlessAlreadySo);
  }

  /** Where the view stands, when nothing is half done with it. @throws ReadStoreFault */
  async read(view: StoredView): Promise<ViewRecord> {
    return this.connection.read((db) => this.settled(db, view));
  }

  /** Whether there are views, of whatever version, that have got anywhere. @throws ReadStoreFault */
  async any(): Promise<boolean> {
    const begun = await this.connection.read((db, { signal }) => this.records(db).findOne({ position: { $ne: null } }, { signal }));
    return begun !== null;
  }

  async position(view: StoredView): Promise<ViewPosition | undefined> {
    const record = await this.connection.read((db, { signal }) =>
      this.records(db).findOne({ _id: view.id }, { projection: { position: 1 }, signal }),
    );
    return record?.position ?? undefined;
  }

  /** @throws ReadStoreFault */
  async empty(view: StoredView): Promise<ViewRecord> {
    const token = randomUUID().slice(0, 8);
    await this.begin(view, token);
    await this.connection.call(async (db) => {
      for (const collection of view.collections) await createIndexes(db, collection, token);
    }, this.maintenanceDeadlineMs);
    const record = await this.replace(view, { token, position: null, arrays: {}, evenBackwards: true });
    return record ?? this.read(view);
  }

  /**
   * Empty collections beside those of the view, for a rebuild that is known by its token. One that was going on before can
   * not be put in place any more.
   */
  async begin(view: StoredView, token: string): Promise<void> {
    await this.connection.call(async (db) => {
      const before = await this.records(db).findOneAndUpdate({ _id: view.id }, { $set: { rebuild: token } });
      if (before?.rebuild !== undefined) await dropCopies(db, view, before.rebuild);
      for (const name of view.collections.flatMap(namesOf)) await createCollection(db, copyOf(name, token));
    }, this.maintenanceDeadlineMs);
  }

  /**
   * Puts the collections of a rebuild in the place of the view's own. Undefined when the view is further than they are.
   * @throws ReadStoreFault when another rebuild has begun since
   */
  async replace(view: StoredView, copy: Copy): Promise<ViewRecord | undefined> {
    return this.connection.call(async (db) => {
      const { token, position } = copy;
      const notFurther = { $or: [{ position: null }, ...(position === null ? [] : [{ position: { $lte: position } }])] };
      const { matchedCount } = await this.records(db).updateOne(
        { _id: view.id, rebuild: token, ...(copy.evenBackwards ? {} : notFurther) },
        { $inc: { generation: 1 }, $set: { replacing: { token, position, arrays: copy.arrays } }, $unset: { rebuild: 1 } },
      );
      if (matchedCount > 0) return this.settled(db, view);
      const record = await this.records(db).findOne({ _id: view.id });
      if (record?.rebuild === token) return undefined;
      throw new ReadStoreFault('unavailable', false, { cause: new Error(`another rebuild of ${view.name} has begun`) });
    }, this.maintenanceDeadlineMs);
  }

  async discard(view: StoredView, token: string): Promise<void> {
    await this.connection.call(async (db) => {
      await this.records(db).updateOne({ _id: view.id, rebuild: token }, { $unset: { rebuild: 1 } });
      await dropCopies(db, view, token);
    }, this.maintenanceDeadlineMs);
  }

  /**
   * Ends what a process that is gone may have begun: any process may, and several may at once. A copy's name is used once, so
   * whoever comes too late finds nothing to rename.
   */
  private async settled(db: Db, view: StoredView): Promise<ViewRecord> {
    for (;;) {
      const record = await this.records(db).findOne({ _id: view.id });
      if (record === null) throw new ReadStoreFault('unavailable', true, { cause: new Error(`the view ${view.id} is gone`) });
      const { generation, replacing } = record;
      if (replacing === undefined) return record;
      const { token, position, arrays } = replacing;
      for (const name of view.collections.flatMap(namesOf)) {
        await db.renameCollection(copyOf(name, token), name, { dropTarget: true }).catch(unlessAlreadySo);
      }
      await this.records(db).updateOne({ _id: view.id, generation }, { $set: { position, arrays }, $unset: { replacing: 1 } });
    }
  }

  /** What an older version of Tocsin kept of this view and does not write any more. */
  private async forgetOthers(db: Db, view: StoredView): Promise<void> {
    const days = { startDate: '$$NOW', unit: 'day', amount: FORGOTTEN_AFTER_DAYS };
    const forgotten = { _id: { $ne: view.id }, view: view.name, $expr: { $lt: ['$writtenAt', { $dateSubtract: days }] } };
    for (const record of await this.records(db).find(forgotten).toArray()) {
      await this.records(db).deleteOne({ _id: record._id });
      for (const stored of record.collections) for (const name of [stored, countsOf(stored)]) await dropCollection(db, name);
    }
  }

  private records(db: Db): ReturnType<typeof db.collection<ViewRecord>> {
    return db.collection<ViewRecord>(VIEWS, { writeConcern: DURABLE });
  }
}

const namesOf = (collection: StoredCollection): readonly string[] => [collection.stored, countsOf(collection.stored)];

async function createCollection(db: Db, name: string): Promise<void> {
  await db.createCollection(name).catch(unlessAlreadySo);
}

/** Those of the collection, or of its copy. */
export async function createIndexes(db: Db, collection: StoredCollection, token?: string): Promise<void> {
  const named = (name: string): string => (token === undefined ? name : copyOf(name, token));
  const lookUps = collection.counters.map((fields) => ({ c: 1, ...indexKey(fields) }));
  await createAll(db, named(collection.stored), collection.indexes.map(indexKey));
  await createAll(db, named(countsOf(collection.stored)), lookUps);
}

async function createAll(db: Db, name: string, indexes: readonly Record<string, number>[]): Promise<void> {
  // `_id` has one anyway, and the server refuses the same one twice.
  const distinct = new Map(indexes.map((index) => [JSON.stringify(index), index]));
  distinct.delete(JSON.stringify({ _id: 1 }));
  if (distinct.size > 0) await db.collection(name).createIndexes([...distinct.values()].map((index) => ({ key: index })));
}

async function dropCopies(db: Db, view: StoredView, token: string): Promise<void> {
  for (const name of view.collections.flatMap(namesOf)) await dropCollection(db, copyOf(name, token));
}

const dropCollection = async (db: Db, name: string): Promise<void> => {
  await db.dropCollection(name).catch(unlessAlreadySo);
};

function unlessAlreadySo(error: unknown): void {
  if (!isAlreadySo(error)) throw error;
}
