// Runs as its own thread, from this source (Node strips the types) as well as compiled; it imports nothing but Node.
import { rmSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { DeclareAnswer, Layout, ReadRequest, Row, RowsOfCollection, SqlValue, StoreReply, StoreRequest, WriteRequest } from './protocol.js';

type Envelope = { readonly seq: number; readonly request: StoreRequest };
type Values = readonly (SqlValue | readonly SqlValue[])[];

class BudgetSpent extends Error {}

const { path } = workerData as { path: string };
const port = parentPort;
if (port === null) throw new Error('the store thread was started outside a thread');

const NOT_A_DATABASE = 26;
const CORRUPT = 11;

/** A file that is no database is thrown away: everything in it is rebuilt from the log. */
function open(): DatabaseSync {
  try {
    return openWriter();
  } catch (error) {
    const code = errorCode(error);
    if (code !== NOT_A_DATABASE && code !== CORRUPT) throw error;
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
    return openWriter();
  }
}

function openWriter(): DatabaseSync {
  const database = new DatabaseSync(path);
  try {
    // After a power failure the last commits may be missing, together with their checkpoints: they are applied again.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16000; PRAGMA wal_autocheckpoint = 4000');
    database.exec(`CREATE TABLE IF NOT EXISTS "tocsin.views" (view TEXT PRIMARY KEY, position TEXT NOT NULL) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS "tocsin.collections" (name TEXT PRIMARY KEY, view TEXT NOT NULL, signature TEXT NOT NULL, arrays TEXT NOT NULL) WITHOUT ROWID`);
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
}

function errorCode(error: unknown): number {
  const code = error instanceof Error && 'errcode' in error ? error.errcode : undefined;
  return typeof code === 'number' ? code & 0xff : 0;
}

class Connection {
  readonly database: DatabaseSync;
  private readonly statements = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.database = database;
  }

  prepare(sql: string): StatementSync {
    let statement = this.statements.get(sql);
    if (statement === undefined) {
      statement = this.database.prepare(sql);
      statement.setReturnArrays(true);
      if (this.statements.size >= 256) this.statements.clear();
      this.statements.set(sql, statement);
    }
    return statement;
  }

  /** Rows as arrays of values, as the connection's statements are set to give them. */
  all(sql: string, params: readonly SqlValue[] = []): SqlValue[][] {
    return this.prepare(sql).all(...params) as unknown as SqlValue[][];
  }

  first(sql: string, params: readonly SqlValue[]): SqlValue[] | undefined {
    return this.prepare(sql).get(...params) as unknown as SqlValue[] | undefined;
  }
}

const writer = new Connection(open());
const openReader = (): Connection => {
  const database = new DatabaseSync(path, { readOnly: true });
  database.exec('PRAGMA cache_size = -4000');
  return new Connection(database);
};
const reader = openReader();
// Its own connection, since it stays in the middle of a query while the others go on.
const slowReader = openReader();
let slowUntil = Infinity;
// The queries of the slow reader call this about every thousandth row.
slowReader.database.function('breathe', () => {
  if (performance.now() > slowUntil || closing !== undefined) throw new BudgetSpent('the read took too long');
  serve();
  return 1;
});

/** What to take back in memory when the write in hand, or the whole commit, is undone. */
let undo: (() => void)[] = [];

const layouts = new Map<string, { readonly layout: Layout; readonly arrays: Set<number> }>();
const slowReads: Envelope[] = [];
let closing: Envelope | undefined;

/** Everything that has arrived: writes in one commit, then quick reads; slow ones wait for their turn. */
function serve(first?: Envelope): void {
  const writes: { seq: number; request: WriteRequest }[] = [];
  const reads: { seq: number; request: ReadRequest }[] = [];
  let next = first;
  do {
    if (next === undefined) {
      const received = receiveMessageOnPort(port!);
      if (received === undefined) break;
      next = received.message as Envelope;
    }
    const { seq, request } = next;
    if (request.op === 'close') closing = next;
    else if (request.op !== 'read') writes.push({ seq, request });
    else if (request.slow) slowReads.push(next);
    else reads.push({ seq, request });
    next = undefined;
  } while (writes.length < 64);
  if (writes.length > 0) commit(writes);
  for (const { seq, request } of reads) answer(seq, () => read(reader, request));
}

function serveAll(first: Envelope): void {
  serve(first);
  for (let slow = slowReads.shift(); slow !== undefined; slow = slowReads.shift()) {
    const { seq, request } = slow;
    if (request.op !== 'read') continue;
    slowUntil = performance.now() + request.budgetMs;
    answer(seq, () => read(slowReader, request));
  }
  if (closing === undefined) return;
  slowReader.database.close();
  reader.database.close();
  writer.database.close();
  reply({ seq: closing.seq, value: null });
  port!.close();
}

function reply(message: StoreReply): void {
  port!.postMessage(message);
}

function answer(seq: number, work: () => unknown): void {
  try {
    reply({ seq, value: work() });
  } catch (error) {
    reply({ seq, error: described(error) });
  }
}

const ENVIRONMENT_CODES = new Set([5, 6, 7, 8, 10, CORRUPT, 13, 14, 15, NOT_A_DATABASE]);

function described(error: unknown): { reason: 'unavailable' | 'timeout' | 'bug'; message: string } {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof BudgetSpent) return { reason: 'timeout', message };
  return { reason: ENVIRONMENT_CODES.has(errorCode(error)) ? 'unavailable' : 'bug', message };
}

