import { setTimeout as pause } from 'node:timers/promises';
import { mongo } from 'mongoose';
import { ReadStoreFault, type Document, type ViewPosition } from '../read-store';
import type { CollectionBatch } from './batches';
import { unlessAborted, type Connection, type Db } from './connection';
import { faultOf, isTransient } from './faults';
import { countsOf, VIEWS, type StoredChange, type StoredCount, type StoredDocument, type StoredView, type ViewRecord } from './stored-view';

type Operation<T extends mongo.BSON.Document> = mongo.AnyBulkWriteOperation<T>;

/** The view is not where its writer thought it was: at this record, if it exists at all. */
class Elsewhere extends Error {
  constructor(readonly record: ViewRecord | null) {
    super('the view has moved');
  }
}

const AGAIN_AFTER_MS = 20;

/**
 * Writes the batches of one view, each in one transaction: documents, counts and position. So a count is exact after any
 * crash, a repeated batch is refused as a whole, and of two processes that both think that they write the view the later
 * position wins, never a mixture.
 */
export class BatchWriter {
  private session: mongo.ClientSession | undefined;

  constructor(
    private readonly connection: Connection,
    private readonly view: StoredView,
    private readonly deadlineMs: number,
  ) {}

  /** The position that the view has now: a later one than asked for when somebody was faster. @throws ReadStoreFault */
  async write(batches: readonly CollectionBatch[], position: ViewPosition): Promise<ViewPosition> {
    const giveUpAt = performance.now() + this.deadlineMs;
    try {
      return await this.connection.call(async (db, { signal }) => {
        for (;;) {
          const session = (this.session ??= await this.takeOver(db, signal));
          try {
            return await unlessAborted(this.transact(db, session, { batches, position, signal }), signal);
          } catch (error) {
            if (signal.aborted) this.abandon(session);
            if (!isTransient(error) || performance.now() > giveUpAt) throw error;
            // What conflicts may be a transaction that its owner will never end.
            await this.endLeftBehind(db, session, signal);
            await pause(AGAIN_AFTER_MS);
          }
        }
      }, this.deadlineMs);
    } catch (error) {
      if (!(error instanceof Elsewhere)) throw error;
      const { record } = error;
      if (record?.generation === this.view.generation && record.position !== null) return record.position;
      // Emptied, or replaced by a rebuild. Whoever writes looks at the checkpoint next and finds out.
      throw new ReadStoreFault('unavailable', true, { cause: error });
    }
  }

  async close(): Promise<void> {
    await this.session?.endSession().catch(() => undefined);
  }

  private async transact(
    db: Db,
    session: mongo.ClientSession,
    { batches, position, signal }: { batches: readonly CollectionBatch[]; position: ViewPosition; signal: AbortSignal },
  ): Promise<ViewPosition> {
    session.startTransaction();
    try {
      await this.move(db, batches, position, session);
      for (const batch of batches) {
        // Given up meanwhile: it may be written anew, in another session.
        signal.throwIfAborted();
        await writeCollection(db, batch, session);
      }
      signal.throwIfAborted();
      await session.commitTransaction();
      return position;
    } catch (error) {
      if (session.inTransaction()) await session.abortTransaction().catch(() => undefined);
      throw error;
    }
  }

  /** First of all, so that whoever comes second conflicts here, before any of the documents. */
  private async move(db: Db, batches: readonly CollectionBatch[], position: ViewPosition, session: mongo.ClientSession): Promise<void> {
    const { id: _id, generation } = this.view;
    const views = db.collection<ViewRecord>(VIEWS);
    const arrays = batches.filter((batch) => batch.arrays.some((field) => !batch.collection.arrays.has(field)));
    const { matchedCount } = await views.updateOne(
      { _id, generation, replacing: { $exists: false }, $or: [{ position: null }, { position: { $lt: position } }] },
      {
        $set: { position, ...Object.fromEntries(arrays.map((batch) => [`arrays.${batch.collection.name}`, batch.arrays])) },
        $currentDate: { writtenAt: true },
      },
      { session },
    );
    if (matchedCount === 0) throw new Elsewhere(await views.findOne({ _id }, { session }));
  }

