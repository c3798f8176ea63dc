import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { EventToAppend, ExpectedRevision, WriteOutcome } from './protocol';
import { RecentRing } from './recent-ring';
import { RecentStreams } from './recent-streams';
import type { Turns } from './turns';
import type { WriteQueue } from './write-queue';

export interface CommittedEvent {
  /** Position in the whole log. */
  readonly at: number;
  readonly bytes: number;
  readonly stream: string;
  readonly category: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  readonly data: string;
  readonly metadata: string;
  /** What a reader made of it: kept, so that ten followers parse an event once. */
  parsed?: unknown;
}

export interface EventPage {
  readonly events: readonly CommittedEvent[];
  /** Everything up to here was looked at. */
  readonly next: number;
  readonly atHead: boolean;
}

export interface StreamPage {
  readonly events: readonly CommittedEvent[];
  /** The page ended because it was full: there may be more. */
  readonly full: boolean;
}

const MOST_ROWS_PER_PAGE = 500;
const MOST_BYTES_PER_PAGE = 4_194_304;
const RING = { items: 8_192, bytes: 16_777_216 };
const STREAMS = { streams: 8_192, bytes: 8_388_608 };
const COLUMNS = 'position, stream, category, revision, id, type, data, metadata';
/** The columns in that order: an object with their names for each row would add a third to the time of reading it. */
type Row = readonly [number, string, string, number, string, string, string, string];

/** `alert-` of `alert-4711`; a stream without a dash is its own category. */
export const categoryOf = (stream: string): string => stream.slice(0, stream.indexOf('-') + 1) || stream;

/** The events of `log.db`: writes go to the writer, bounded reads are made here on a connection that cannot write. */
export class EventLog {
  private readonly ring: RecentRing<CommittedEvent>;
  private readonly streams = new RecentStreams<CommittedEvent>(STREAMS);
  private readonly listeners = new Set<() => void>();
  private readonly pageStatements = new Map<number, StatementSync>();
  private readonly streamPage: StatementSync;
  private readonly streamLast: StatementSync;
  private readonly checkpoint: StatementSync;
  private newest: number;
  private announced = false;
  private begunAndEnded = 0;

  constructor(
    private readonly queue: WriteQueue,
    private readonly reader: DatabaseSync,
    head: number,
    /** To be awaited between two pages of a long read. */
    readonly turns: Turns,
  ) {
    this.newest = head;
    this.ring = new RecentRing(head, RING);
    this.streamPage = prepareRows(reader, `SELECT ${COLUMNS} FROM events WHERE stream = ? AND revision >= ? ORDER BY revision LIMIT ?`);
    this.streamLast = prepareRows(reader, `SELECT ${COLUMNS} FROM events WHERE stream = ? ORDER BY revision DESC LIMIT 1`);
    this.checkpoint = reader.prepare('SELECT position FROM checkpoints WHERE processor = ?');
  }

  /** Grows when the deletion of a stream begins, and when it has ended: what was read meanwhile may be of before it. */
  get deletions(): number {
    return this.begunAndEnded;
  }

  /** Position of the newest event whose commit has been answered. */
  get head(): number {
    return this.newest;
  }

  /** @throws LogFault */
  append(stream: string, expected: ExpectedRevision, events: readonly EventToAppend[]): Promise<WriteOutcome> {
    const category = categoryOf(stream);
    const bytes = events.reduce((sum, event) => sum + bytesOf(event), 0);
    return this.queue.submit({ kind: 'append', stream, category, expected, events }, bytes, (outcome) => {
      if (outcome.kind === 'appended' && outcome.fresh) this.remember(stream, category, events, outcome);
    });
  }

  /** @throws LogFault */
  deleteStream(stream: string, expected: number | 'any'): Promise<WriteOutcome> {
    this.begunAndEnded += 1;
    return this.queue.submit({ kind: 'delete-stream', stream, expected }, stream.length, ({ kind }) => {
      // Also when nobody waits for it any more.
      this.begunAndEnded += 1;
      if (kind !== 'done') return;
      this.ring.remove((event) => event.stream === stream);
      this.streams.remove(stream);
    });
  }

  /** What is before the stream's last event is removed; who follows the log at its head may still see it. @throws LogFault */
  async keepOnlyLast(stream: string): Promise<void> {
    await this.queue.submit({ kind: 'keep-only-last', stream }, stream.length, ({ kind }) => {
      if (kind === 'done') this.streams.remove(stream);
    });
  }

  /** @throws LogFault */
  async saveCheckpoint(processor: string, position: string): Promise<void> {
    await this.queue.submit({ kind: 'save-checkpoint', processor, position }, processor.length);
  }

  loadCheckpoint(processor: string): string | undefined {
    const row = this.checkpoint.get(processor);
    return row === undefined ? undefined : String(row['position']);
  }

