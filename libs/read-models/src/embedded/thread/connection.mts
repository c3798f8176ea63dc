import { rmSync, statSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { SqlValue } from '../protocol.ts';

const NOT_A_DATABASE = 26;
const CORRUPT = 11;
/** Busy, locked, out of memory, read-only, I/O, damaged, full, cannot be opened: the environment's doing. */
const ENVIRONMENT_CODES = new Set([5, 6, 7, 8, 10, CORRUPT, 13, 14, 15, NOT_A_DATABASE]);

function codeOf(error: unknown): number {
  const code = error instanceof Error && 'errcode' in error ? error.errcode : undefined;
  return typeof code === 'number' ? code & 0xff : 0;
}

export const isEnvironmentError = (error: unknown): boolean => ENVIRONMENT_CODES.has(codeOf(error));

/** A database with its prepared statements, whose rows are arrays of values. */
export class Connection {
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

  all(sql: string, params: readonly SqlValue[] = []): SqlValue[][] {
    return this.prepare(sql).all(...params) as unknown as SqlValue[][];
  }

  first(sql: string, params: readonly SqlValue[]): SqlValue[] | undefined {
    return this.prepare(sql).get(...params) as unknown as SqlValue[] | undefined;
  }
}

/** Reading all of a larger file would hold up the start. */
const CHECKED_UP_TO_BYTES = 64 * 1024 * 1024;

class Damaged extends Error {}

/** A file that is damaged is thrown away: everything in it is rebuilt from the log. */
export function openWriter(path: string): Connection {
  try {
    return new Connection(prepareDatabase(path));
  } catch (error) {
    const code = codeOf(error);
    if (code !== NOT_A_DATABASE && code !== CORRUPT && !(error instanceof Damaged)) throw error;
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
    return new Connection(prepareDatabase(path));
  }
}

export function openReader(path: string): Connection {
  const database = new DatabaseSync(path, { readOnly: true });
  database.exec('PRAGMA cache_size = -4000');
  return new Connection(database);
}

function prepareDatabase(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  try {
    // After a power failure the last commits may be missing, together with their checkpoints: they are applied again.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16000; PRAGMA wal_autocheckpoint = 4000');
    database.exec(`CREATE TABLE IF NOT EXISTS "tocsin.views" (view TEXT PRIMARY KEY, position TEXT NOT NULL) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS "tocsin.collections" (name TEXT PRIMARY KEY, view TEXT NOT NULL, signature TEXT NOT NULL, arrays TEXT NOT NULL) WITHOUT ROWID`);
    refuseDamage(database, path);
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
}

function refuseDamage(database: DatabaseSync, path: string): void {
  if (statSync(path).size > CHECKED_UP_TO_BYTES) return;
  const found = database.prepare('PRAGMA quick_check(1)').get()?.['quick_check'];
  if (found !== 'ok') throw new Damaged(String(found));
}
