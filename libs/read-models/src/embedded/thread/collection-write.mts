import type { Layout, Row, RowsOfCollection, SqlValue } from '../protocol.ts';
import type { Connection } from './connection.mts';

type Values = readonly (SqlValue | readonly SqlValue[])[];

export interface StoredCollection {
  readonly layout: Layout;
  /** Ordinals of the fields that are arrays. */
  readonly arrays: Set<number>;
}

interface Delta {
  readonly table: string;
  readonly fields: readonly number[];
  readonly values: readonly SqlValue[];
  by: number;
}

/** The changed documents of one collection: rows, elements of array fields and counters. */
export class CollectionWrite {
  private readonly layout: Layout;
  private readonly arrays: Set<number>;
  private readonly db: Connection;
  private readonly deltas = new Map<string, Delta>();

  constructor(db: Connection, { layout, arrays }: StoredCollection) {
    this.db = db;
    this.layout = layout;
    this.arrays = arrays;
  }

  write({ rows, arrays }: RowsOfCollection): void {
    this.makeElementTables(arrays);
    for (const row of rows) this.writeRow(row);
    for (const delta of this.deltas.values()) if (delta.by !== 0) this.count(delta);
  }

  private makeElementTables(arrays: readonly number[]): void {
    const missing = arrays.filter((ordinal) => !this.arrays.has(ordinal));
    if (missing.length === 0) return;
    for (const ordinal of missing) {
      this.layout.elements[ordinal]?.create.forEach((sql) => this.db.database.exec(sql));
      this.arrays.add(ordinal);
    }
    this.db.prepare('UPDATE "tocsin.collections" SET arrays = ? WHERE name = ?').run(JSON.stringify([...this.arrays]), this.layout.name);
  }

  private writeRow([id, doc, values]: Row): void {
    const { table, columns } = this.layout;
    const list = columns.map((name) => `, ${name}`).join('');
    const stored = this.db.first(`SELECT n${list} FROM ${table} WHERE id = ?`, [id]);
    if (stored === undefined) {
      if (doc === null) return;
      const scalars = values.map((value) => (isElements(value) ? null : value));
      const sql = `INSERT INTO ${table} (id${list}, doc) VALUES (?${', ?'.repeat(columns.length)}, ?)`;
      const n = Number(this.db.prepare(sql).run(id, ...scalars, doc).lastInsertRowid);
      this.addElements(n, id, values);
      this.addCounts(values, 1);
      return;
    }
    const n = Number(stored[0]);
    const old: Values = columns.map((_, i) => (this.arrays.has(i) ? this.elementsOf(n, i) : (stored[i + 1] ?? null)));
    if (doc === null) {
      this.removeElements(n);
      this.db.prepare(`DELETE FROM ${table} WHERE n = ?`).run(n);
      this.addCounts(old, -1);
      return;
    }
    // Only columns that changed are set, so that only their indexes are touched.
    const changed = columns.flatMap((_, i) => (same(old[i] ?? null, values[i] ?? null) ? [] : [i]));
    const scalars = changed.filter((i) => !isElements(values[i] ?? null));
    const sets = scalars.map((i) => `${columns[i]} = ?, `).join('');
    this.db.prepare(`UPDATE ${table} SET ${sets}doc = ? WHERE n = ?`).run(...scalars.map((i) => values[i] as SqlValue), doc, n);
    if (changed.length === 0) return;
    this.removeElements(n);
    this.addElements(n, id, values);
    this.addCounts(old, -1);
    this.addCounts(values, 1);
  }

  private elementsOf(n: number, ordinal: number): SqlValue[] {
    const table = this.layout.elements[ordinal]?.table;
    return this.db.all(`SELECT value FROM ${table} WHERE n = ?`, [n]).map((row) => row[0] ?? null);
  }

  private removeElements(n: number): void {
    for (const ordinal of this.arrays) this.db.prepare(`DELETE FROM ${this.layout.elements[ordinal]?.table} WHERE n = ?`).run(n);
  }

  private addElements(n: number, id: string | number, values: Values): void {
    for (const ordinal of this.arrays) {
      const elements = values[ordinal];
      const side = this.layout.elements[ordinal];
      if (!isElements(elements ?? null) || side === undefined) continue;
      const copies = side.copies.map((i) => (isElements(values[i] ?? null) ? null : (values[i] as SqlValue)));
      const names = side.copies.map((i) => `, ${this.layout.columns[i]}`).join('');
      const statement = this.db.prepare(`INSERT INTO ${side.table} (n, value, id${names}) VALUES (?, ?, ?${', ?'.repeat(copies.length)})`);
      for (const element of elements as readonly SqlValue[]) if (element !== null) statement.run(n, element, id, ...copies);
    }
  }

  private addCounts(values: Values, by: 1 | -1): void {
    for (const { table, fields } of this.layout.counters) {
      for (const combination of combinations(fields.map((i) => values[i] ?? null))) {
        const key = table + JSON.stringify(combination);
        const delta = this.deltas.get(key);
        if (delta === undefined) this.deltas.set(key, { table, fields, values: combination, by });
        else delta.by += by;
      }
    }
  }

  private count({ table, fields, values, by }: Delta): void {
    const names = fields.map((i) => this.layout.columns[i] ?? '');
    const where = names.length === 0 ? '1' : names.map((name) => `${name} IS ?`).join(' AND ');
    if (this.db.prepare(`UPDATE ${table} SET total = total + ? WHERE ${where}`).run(by, ...values).changes > 0) return;
    this.db.prepare(`INSERT INTO ${table} VALUES (${'?, '.repeat(names.length)}?)`).run(...values, by);
  }
}

function isElements(value: SqlValue | readonly SqlValue[]): value is readonly SqlValue[] {
  return Array.isArray(value);
}

function same(a: SqlValue | readonly SqlValue[], b: SqlValue | readonly SqlValue[]): boolean {
  if (!isElements(a) || !isElements(b)) return a === b;
  return a.length === b.length && a.every((value) => b.includes(value));
}

/** One per choice of one element for every array; an empty array has none. */
function combinations(values: Values): readonly (readonly SqlValue[])[] {
  return values.reduce<readonly (readonly SqlValue[])[]>(
    (made, value) => made.flatMap((start) => (isElements(value) ? value : [value]).map((one) => [...start, one])),
    [[]],
  );
}