  /** A session of our own; the transaction of whoever wrote before us, if it left one, ends now and not after a minute. */
  private async takeOver(db: Db, signal: AbortSignal): Promise<mongo.ClientSession> {
    const session = this.connection.session();
    try {
      await this.endLeftBehind(db, session, signal);
      return session;
    } catch (error) {
      void session.endSession().catch(() => undefined);
      throw faultOf(error);
    }
  }

  private async endLeftBehind(db: Db, session: mongo.ClientSession, signal: AbortSignal): Promise<void> {
    const views = db.collection<ViewRecord>(VIEWS);
    const own = sessionName(session);
    const record = await views.findOne({ _id: this.view.id }, { signal });
    if (record?.writer === own) return;
    // A view that was never written has nobody to take over from, and who may not end it waits for the server to do so.
    if (record?.writer !== undefined)
      await db
        .admin()
        .command({ killSessions: [{ id: sessionId(record.writer) }] }, { signal })
        .catch(() => undefined);
    await views.updateOne({ _id: this.view.id }, { $set: { writer: own } });
  }

  /** A new transaction of the same session would wait for the answer to the old one. */
  private abandon(session: mongo.ClientSession): void {
    if (this.session === session) this.session = undefined;
    void session.endSession().catch(() => undefined);
  }
}

async function writeCollection(db: Db, batch: CollectionBatch, session: mongo.ClientSession): Promise<void> {
  const { stored } = batch.collection;
  const moved = countWrites(await countsMoved(db, stored, batch, session));
  const writes = documentWrites(batch.changes);
  if (writes.length > 0) await db.collection<StoredDocument>(stored).bulkWrite(writes, { ordered: false, session });
  if (moved.length > 0) await db.collection<StoredCount>(countsOf(stored)).bulkWrite(moved, { ordered: false, session });
}

/** By how much each count changes with the documents, which are compared with what is stored. */
export async function countsMoved(
  db: Db,
  name: string,
  { collection, changes }: CollectionBatch,
  session?: mongo.ClientSession,
): Promise<readonly StoredCount[]> {
  const within = session === undefined ? {} : { session };
  const before = db.collection<StoredDocument>(name).find({ _id: { $in: changes.map(idOf) } }, { projection: { f: 1 }, ...within });
  const counts = new Map<string, StoredCount>();
  const count = (f: StoredDocument['f'], by: 1 | -1): void => {
    for (const one of collection.countsFor(f)) counts.set(one._id, { ...one, n: (counts.get(one._id)?.n ?? 0) + by });
  };
  for await (const { f } of before) count(f, -1);
  for (const change of changes) if ('f' in change) count(change.f, 1);
  return [...counts.values()].filter(({ n }) => n !== 0);
}

export const documentWrites = (changes: readonly StoredChange[]): Operation<StoredDocument>[] =>
  changes.map((change) =>
    'removed' in change
      ? { deleteOne: { filter: { _id: change.removed } } }
      : { replaceOne: { filter: { _id: change._id }, replacement: { f: change.f, d: change.d }, upsert: true } },
  );

export const countWrites = (moved: readonly StoredCount[]): Operation<StoredCount>[] =>
  moved.map(({ _id, n, ...rest }) => ({ updateOne: { filter: { _id }, update: { $inc: { n }, $setOnInsert: rest }, upsert: true } }));

const idOf = (change: StoredChange): Document['id'] => ('removed' in change ? change.removed : change._id);

const sessionName = (session: mongo.ClientSession): string => (session.id as { readonly id: mongo.BSON.Binary }).id.toString('hex');

const sessionId = (name: string): mongo.BSON.UUID => new mongo.BSON.UUID(name);
