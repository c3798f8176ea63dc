import type { CollectionDefinition, Document, IndexedValue } from './read-store';

/** A field's value as stores keep and compare it: `true` and `false` as 1 and 0, nothing as null. */
export type StoredValue = string | number | null;
/** Of an array field all elements that are something, each once. */
export type StoredField = StoredValue | readonly StoredValue[];

export const storedValue = (value: IndexedValue | undefined): StoredValue => (typeof value === 'boolean' ? Number(value) : (value ?? null));

/** The last change of a document in a batch. */
export type Changed = Document | { readonly removed: Document['id'] };

/** A declared collection: its definition, checked, and what has been learned of its array fields. */
export class DeclaredCollection {
  /** Declared fields without `id`, in their order. */
  readonly fields: readonly string[];
  readonly indexes: readonly (readonly string[])[];
  /** The declared ones, and the number of all documents. */
  readonly counters: readonly (readonly string[])[];
  /** Fields that are arrays in documents that are stored. */
  readonly arrays = new Set<string>();
  /** The same, with those of documents that are on their way. */
  private readonly seenArrays = new Set<string>();

  constructor(private readonly definition: CollectionDefinition<never>) {
    this.fields = Object.keys(definition.fields).filter((field) => field !== 'id');
    this.indexes = definition.indexes.map((fields) => (fields.includes('id') ? fields : [...fields, 'id']));
    this.counters = [...definition.counters.filter((fields) => fields.length > 0), []];
    for (const name of [definition.name, ...this.fields]) {
      if (!/^[A-Za-z][A-Za-z0-9_-]*$/.test(name)) throw new Error(`read store: "${name}" cannot be the name of a collection or a field`);
    }
    for (const field of this.indexes.flat()) this.mustHave(field);
    for (const field of this.counters.flat()) {
      this.mustHave(field);
      if (field === 'id') throw new Error(`read store: collection ${this.name} counts by id, which is one document each`);
    }
  }

  get name(): string {
    return this.definition.name;
  }

  /** The fields, indexes and counters stand beside the version, for the day somebody forgets to raise it. */
  get signature(): string {
    return JSON.stringify([this.definition.version, this.fields, this.indexes, this.counters]);
  }

  mustHave(field: string): void {
    if (field === 'id' || this.fields.includes(field)) return;
    throw new Error(`read store: collection ${this.name} does not declare the field "${field}"`);
  }

  /** Fields that are arrays in these documents, or were in earlier ones: to be asked before `valuesOf`. */
  arraysOf(documents: readonly Changed[]): string[] {
    for (const document of documents) {
      if ('removed' in document) continue;
      for (const field of this.fields) {
        if (!this.seenArrays.has(field) && Array.isArray(this.valueOf(document, field))) this.seenArrays.add(field);
      }
    }
    return [...this.seenArrays];
  }

  /** The declared fields in their order. */
  valuesOf(document: Document): StoredField[] {
    return this.fields.map((field) => {
      const value = this.valueOf(document, field);
      if (!this.seenArrays.has(field)) return storedValue(value as IndexedValue | undefined);
      const elements = Array.isArray(value) ? (value as readonly IndexedValue[]) : [value as IndexedValue | undefined];
      return [...new Set(elements.map(storedValue))].filter((element) => element !== null);
    });
  }

  storedArrays(fields: readonly string[]): void {
    for (const field of fields) {
      this.arrays.add(field);
      this.seenArrays.add(field);
    }
  }

  forgetArrays(): void {
    this.arrays.clear();
    this.seenArrays.clear();
  }

  private valueOf(document: Document, field: string): IndexedValue | readonly IndexedValue[] | undefined {
    return this.definition.fields[field]?.(document as never);
  }
}
