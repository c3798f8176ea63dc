import { DeclaredCollection, type Changed } from '../declared-collection';
import type { CollectionDefinition } from '../read-store';
import type { ElementsLayout, Layout, Row } from './protocol';

export const column = (field: string): string => (field === 'id' ? 'id' : `"f_${field}"`);
export const tableOf = (collection: string): string => `"${collection}"`;
export const elementsTable = (collection: string, field: string): string => `"${collection}/${field}"`;
export const counterTable = (collection: string, ordinal: number): string => `"${collection}#${ordinal}"`;
export const indexName = (collection: string, ordinal: number, arrayField?: string): string =>
  arrayField === undefined ? `"${collection}@${ordinal}"` : `"${collection}/${arrayField}@${ordinal}"`;

/** A declared collection as the main thread knows it. */
export class Collection extends DeclaredCollection {
  constructor(
    private readonly declared: CollectionDefinition<never>,
    /** What its tables are named after: a rebuilt copy stands beside the one that is read, under another name. */
    readonly stored: string = declared.name,
  ) {
    super(declared);
  }

  /** The same collection in other tables. */
  twin(): Collection {
    return new Collection(this.declared, this.stored === this.name ? `${this.name}~` : this.name);
  }

  /** Which of the names stands for the collection, if one does. */
  static storedName(name: string, stored: readonly string[]): string | undefined {
    return stored.find((one) => one === name || one === `${name}~`);
  }

  ordinalsOf(fields: readonly string[]): number[] {
    return fields.map((field) => this.fields.indexOf(field));
  }

  fieldsAt(ordinals: readonly number[]): string[] {
    return ordinals.flatMap((ordinal) => this.fields[ordinal] ?? []);
  }

  /** @see arraysOf, which is to be asked before */
  rowOf(document: Changed): Row {
    return 'removed' in document ? [document.removed, null, []] : [document.id, JSON.stringify(document), this.valuesOf(document)];
  }

  layout(): Layout {
    const table = tableOf(this.stored);
    const columns = this.fields.map(column);
    return {
      name: this.stored,
      signature: this.signature,
      table,
      columns,
      create: [
        // The document comes last, so that filtering by a column never walks through a document's overflow pages.
        `CREATE TABLE ${table} (n INTEGER PRIMARY KEY, id NOT NULL UNIQUE, ${columns.map((name) => `${name}, `).join('')}doc TEXT NOT NULL)`,
        ...this.indexes.map((fields, i) => `CREATE INDEX ${indexName(this.stored, i)} ON ${table} (${fields.map(column).join(', ')})`),
        ...this.counters.flatMap((fields, i) => this.createCounter(fields, i)),
      ],
      elements: this.fields.map((field) => this.elementsLayout(field)),
      counters: this.counters.map((fields, i) => ({
        table: counterTable(this.stored, i),
        fields: this.ordinalsOf(fields),
      })),
    };
  }

  private createCounter(fields: readonly string[], ordinal: number): string[] {
    const table = counterTable(this.stored, ordinal);
    const names = fields.map(column).join(', ');
    return [
      `CREATE TABLE ${table} (${fields.length > 0 ? `${names}, ` : ''}total INTEGER NOT NULL)`,
      ...(fields.length > 0 ? [`CREATE INDEX "${this.stored}#${ordinal}@" ON ${table} (${names}, total)`] : []),
    ];
  }

  private elementsLayout(field: string): ElementsLayout {
    const table = elementsTable(this.stored, field);
    const served = this.indexes.flatMap((fields, ordinal) => (fields.includes(field) ? [{ fields, ordinal }] : []));
    const copied = [...new Set(served.flatMap(({ fields }) => fields))].filter((name) => name !== field && name !== 'id');
    const inTable = (name: string): string => (name === field ? 'value' : column(name));
    return {
      table,
      copies: this.ordinalsOf(copied),
      create: [
        `CREATE TABLE IF NOT EXISTS ${table} (n INTEGER NOT NULL, value NOT NULL, id NOT NULL, ${copied
          .map((name) => `${column(name)}, `)
          .join('')}PRIMARY KEY (n, value)) WITHOUT ROWID`,
        `CREATE INDEX IF NOT EXISTS "${this.stored}/${field}@" ON ${table} (value, n)`,
        ...served.flatMap(({ fields, ordinal }) => [
          `DROP INDEX IF EXISTS ${indexName(this.stored, ordinal)}`,
          `CREATE INDEX IF NOT EXISTS ${indexName(this.stored, ordinal, field)} ON ${table} (${fields.map(inTable).join(', ')})`,
        ]),
      ],
    };
  }
}
