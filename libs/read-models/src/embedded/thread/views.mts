import type { DeclareAnswer, Layout, RowsOfCollection, WriteRequest } from '../protocol.ts';
import { CollectionWrite, type StoredCollection } from './collection-write.mts';
import type { Connection } from './connection.mts';

/** Views, their collections and checkpoints, inside whatever transaction is open. */
export class Views {
  private readonly db: Connection;
  private readonly collections = new Map<string, StoredCollection>();

  constructor(db: Connection) {
    this.db = db;
  }

  write(request: WriteRequest): unknown {
    switch (request.op) {
      case 'declare':
        return this.define(request.view, request.layouts);
      case 'reset':
        return this.reset(request.view);
      case 'exchange':
        return this.exchange(request.view, request.copy);
      case 'discard':
        this.drop(request.view, this.namesOf(request.view));
        return null;
      case 'apply':
        return this.apply(request.view, request.position, request.batches);
    }
  }

  /** After something was rolled back: what is kept in memory follows. */
  reload(): void {
    for (const { layout, arrays } of this.collections.values()) {
      const stored = this.db.first('SELECT arrays FROM "tocsin.collections" WHERE name = ?', [layout.name])?.[0];
      arrays.clear();
      for (const ordinal of JSON.parse(String(stored ?? '[]')) as number[]) arrays.add(ordinal);
    }
  }

  private define(view: string, declared: readonly Layout[]): DeclareAnswer {
    const stored = new Map(
      this.db
        .all('SELECT name, signature, arrays FROM "tocsin.collections" WHERE view = ?', [view])
        .map((row) => [String(row[0]), row] as const),
    );
    for (const layout of declared) this.collections.set(layout.name, { layout, arrays: new Set() });
    const unchanged = stored.size === declared.length && declared.every((layout) => stored.get(layout.name)?.[1] === layout.signature);
    if (!unchanged) {
      this.drop(view, [...stored.keys()]);
      declared.forEach((layout) => this.create(view, layout));
      return { position: null, arrays: {} };
    }
    const arrays = Object.fromEntries(declared.map(({ name }) => [name, JSON.parse(String(stored.get(name)?.[2])) as number[]]));
    for (const { name } of declared) arrays[name]?.forEach((ordinal) => this.collections.get(name)?.arrays.add(ordinal));
    return { position: this.position(view), arrays };
  }

  private reset(view: string): null {
    const names = this.namesOf(view);
    this.drop(view, names);
    for (const name of names) {
      const known = this.collections.get(name);
      if (known === undefined) continue;
      known.arrays.clear();
      this.create(view, known.layout);
    }
    return null;
  }

  private exchange(view: string, copy: string): boolean {
    const reached = this.position(view);
    if (reached !== null && reached > (this.position(copy) ?? '')) return false;
    for (const table of ['"tocsin.collections"', '"tocsin.views"']) {
      // Never two of one name, also not for a moment: the view is the key of the second table.
      const rename = this.db.prepare(`UPDATE ${table} SET view = ? WHERE view = ?`);
      rename.run('~', view);
      rename.run(view, copy);
      rename.run(copy, '~');
    }
    return true;
  }

  private namesOf(view: string): string[] {
    return this.db.all('SELECT name FROM "tocsin.collections" WHERE view = ?', [view]).map((row) => String(row[0]));
  }

  private create(view: string, layout: Layout): void {
    const owner = this.db.first('SELECT view FROM "tocsin.collections" WHERE name = ?', [layout.name])?.[0];
    if (owner !== undefined) throw new Error(`collection ${layout.name} belongs to the view ${owner}, not to ${view}`);
    layout.create.forEach((sql) => this.db.database.exec(sql));
    this.db.prepare('INSERT INTO "tocsin.collections" VALUES (?, ?, ?, ?)').run(layout.name, view, layout.signature, '[]');
  }

  private drop(view: string, names: readonly string[]): void {
    for (const name of names) {
      const tables = this.db.all(`SELECT name FROM sqlite_master WHERE type = 'table' AND (name = ? OR name GLOB ? OR name GLOB ?)`, [
        name,
        `${name}/*`,
        `${name}#*`,
      ]);
      for (const [table] of tables) this.db.database.exec(`DROP TABLE "${table}"`);
    }
    this.db.prepare('DELETE FROM "tocsin.collections" WHERE view = ?').run(view);
    this.db.prepare('DELETE FROM "tocsin.views" WHERE view = ?').run(view);
  }

  private position(view: string): string | null {
    const row = this.db.first('SELECT position FROM "tocsin.views" WHERE view = ?', [view]);
    return row === undefined ? null : String(row[0]);
  }

  private applyTo(batch: RowsOfCollection): void {
    const known = this.collections.get(batch.collection);
    if (known === undefined) throw new Error(`collection ${batch.collection} was not declared`);
    new CollectionWrite(this.db, known).write(batch);
  }

  private apply(view: string, reached: string, batches: readonly RowsOfCollection[]): string {
    const before = this.position(view);
    if (before !== null && reached <= before) return before;
    for (const batch of batches) this.applyTo(batch);
    this.db.prepare('INSERT INTO "tocsin.views" VALUES (?, ?) ON CONFLICT DO UPDATE SET position = excluded.position').run(view, reached);
    return reached;
  }
}
