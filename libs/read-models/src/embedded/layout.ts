import type { CollectionDefinition, Document, IndexedValue } from '../read-store';
import type { ElementsLayout, Layout, Row, SqlValue } from './protocol';

export const column = (field: string): string => (field === 'id' ? 'id' : `"f_${field}"`);
export const tableOf = (collection: string): string => `"${collection}"`;
export const elementsTable = (collection: string, field: string): string => `"${collection}/${field}"`;
export const counterTable = (collection: string, ordinal: number): string => `"${collection}#${ordinal}"`;
export const indexName = (collection: string, ordinal: number, arrayField?: string): string =>
  arrayField === undefined ? `"${collection}@${ordinal}"` : `"${collection}/${arrayField}@${ordinal}"`;

export const sqlValue = (value: IndexedValue | undefined): SqlValue => (typeof value === 'boolean' ? Number(value) : (value ?? null));

export type Changed = Document | { readonly removed: Document['id'] };

/** A declared collection as the main thread knows it. */
export class Collection {
  /** Declared fields without `id`, in the order of the columns. */
  readonly fields: readonly string[];
  readonly indexes: readonly (readonly string[])[];
  /** The declared ones, and the number of all documents. */
  readonly counters: readonly (readonly string[])[];
  /** Fields whose elements are stored in a table of their own, because an array was stored in one. */
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

  has(field: string): boolean {
    return field === 'id' || this.fields.includes(field);
  }

  mustHave(field: string): void {
    if (!this.has(field)) throw new Error(`read store: collection ${this.name} does not declare the field "${field}"`);
  }

  /** Ordinals of the fields that are arrays in these documents, or were in earlier ones: to be asked before `rowOf`. */
  arraysOf(documents: readonly Changed[]): number[] {
    for (const document of documents) {
      if ('removed' in document) continue;
      for (const field of this.fields) {
        if (!this.seenArrays.has(field) && Array.isArray(this.valueOf(document, field))) this.seenArrays.add(field);
      }
    }
    return [...this.seenArrays].map((field) => this.fields.indexOf(field));
  }

  rowOf(document: Changed): Row {
    return 'removed' in document ? [document.removed, null, []] : this.rowWith(document);
  }

  storedArrays(ordinals: readonly number[]): void {
    for (const ordinal of ordinals) {
      const field = this.fields[ordinal];
      if (field === undefined) continue;
      this.arrays.add(field);
      this.seenArrays.add(field);
    }
  }

  forgetArrays(): void {
    this.arrays.clear();
    this.seenArrays.clear();
  }

  private rowWith(document: Document): Row {
    const values = this.fields.map((field) => {
      const value = this.valueOf(document, field);
      if (!this.seenArrays.has(field)) return sqlValue(value as IndexedValue | undefined);
      const elements = Array.isArray(value) ? (value as readonly IndexedValue[]) : [value as IndexedValue | undefined];
      return [...new Set(elements.map(sqlValue))].filter((element) => element !== null);
    });
    return [document.id, JSON.stringify(document), values];
  }

  private valueOf(document: Document, field: string): IndexedValue | readonly IndexedValue[] | undefined {
    return this.definition.fields[field]?.(document as never);
  }

  layout(): Layout {
    const table = tableOf(this.name);
    const columns = this.fields.map(column);
    return {
      name: this.name,
      // The fields, indexes and counters stand beside the version, for the day somebody forgets to raise it.
      signature: JSON.stringify([this.definition.version, this.fields, this.indexes, this.counters]),
      table,
      columns,
      create: [
        // The document comes last, so that filtering by a column never walks through a document's overflow pages.
        `CREATE TABLE ${table} (n INTEGER PRIMARY KEY, id NOT NULL UNIQUE, ${columns.map((name) => `${name}, `).join('')}doc TEXT NOT NULL)`,
        ...this.indexes.map((fields, i) => `CREATE INDEX ${indexName(this.name, i)} ON ${table} (${fields.map(column).join(', ')})`),
        ...this.counters.flatMap((fields, i) => this.createCounter(fields, i)),
      ],
      elements: this.fields.map((field) => this.elementsLayout(field)),
      counters: this.counters.map((fields, i) => ({
        table: counterTable(this.name, i),
        fields: fields.map((field) => this.fields.indexOf(field)),
      })),
    };
  }

  private createCounter(fields: readonly string[], ordinal: number): string[] {
    const table = counterTable(this.name, ordinal);
    const names = fields.map(column).join(', ');
    return [
      `CREATE TABLE ${table} (${fields.length > 0 ? `${names}, ` : ''}total INTEGER NOT NULL)`,
      ...(fields.length > 0 ? [`CREATE INDEX "${this.name}#${ordinal}@" ON ${table} (${names}, total)`] : []),
    ];
  }

  private elementsLayout(field: string): ElementsLayout {
    const table = elementsTable(this.name, field);
    const served = this.indexes.flatMap((fields, ordinal) => (fields.includes(field) ? [{ fields, ordinal }] : []));
    const copied = [...new Set(served.flatMap(({ fields }) => fields))].filter((name) => name !== field && name !== 'id');
    const inTable = (name: string): string => (name === field ? 'value' : column(name));
    return {
      table,
      copies: copied.map((name) => this.fields.indexOf(name)),
      create: [
        `CREATE TABLE IF NOT EXISTS ${table} (n INTEGER NOT NULL, value NOT NULL, id NOT NULL, ${copied
          .map((name) => `${column(name)}, `)
          .join('')}PRIMARY KEY (n, value)) WITHOUT ROWID`,
        `CREATE INDEX IF NOT EXISTS "${this.name}/${field}@" ON ${table} (value, n)`,
        ...served.flatMap(({ fields, ordinal }) => [
          `DROP INDEX IF EXISTS ${indexName(this.name, ordinal)}`,
          `CREATE INDEX IF NOT EXISTS ${indexName(this.name, ordinal, field)} ON ${table} (${fields.map(inTable).join(', ')})`,
        ]),
      ],
    };
  }
}
