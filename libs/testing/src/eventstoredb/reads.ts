import type { Database, StreamView } from './database';
import type { EventFilter } from './filter';
import type { StoredRecord } from './record';

const PAGE = 500;

/** What a truncated stream still shows. */
export const isShown = (view: StreamView, record: StoredRecord): boolean =>
  record.revision >= view.first && record.createdMs >= view.notBeforeMs;

export function* readStreamForwards(database: Database, stream: string, view: StreamView, from: number): Generator<StoredRecord> {
  for (let next = Math.max(from, view.first); next <= view.last;) {
    const page = database.streamForwards(stream, next, PAGE);
    for (const record of page) if (record.revision <= view.last && isShown(view, record)) yield record;
    next = (page.at(-1)?.revision ?? view.last) + 1;
  }
}

export function* readStreamBackwards(database: Database, stream: string, view: StreamView, from: number): Generator<StoredRecord> {
  for (let upTo = Math.min(from, view.last); upTo >= view.first;) {
    const start = Math.max(view.first, upTo - PAGE + 1);
    const records = [...readStreamForwards(database, stream, { ...view, last: upTo }, start)];
    yield* records.toReversed();
    upTo = start - 1;
  }
}

/** Everything after a place, up to where the log ends now. */
export function* readAllForwards(database: Database, after: number, filter: EventFilter | undefined): Generator<StoredRecord> {
  for (let reached = after; reached < database.head;) {
    const page = database.allForwards(reached, PAGE);
    for (const record of page) if (filter === undefined || filter.matches(record)) yield record;
    reached = page.at(-1)?.at ?? database.head;
  }
}

export function* readAllBackwards(database: Database, from: number, filter: EventFilter | undefined): Generator<StoredRecord> {
  for (let upTo = from; upTo > 0;) {
    const page = database.allBackwards(upTo, PAGE);
    for (const record of page) if (filter === undefined || filter.matches(record)) yield record;
    upTo = (page.at(-1)?.at ?? 1) - 1;
  }
}
