import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Changed } from '../declared-collection';
import type { CollectionChange, Document } from '../read-store';
import type { StoredChange, StoredCollection, StoredView } from './stored-view';

const DOCUMENTS_PER_TURN = 64;

export interface CollectionBatch {
  readonly collection: StoredCollection;
  readonly changes: readonly StoredChange[];
  /** Fields that are arrays, as far as is known. */
  readonly arrays: readonly string[];
}

type Batches = ReadonlyMap<StoredCollection, ReadonlyMap<Document['id'], Changed>>;

/** Only the last change of a document in a batch can be seen by anybody. */
export function batchesOf(view: StoredView, changes: readonly CollectionChange[]): Batches {
  const batches = new Map<StoredCollection, Map<Document['id'], Changed>>();
  for (const { collection, change } of changes) {
    const declared = view.collection(collection);
    const ofCollection = batches.get(declared) ?? new Map<Document['id'], Changed>();
    batches.set(declared, ofCollection);
    if ('put' in change) ofCollection.set(change.put.id, change.put);
    else ofCollection.set(change.remove, { removed: change.remove });
  }
  return batches;
}

export async function prepare(batches: Batches): Promise<CollectionBatch[]> {
  const prepared: CollectionBatch[] = [];
  for (const [collection, changed] of batches) {
    const documents = [...changed.values()];
    const arrays = collection.arraysOf(documents);
    const changes: StoredChange[] = [];
    for (const [i, document] of documents.entries()) {
      if (i % DOCUMENTS_PER_TURN === DOCUMENTS_PER_TURN - 1) await nextTurn();
      changes.push(collection.changeOf(document));
    }
    prepared.push({ collection, arrays, changes });
  }
  return prepared;
}
