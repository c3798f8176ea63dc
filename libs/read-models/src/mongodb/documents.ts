import { setImmediate as nextTurn } from 'node:timers/promises';
import type { mongo } from 'mongoose';
import type { Document } from '../read-store';
import type { Bounds, Db } from './connection';
import type { FindPlan } from './query';
import type { StoredDocument } from './stored-view';

const DOCUMENTS_PER_TURN = 64;

interface Page extends FindPlan {
  readonly skip: number;
  readonly limit: number;
}

/** Reads whole documents from a collection, by its name in the database. */
export async function find<D extends Document>(db: Db, name: string, page: Page, bounds: Bounds): Promise<D[]> {
  return parsed<D>(cursorOf(db, name, page, { ...TEXT, ...bounds }));
}

export async function findIds(db: Db, name: string, page: Page, bounds: Bounds): Promise<Document['id'][]> {
  const found = await cursorOf(db, name, page, { projection: { _id: 1 }, ...bounds }).toArray();
  return found.map(({ _id }) => _id);
}

function cursorOf(
  db: Db,
  name: string,
  { filter, sort, hint, skip, limit }: Page,
  options: mongo.FindOptions & Bounds,
): mongo.FindCursor<mongo.WithId<StoredDocument>> {
  const page = { sort, skip, limit, allowDiskUse: true, ...(hint === undefined ? {} : { hint }) };
  return db.collection<StoredDocument>(name).find(filter as mongo.Filter<StoredDocument>, { ...page, ...options });
}

export async function findMany<D extends Document>(db: Db, name: string, ids: readonly D['id'][], bounds: Bounds): Promise<D[]> {
  if (ids.length === 0) return [];
  return parsed<D>(db.collection<StoredDocument>(name).find({ _id: { $in: [...ids] } }, { ...TEXT, ...bounds }));
}

const TEXT = { projection: { _id: 0, d: 1 } } as const;

async function parsed<D>(cursor: mongo.FindCursor<StoredDocument>): Promise<D[]> {
  const found: D[] = [];
  for await (const { d } of cursor) {
    found.push(JSON.parse(d) as D);
    if (found.length % DOCUMENTS_PER_TURN === 0) await nextTurn();
  }
  return found;
}
