import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { ReadStoreFault } from '../read-store';
import type { SqlValue } from './protocol';
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

  /** The documents whose row numbers the plan gives, out of one snapshot. */
  documents(plan: Plan, table: string): readonly string[] {
    return this.faulty(() => {
      this.database.exec('BEGIN');
      try {
        return this.values(plan).flatMap((n) => this.column(`SELECT doc FROM ${table} WHERE n = ?`, [n])) as string[];
      } finally {
        this.database.exec('COMMIT');
      }
    });
  }

  values(plan: Plan): readonly SqlValue[] {
    return this.column(plan.sql, plan.params);
  }

  checkpoint(view: string): string | undefined {
    return this.column('SELECT position FROM "tocsin.views" WHERE view = ?', [view])[0] as string | undefined;
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