function read(connection: Connection, request: ReadRequest): unknown {
  connection.database.exec('BEGIN');
  try {
    const found = connection.all(request.sql, request.params).map((row) => row[0] ?? null);
    if (request.documentsOf === undefined) return found;
    const sql = `SELECT doc FROM ${request.documentsOf} WHERE n = ?`;
    return found.map((n) => connection.first(sql, [n])?.[0]);
  } finally {
    connection.database.exec('COMMIT');
  }
}

/** One commit for whatever waited; a batch that fails is undone alone. */
function commit(writes: readonly { seq: number; request: WriteRequest }[]): void {
  const replies: StoreReply[] = [];
  undo = [];
  try {
    writer.database.exec('BEGIN IMMEDIATE');
    for (const { seq, request } of writes) {
      writer.database.exec('SAVEPOINT one');
      const undoFrom = undo.length;
      try {
        replies.push({ seq, value: write(request) });
      } catch (error) {
        if (!writer.database.isTransaction) throw error;
        writer.database.exec('ROLLBACK TO one');
        undo.splice(undoFrom).forEach((step) => step());
        replies.push({ seq, error: described(error) });
      }
      writer.database.exec('RELEASE one');
    }
    writer.database.exec('COMMIT');
    replies.forEach(reply);
  } catch (error) {
    if (writer.database.isTransaction) writer.database.exec('ROLLBACK');
    undo.forEach((step) => step());
    for (const { seq } of writes) reply({ seq, error: described(error) });
  }
}

function write(request: WriteRequest): unknown {
  switch (request.op) {
    case 'declare':
      return declare(request.view, request.layouts);
    case 'reset':
      return reset(request.view);
    case 'apply':
      return apply(request.view, request.position, request.batches);
  }
}

function declare(view: string, declared: readonly Layout[]): DeclareAnswer {
  const stored = new Map(
    writer.all('SELECT name, signature, arrays FROM "tocsin.collections" WHERE view = ?', [view]).map((row) => [String(row[0]), row] as const),
  );
  for (const layout of declared) layouts.set(layout.name, { layout, arrays: new Set() });
  const unchanged = stored.size === declared.length && declared.every((layout) => stored.get(layout.name)?.[1] === layout.signature);
  if (!unchanged) {
    drop(view, [...stored.keys()]);
    declared.forEach((layout) => create(view, layout));
    return { position: null, arrays: {} };
  }
  const arrays = Object.fromEntries(declared.map(({ name }) => [name, JSON.parse(String(stored.get(name)?.[2])) as number[]]));
  for (const { name } of declared) arrays[name]?.forEach((ordinal) => layouts.get(name)?.arrays.add(ordinal));
  return { position: position(view), arrays };
}

function reset(view: string): null {
  const names = writer.all('SELECT name FROM "tocsin.collections" WHERE view = ?', [view]).map((row) => String(row[0]));
  drop(view, names);
  for (const name of names) {
    const known = layouts.get(name);
    if (known === undefined) continue;
    known.arrays.clear();
    create(view, known.layout);
  }
  return null;
}

function create(view: string, layout: Layout): void {
  const owner = writer.first('SELECT view FROM "tocsin.collections" WHERE name = ?', [layout.name])?.[0];
  if (owner !== undefined) throw new Error(`collection ${layout.name} belongs to the view ${owner}, not to ${view}`);
  layout.create.forEach((sql) => writer.database.exec(sql));
  writer.prepare('INSERT INTO "tocsin.collections" VALUES (?, ?, ?, ?)').run(layout.name, view, layout.signature, '[]');
}

function drop(view: string, names: readonly string[]): void {
  for (const name of names) {
    const tables = writer.all(`SELECT name FROM sqlite_master WHERE type = 'table' AND (name = ? OR name GLOB ? OR name GLOB ?)`, [name, `${name}/*`, `${name}#*`]);
    for (const [table] of tables) writer.database.exec(`DROP TABLE "${table}"`);
  }
  writer.prepare('DELETE FROM "tocsin.collections" WHERE view = ?').run(view);
  writer.prepare('DELETE FROM "tocsin.views" WHERE view = ?').run(view);
}

function position(view: string): string | null {
  const row = writer.first('SELECT position FROM "tocsin.views" WHERE view = ?', [view]);
  return row === undefined ? null : String(row[0]);
}

function apply(view: string, reached: string, batches: readonly RowsOfCollection[]): string {
  const before = position(view);
  if (before !== null && reached <= before) return before;
  for (const batch of batches) new Batch(batch).write();
  writer.prepare('INSERT INTO "tocsin.views" VALUES (?, ?) ON CONFLICT DO UPDATE SET position = excluded.position').run(view, reached);
  return reached;
}