  /** At most 500 events and 4 MiB. */
  readStreamPage(stream: string, from: number, limit: number): StreamPage {
    const most = Math.min(limit, MOST_ROWS_PER_PAGE);
    const recent = this.streams.from(stream, from);
    if (recent !== undefined) return { events: recent.slice(0, most), full: recent.length >= most };
    const page = takePage(this.streamPage.iterate(stream, from, most), most);
    if (from === 0 && most > 0 && page.events.length === 0) this.streams.isAbsent(stream);
    return page;
  }

  readLast(stream: string): CommittedEvent | undefined {
    const recent = this.streams.last(stream);
    if (recent !== undefined || this.streams.lacks(stream)) return recent;
    const row = this.streamLast.get(stream);
    if (row === undefined) this.streams.isAbsent(stream);
    return row === undefined ? undefined : toEvent(row as unknown as Row);
  }

  /** No categories mean all of them. */
  readPage(after: number, categories: ReadonlySet<string>, limit: number): EventPage {
    const most = Math.min(limit, MOST_ROWS_PER_PAGE);
    return this.ring.covers(after) ? this.readRing(after, categories, most) : this.readDisk(after, categories, most);
  }

  /** Called once per commit that brought new events. */
  onCommit(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Lets go of what is kept so that the disk need not be asked: it is asked again then. */
  forgetRecent(): void {
    this.ring.clear(this.newest);
    this.streams.clear();
  }

  private readRing(after: number, categories: ReadonlySet<string>, limit: number): EventPage {
    const events: CommittedEvent[] = [];
    let bytes = 0;
    for (const event of this.ring.after(after)) {
      if (categories.size > 0 && !categories.has(event.category)) continue;
      events.push(event);
      bytes += event.bytes;
      if (events.length === limit || bytes >= MOST_BYTES_PER_PAGE) return { events, next: event.at, atHead: event.at === this.newest };
    }
    return { events, next: Math.max(after, this.newest), atHead: true };
  }

  private readDisk(after: number, categories: ReadonlySet<string>, limit: number): EventPage {
    const head = this.newest;
    const rows = this.pageStatement(categories.size).iterate({ $after: after, $head: head, $limit: limit, ...named(categories) });
    const { events, full } = takePage(rows, limit);
    // Only a page that is known to have everything may move on to the head.
    const next = full ? (events.at(-1)?.at ?? after) : Math.max(after, head);
    return { events, next, atHead: next >= head };
  }

  /** Per category the index gives the next positions in order; the first of them all, together, are the page. */
  private pageStatement(categories: number): StatementSync {
    let statement = this.pageStatements.get(categories);
    if (statement === undefined) {
      const range = 'position > $after AND position <= $head ORDER BY position LIMIT $limit';
      const one = (index: number) => `SELECT position FROM (SELECT position FROM events WHERE category = $c${index} AND ${range})`;
      const parts = Array.from({ length: categories }, (_, index) => one(index)).join(' UNION ALL ');
      statement = prepareRows(
        this.reader,
        categories === 0
          ? `SELECT ${COLUMNS} FROM events WHERE ${range}`
          : `SELECT ${COLUMNS} FROM events WHERE position IN (SELECT position FROM (${parts}) ORDER BY position LIMIT $limit) ORDER BY position`,
      );
      this.pageStatements.set(categories, statement);
    }
    return statement;
  }

  private remember(stream: string, category: string, events: readonly EventToAppend[], last: { revision: number; position: number }): void {
    events.forEach((event, index) => {
      const back = events.length - 1 - index;
      const { id, type, data, metadata } = event;
      const committed: CommittedEvent = {
        at: last.position - back,
        bytes: bytesOf(event),
        stream,
        category,
        revision: last.revision - back,
        id,
        type,
        data,
        metadata,
      };
      this.ring.push(committed);
      this.streams.push(committed);
    });
    this.newest = last.position;
    if (this.announced) return;
    this.announced = true;
    // After every outcome of this commit has been taken in.
    queueMicrotask(() => {
      this.announced = false;
      for (const listener of this.listeners) listener();
    });
  }
}

const bytesOf = (event: EventToAppend): number => event.data.length + event.metadata.length + 200;

const named = (categories: ReadonlySet<string>): Record<string, string> =>
  Object.fromEntries([...categories].map((category, index) => [`$c${index}`, category]));

function prepareRows(reader: DatabaseSync, sql: string): StatementSync {
  const statement = reader.prepare(sql);
  statement.setReturnArrays(true);
  return statement;
}

function takePage(rows: Iterable<unknown>, limit: number): StreamPage {
  const events: CommittedEvent[] = [];
  let bytes = 0;
  for (const row of rows) {
    const event = toEvent(row as Row);
    events.push(event);
    bytes += event.bytes;
    if (events.length === limit || bytes >= MOST_BYTES_PER_PAGE) return { events, full: true };
  }
  return { events, full: false };
}

function toEvent([at, stream, category, revision, id, type, data, metadata]: Row): CommittedEvent {
  return { at, bytes: data.length + metadata.length + 200, stream, category, revision, id, type, data, metadata };
}
