import type { DatabaseSync } from 'node:sqlite';

/** Raise it with every change of the tables, and add the step that brings the version before it up to date. */
export const SCHEMA_VERSION = 1;

const TABLES = `
  CREATE TABLE about (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;

  CREATE TABLE events (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    stream TEXT NOT NULL,
    category TEXT NOT NULL,
    revision INTEGER NOT NULL,
    id TEXT NOT NULL,
    type TEXT NOT NULL,
    data TEXT NOT NULL,
    metadata TEXT NOT NULL,
    UNIQUE (stream, revision),
    UNIQUE (stream, id)
  );
  CREATE INDEX events_by_category ON events (category);

  CREATE TABLE checkpoints (processor TEXT PRIMARY KEY, position TEXT NOT NULL) WITHOUT ROWID;

  CREATE TABLE topics (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    epoch TEXT NOT NULL,
    compacted INTEGER NOT NULL,
    retention_days REAL NOT NULL,
    next_offset INTEGER NOT NULL
  );
  CREATE TABLE messages (
    topic INTEGER NOT NULL,
    offset INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    key TEXT,
    body TEXT NOT NULL,
    PRIMARY KEY (topic, offset)
  );
  CREATE TABLE latest (
    topic INTEGER NOT NULL,
    key TEXT NOT NULL,
    offset INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (topic, key),
    UNIQUE (topic, offset)
  );
  CREATE TABLE offsets (
    topic INTEGER NOT NULL,
    group_name TEXT NOT NULL,
    next_offset INTEGER NOT NULL,
    PRIMARY KEY (topic, group_name)
  ) WITHOUT ROWID;
`;

/** Thrown for a file this version must not touch; the message is one line for the operator. */
export class SchemaRefused extends Error {}

export function prepareDatabase(db: DatabaseSync): void {
  // A page is answered for with the disk's word: FULL makes every commit wait for its fsync.
  db.exec(`
    PRAGMA busy_timeout = 5000;
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA wal_autocheckpoint = 4000;
    PRAGMA journal_size_limit = 67108864;
    PRAGMA cache_size = -32000;
    PRAGMA secure_delete = ON;
  `);
  const known = db.prepare(`SELECT count(*) AS n FROM sqlite_master WHERE type = 'table'`).get();
  if (known?.['n'] === 0) {
    db.exec(`BEGIN IMMEDIATE; ${TABLES} INSERT INTO about VALUES ('schema', ${SCHEMA_VERSION}); COMMIT;`);
    return;
  }
  const version = readVersion(db);
  if (version > SCHEMA_VERSION) {
    throw new SchemaRefused(
      `log.db has schema ${version}, this version of tocsin knows schema ${SCHEMA_VERSION}: start the newer version again`,
    );
  }
}

function readVersion(db: DatabaseSync): number {
  const hasAbout = db.prepare(`SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'about'`).get();
  const row = hasAbout === undefined ? undefined : db.prepare(`SELECT value FROM about WHERE name = 'schema'`).get();
  if (row === undefined) throw new SchemaRefused('log.db is not an event log of tocsin');
  return Number(row['value']);
}
