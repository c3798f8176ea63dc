import type { DatabaseSync } from 'node:sqlite';
import type { EventToAppend, ExpectedRevision, WriteOutcome } from '../protocol.ts';

interface Placed {
  readonly revision: number;
  readonly position: number;
}

/** Every check is made before the first insert, so a refused append leaves nothing behind in the shared transaction. */
export class EventWrites {
  private readonly db: DatabaseSync;
  private readonly lastRevision;
  private readonly findId;
  private readonly insert;
  private readonly deleteStreamRows;
  private readonly deleteRowsBeforeLast;
  private readonly saveCheckpointRow;

  constructor(db: DatabaseSync) {
    this.db = db;
    this.lastRevision = db.prepare('SELECT max(revision) AS revision FROM events WHERE stream = ?');
    this.findId = db.prepare('SELECT revision, position FROM events WHERE stream = ? AND id = ?');
    this.insert = db.prepare('INSERT INTO events (stream, category, revision, id, type, data, metadata) VALUES (?, ?, ?, ?, ?, ?, ?)');
    this.deleteStreamRows = db.prepare('DELETE FROM events WHERE stream = ?');
    this.deleteRowsBeforeLast = db.prepare(
      'DELETE FROM events WHERE stream = ?1 AND revision < (SELECT max(revision) FROM events WHERE stream = ?1)',
    );
    this.saveCheckpointRow = db.prepare(
      'INSERT INTO checkpoints VALUES (?, ?) ON CONFLICT (processor) DO UPDATE SET position = excluded.position',
    );
  }

  head(): number {
    const row = this.db.prepare(`SELECT seq FROM sqlite_sequence WHERE name = 'events'`).get();
    return row === undefined ? 0 : Number(row['seq']);
  }

  append(stream: string, category: string, expected: ExpectedRevision, events: readonly EventToAppend[]): WriteOutcome {
    const actual = this.last(stream);
    if (actual >= 0) {
      const known = events.map((event) => this.find(stream, event.id));
      const lastKnown = known.at(-1);
      if (lastKnown !== undefined && known.every((placed) => placed !== undefined)) return { kind: 'appended', ...lastKnown, fresh: false };
      // Some ids known and some not is no repetition of an earlier append; taking it would store an id twice.
      if (known.some((placed) => placed !== undefined)) return { kind: 'conflict', actual };
    }
    if (expected !== 'any' && actual !== (expected === 'no_stream' ? -1 : expected)) {
      return { kind: 'conflict', actual: actual < 0 ? 'no_stream' : actual };
    }
    let revision = actual;
    let position = 0;
    for (const event of events) {
      revision += 1;
      position = Number(this.insert.run(stream, category, revision, event.id, event.type, event.data, event.metadata).lastInsertRowid);
    }
    return { kind: 'appended', revision, position, fresh: true };
  }

  deleteStream(stream: string, expected: number | 'any'): WriteOutcome {
    if (expected !== 'any') {
      const actual = this.last(stream);
      if (actual !== expected && actual >= 0) return { kind: 'conflict', actual };
    }
    this.deleteStreamRows.run(stream);
    return { kind: 'done' };
  }

  keepOnlyLast(stream: string): WriteOutcome {
    this.deleteRowsBeforeLast.run(stream);
    return { kind: 'done' };
  }

  saveCheckpoint(processor: string, position: string): WriteOutcome {
    this.saveCheckpointRow.run(processor, position);
    return { kind: 'done' };
  }

  /** -1 while there is no such stream. */
  private last(stream: string): number {
    const revision = this.lastRevision.get(stream)?.['revision'];
    return revision === null || revision === undefined ? -1 : Number(revision);
  }

  private find(stream: string, id: string): Placed | undefined {
    const row = this.findId.get(stream, id);
    return row === undefined ? undefined : { revision: Number(row['revision']), position: Number(row['position']) };
  }
}
