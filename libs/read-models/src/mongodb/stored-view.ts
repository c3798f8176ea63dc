import { createHash } from 'node:crypto';
import { DeclaredCollection, type Changed, type StoredField, type StoredValue } from '../declared-collection';
import type { CollectionDefinition, Document, ViewPosition } from '../read-store';

/** Where every view stands; the one document that a batch, a reset and a rebuild all change. */
export const VIEWS = 'views';

export interface ViewRecord {
  readonly _id: string;
  readonly view: string;
  readonly collections: readonly string[];
  /** Grows when the documents are thrown away or replaced: whoever holds an older one writes nothing any more. */
  readonly generation: number;
  readonly position: ViewPosition | null;
  /** By collection, fields that are arrays. */
  readonly arrays: Readonly<Record<string, readonly string[]>>;
  /** The session of the writer, so that the next one can end a transaction that it left behind. */
  readonly writer?: string;
  /** The token of the rebuild that is going on. */
  readonly rebuild?: string;
  /** A rebuilt copy, known by its token, is being put in place; it stands at this position. */
  readonly replacing?: { readonly token: string; readonly position: ViewPosition | null; readonly arrays: ViewRecord['arrays'] };
}

export interface StoredDocument {
  readonly _id: Document['id'];
  /** The declared fields: what is filtered, sorted and counted by. */
  readonly f: Readonly<Record<string, StoredField>>;
  /**
   * The document as JSON text. It is read as a whole or not at all; as a document of MongoDB it would lose keys with a null
   * character, unpaired surrogates and depth beyond 100, and parse three times as slowly.
   */
  readonly d: string;
}

export interface StoredCount {
  readonly _id: string;
  readonly c: number;
  readonly f: Readonly<Record<string, StoredValue>>;
  readonly n: number;
  /** Those of the fields that are arrays: a document is counted under each of its elements. */
  readonly arrays?: readonly string[];
}

export type StoredChange = StoredDocument | { readonly removed: Document['id'] };

export const key = (field: string): string => (field === 'id' ? '_id' : `f.${field}`);
export const indexKey = (fields: readonly string[]): Record<string, 1> => Object.fromEntries(fields.map((field) => [key(field), 1]));
export const countsOf = (collection: string): string => `${collection}.counts`;
export const copyOf = (collection: string, token: string): string => `${collection}.${token}`;

/**
 * A declared view. Its documents are kept under a name that its definition makes, so that two versions of Tocsin that run side
 * by side during an upgrade have each their own, and the older one still has its own should it come back.
 */
export class StoredView {
  readonly id: string;
  readonly collections: readonly StoredCollection[];
  /** As it was read last; see `ViewRecord.generation`. */
  generation = 0;

  constructor(
    readonly name: string,
    definitions: readonly CollectionDefinition<never>[],
  ) {
    const declared = definitions.map((definition) => new DeclaredCollection(definition));
    const signature = JSON.stringify(declared.map((collection) => [collection.name, collection.signature]).toSorted());
    const suffix = createHash('sha256').update(signature).digest('hex').slice(0, 8);
    this.id = `${name}.${suffix}`;
    this.collections = definitions.map((definition) => new StoredCollection(definition, `${definition.name}.${suffix}`));
  }

  collection(name: string): StoredCollection {
    const found = this.collections.find((collection) => collection.name === name);
    if (found === undefined) throw new Error(`read store: the collection "${name}" is not one of the view "${this.name}"`);
    return found;
  }

  learn(record: ViewRecord): void {
    this.generation = record.generation;
    for (const collection of this.collections) {
      collection.forgetArrays();
      collection.storedArrays(record.arrays[collection.name] ?? []);
    }
  }
}

export class StoredCollection extends DeclaredCollection {
  constructor(
    definition: CollectionDefinition<never>,
    /** Its name in the database. */
    readonly stored: string,
  ) {
    super(definition);
  }

  changeOf(document: Changed): StoredChange {
    if ('removed' in document) return document;
    const values = this.valuesOf(document);
    const f = Object.fromEntries(this.fields.map((field, i) => [field, values[i] ?? null]));
    return { _id: document.id, f, d: JSON.stringify(document) };
  }

  /** The counts that a document with these fields is part of. */
  countsFor(f: StoredDocument['f']): Omit<StoredCount, 'n'>[] {
    return this.counters.flatMap((fields, c) => {
      const arrays = fields.filter((field) => Array.isArray(f[field]));
      return combinations(fields.map((field) => f[field] ?? null)).map((values) => ({
        _id: countId(c, values),
        c,
        f: Object.fromEntries(fields.map((field, i) => [field, values[i] ?? null])),
        ...(arrays.length > 0 ? { arrays } : {}),
      }));
    });
  }
}

export const countId = (counter: number, values: readonly StoredValue[]): string => `${counter}:${JSON.stringify(values)}`;

/** One per choice of one element for every array; an empty array has none. */
function combinations(values: readonly StoredField[]): readonly (readonly StoredValue[])[] {
  return values.reduce<readonly (readonly StoredValue[])[]>(
    (made, value) => made.flatMap((start) => (typeof value === 'object' && value !== null ? value : [value]).map((one) => [...start, one])),
    [[]],
  );
}
