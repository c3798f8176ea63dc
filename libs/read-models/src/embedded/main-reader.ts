import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { ReadStoreFault } from '../read-store';
import type { DocumentsRead, SqlValue } from './protocol';
import type { Plan } from './query-plan';

const MOST_STATEMENTS = 200;

/** Reads that look at few rows, on the calling thread: a thousand rows of an index cost less than a message to a thread and back under load. */
export class MainReader {
  private readonly statements = new Map<string, StatementSync>();

  constructor(private readonly database: DatabaseSync) {
    database.exec('PRAGMA cache_size = -8000');
  }

  document(table: string, id: string | number): string | undefined {
    return this.column(`SELECT doc FROM ${table} WHERE id = ?`, [id])[0] as string | undefined;
  }

  /** The first of the documents whose row numbers the plan gives, and the ids of the rest, out of one snapshot. */
  documents(plan: Plan, table: string, mostChars: number): DocumentsRead {
    return this.faulty(() => {
      this.database.exec('BEGIN');
      try {
        const rows = this.values(plan);
        const texts: string[] = [];
        for (let chars = 0; texts.length < rows.length && chars < mostChars;) {
          const text = String(this.column(`SELECT doc FROM ${table} WHERE n = ?`, [rows[texts.length] ?? null])[0]);
          texts.push(text);
          chars += text.length;
        }
        const rest = rows.slice(texts.length).flatMap((n) => this.column(`SELECT id FROM ${table} WHERE n = ?`, [n]));
        return { texts, rest: rest as DocumentsRead['rest'] };
      } finally {
        this.database.exec('COMMIT');
      }
    });
  }

  /** Those of the first that are still there, and the ids of the rest. */
  documentsOf(ids: DocumentsRead['rest'], table: string, mostChars: number): DocumentsRead {
    const texts: string[] = [];
    let taken = 0;
    for (let chars = 0; taken < ids.length && chars < mostChars; taken++) {
      const text = this.document(table, ids[taken] ?? '');
      if (text === undefined) continue;
      texts.push(text);
      chars += text.length;
    }
    return { texts, rest: ids.slice(taken) };
  }

  values(plan: Plan): readonly SqlValue[] {
    return this.column(plan.sql, plan.params);
  }

  checkpoint(view: string): string | undefined {
    return this.column('SELECT position FROM "tocsin.views" WHERE view = ?', [view])[0] as string | undefined;
  }

  /** What the tables of a view's collections are named after. */
  storedNames(view: string): readonly string[] {
    return this.column('SELECT name FROM "tocsin.collections" WHERE view = ?', [view]).map(String);
  }

  close(): void {
    this.statements.clear();
    this.database.close();
  }

  /** The first column of every row. */
  private column(sql: string, params: readonly SqlValue[]): readonly SqlValue[] {
    return this.faulty(() => (this.statement(sql).all(...params) as unknown as SqlValue[][]).map((row) => row[0] ?? null));
  }

  private statement(sql: string): StatementSync {
    const known = this.statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.database.prepare(sql);
    statement.setReturnArrays(true);
    if (this.statements.size >= MOST_STATEMENTS) this.statements.clear();
    this.statements.set(sql, statement);
    return statement;
  }

  private faulty<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      // 1 is a statement that is wrong in itself: our mistake, not the environment's.
      if (error instanceof Error && 'errcode' in error && error.errcode !== 1)
        throw new ReadStoreFault('unavailable', true, { cause: error });
      throw error;
    }
  }
}