/** The changed documents of one collection: rows, elements of array fields and counters. */
class Batch {
  private readonly batch: RowsOfCollection;
  private readonly layout: Layout;
  private readonly arrays: Set<number>;
  private readonly deltas = new Map<string, { table: string; fields: readonly number[]; values: readonly SqlValue[]; by: number }>();

  constructor(batch: RowsOfCollection) {
    this.batch = batch;
    const known = layouts.get(batch.collection);
    if (known === undefined) throw new Error(`collection ${batch.collection} was not declared`);
    this.layout = known.layout;
    this.arrays = known.arrays;
  }

  write(): void {
    this.makeElementTables();
    for (const row of this.batch.rows) this.writeRow(row);
    for (const delta of this.deltas.values()) if (delta.by !== 0) this.count(delta);
  }

  private makeElementTables(): void {
    const missing = this.batch.arrays.filter((ordinal) => !this.arrays.has(ordinal));
    if (missing.length === 0) return;
    for (const ordinal of missing) {
      this.layout.elements[ordinal]?.create.forEach((sql) => writer.database.exec(sql));
    }
    const all = [...new Set([...this.arrays, ...missing])];
    writer.prepare('UPDATE "tocsin.collections" SET arrays = ? WHERE name = ?').run(JSON.stringify(all), this.layout.name);
    missing.forEach((ordinal) => this.arrays.add(ordinal));
    undo.push(() => missing.forEach((ordinal) => this.arrays.delete(ordinal)));
  }

  private writeRow([id, doc, values]: Row): void {
    const { table, columns } = this.layout;
    const list = columns.map((name) => `, ${name}`).join('');
    const stored = writer.first(`SELECT n${list} FROM ${table} WHERE id = ?`, [id]);
    if (stored === undefined) {
      if (doc === null) return;
      const scalars = values.map((value) => (isElements(value) ? null : value));
      const sql = `INSERT INTO ${table} (id${list}, doc) VALUES (?${', ?'.repeat(columns.length)}, ?)`;
      const n = Number(writer.prepare(sql).run(id, ...scalars, doc).lastInsertRowid);
      this.addElements(n, id, values);
      this.addCounts(values, 1);
      return;
    }
    const n = Number(stored[0]);
    const old: Values = columns.map((_, i) => (this.arrays.has(i) ? this.elementsOf(n, i) : (stored[i + 1] ?? null)));
    if (doc === null) {
      this.removeElements(n);
      writer.prepare(`DELETE FROM ${table} WHERE n = ?`).run(n);
      this.addCounts(old, -1);
      return;
    }
    // Only columns that changed are set, so that only their indexes are touched.
    const changed = columns.flatMap((_, i) => (same(old[i] ?? null, values[i] ?? null) ? [] : [i]));
    const scalars = changed.filter((i) => !isElements(values[i] ?? null));
    const sets = scalars.map((i) => `${columns[i]} = ?, `).join('');
    writer.prepare(`UPDATE ${table} SET ${sets}doc = ? WHERE n = ?`).run(...scalars.map((i) => values[i] as SqlValue), doc, n);
    if (changed.length === 0) return;
    this.removeElements(n);
    this.addElements(n, id, values);
    this.addCounts(old, -1);
    this.addCounts(values, 1);
  }

  private elementsOf(n: number, ordinal: number): SqlValue[] {
    const table = this.layout.elements[ordinal]?.table;
    return writer.all(`SELECT value FROM ${table} WHERE n = ?`, [n]).map((row) => row[0] ?? null);
  }

  private removeElements(n: number): void {
    for (const ordinal of this.arrays) writer.prepare(`DELETE FROM ${this.layout.elements[ordinal]?.table} WHERE n = ?`).run(n);
  }

  private addElements(n: number, id: string | number, values: Values): void {
    for (const ordinal of this.arrays) {
      const elements = values[ordinal];
      const side = this.layout.elements[ordinal];
      if (!isElements(elements ?? null) || side === undefined) continue;
      const copies = side.copies.map((i) => (isElements(values[i] ?? null) ? null : (values[i] as SqlValue)));
      const names = side.copies.map((i) => `, ${this.layout.columns[i]}`).join('');
      const statement = writer.prepare(`INSERT INTO ${side.table} (n, value, id${names}) VALUES (?, ?, ?${', ?'.repeat(copies.length)})`);
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

  private count({ table, fields, values, by }: { table: string; fields: readonly number[]; values: readonly SqlValue[]; by: number }): void {
    const names = fields.map((i) => this.layout.columns[i] ?? '');
    const where = names.length === 0 ? '1' : names.map((name) => `${name} IS ?`).join(' AND ');
    if (writer.prepare(`UPDATE ${table} SET total = total + ? WHERE ${where}`).run(by, ...values).changes > 0) return;
    writer.prepare(`INSERT INTO ${table} VALUES (${'?, '.repeat(names.length)}?)`).run(...values, by);
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

port.on('message', serveAll);
port.postMessage({ seq: 0, value: null } satisfies StoreReply);
