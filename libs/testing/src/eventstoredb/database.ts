import { randomUUID } from 'node:crypto';
import type { EventLog } from '@tocsin/embedded-log';
import { decideAppend, decideDelete, NO_STREAM } from './expected-revision';
import type { Expected, StreamNow } from './expected-revision';
import { RecentIds } from './recent-ids';
import { TOMBSTONE, toRecord, toRow } from './record';
import type { ProposedEvent, StoredRecord } from './record';
import { isMetadataStream, isSoftDeleted, metadataStreamOf, parseStreamMetadata, withTruncateBefore } from './stream-metadata';
import type { StreamMetadata } from './stream-metadata';

export type Written =
  /** `at` is missing when nothing was written because nothing was asked for. */
  | { readonly kind: 'written'; readonly revision: number; readonly at?: number }
  | { readonly kind: 'wrong'; readonly current: number }
  | { readonly kind: 'deleted' };

export interface StreamView {
  readonly status: 'missing' | 'there' | 'tombstoned';
  /** Revision of the last event; -1 when there is none. */
  readonly last: number;
  /** Revision of the first event that is shown. */
  readonly first: number;
  /** Events made before are not shown. */
  readonly notBeforeMs: number;
}

const PAGE = 500;
const IDS_KNOWN_AT_START = 10_000;

/**
 * Streams as this protocol has them (soft deletes that revive, tombstones, metadata, truncation, repetition by revision)
 * over a log that knows only streams of events. One writer per stream at a time; writers of many streams share a commit.
 */
export class Database {
  private readonly recent: RecentIds;
  private readonly tails = new Map<string, Promise<unknown>>();

  constructor(
    private readonly log: EventLog,
    private readonly now: () => number,
    rememberedIds: number,
  ) {
    this.recent = new RecentIds(rememberedIds);
    for (const record of this.allBackwards(log.head, Math.min(rememberedIds, IDS_KNOWN_AT_START)).toReversed()) {
      this.recent.remember(record.stream, record.id, record.revision);
    }
  }

  get head(): number {
    return this.log.head;
  }

  onCommit(listener: () => void): () => void {
    return this.log.onCommit(listener);
  }

  /** @throws LogFault */
  append(stream: string, expected: Expected, events: readonly ProposedEvent[]): Promise<Written> {
    return this.inTurn(stream, async () => {
      const now = this.streamNow(stream);
      const ids = events.map((event) => event.id);
      const decision = decideAppend(expected, now, ids, {
        at: (revision) => this.at(stream, revision)?.id,
        recent: (id) => this.recent.revisionOf(stream, id),
      });
      if (decision.kind === 'deleted') return decision;
      if (decision.kind === 'wrong') return { kind: 'wrong', current: now.current };
      if (events.length === 0) return { kind: 'written', revision: now.current };
      if (decision.kind === 'repeated') return this.writtenBefore(stream, decision.revision);
      const written = await this.write(stream, now.current, events);
      // Only now: a crash in between leaves the stream deleted and the append unanswered, and a repetition takes its place.
      if (now.softDeleted) await this.truncate(stream, now.current + 1);
      return written;
    });
  }

  /** Hides the stream; an append brings it back, with revisions that go on. @throws LogFault */
  softDelete(stream: string, expected: Expected): Promise<Written> {
    return this.inTurn(stream, async () => {
      const now = this.streamNow(stream);
      const decision = now.current === NO_STREAM && !now.tombstoned ? 'wrong' : decideDelete(expected, now).kind;
      if (decision === 'deleted') return { kind: 'deleted' };
      if (decision !== 'write') return { kind: 'wrong', current: now.current };
      return this.truncate(stream, 'deleted');
    });
  }

  /** Ends the stream for ever, also one that never was. @throws LogFault */
  tombstone(stream: string, expected: Expected): Promise<Written> {
    return this.inTurn(stream, async () => {
      const now = this.streamNow(stream);
      const decision = decideDelete(expected, now).kind;
      if (decision === 'deleted') return { kind: 'deleted' };
      if (decision !== 'write') return { kind: 'wrong', current: now.current };
      return this.write(stream, now.current, [systemEvent(TOMBSTONE, '{}')]);
    });
  }

  view(stream: string): StreamView {
    const { current, softDeleted, tombstoned, metadata } = this.streamNow(stream);
    const counted = metadata.maxCount === undefined ? 0 : current - metadata.maxCount + 1;
    return {
      status: tombstoned ? 'tombstoned' : current === NO_STREAM || softDeleted ? 'missing' : 'there',
      last: current,
      first: Math.max(metadata.truncateBefore ?? 0, counted, 0),
      notBeforeMs: metadata.maxAgeSeconds === undefined ? 0 : this.now() - metadata.maxAgeSeconds * 1_000,
    };
  }

  /** Events from a revision on, truncated ones as well; at most a page. */
  streamForwards(stream: string, from: number, limit: number): readonly StoredRecord[] {
    return this.log.readStreamPage(stream, from, Math.min(limit, PAGE)).events.map(toRecord);
  }

  at(stream: string, revision: number): StoredRecord | undefined {
    return this.streamForwards(stream, revision, 1).find((record) => record.revision === revision);
  }

  /** Events after a place in the log; at most a page. */
  allForwards(after: number, limit: number): readonly StoredRecord[] {
    return this.log.readPage(after, EVERY_CATEGORY, Math.min(limit, PAGE)).events.map(toRecord);
  }

  /** Events at a place and before it, the newest first. */
  allBackwards(from: number, limit: number): readonly StoredRecord[] {
    const found: StoredRecord[] = [];
    for (let below = from; below > 0 && found.length < limit; below -= PAGE) {
      found.push(...this.allBetween(Math.max(0, below - PAGE), below).toReversed());
    }
    return found.slice(0, limit);
  }

  private allBetween(after: number, upTo: number): StoredRecord[] {
    const found: StoredRecord[] = [];
    for (let reached = after; ;) {
      const page = this.allForwards(reached, PAGE);
      found.push(...page.filter((record) => record.at <= upTo));
      reached = page.at(-1)?.at ?? upTo;
      if (reached >= upTo) return found;
    }
  }

  private streamNow(stream: string): StreamNow & { readonly metadata: StreamMetadata } {
    const last = this.log.readLast(stream);
    const json = this.metadataJson(stream);
    const metadata = isMetadataStream(stream) ? { maxCount: 1 } : json === undefined ? {} : parseStreamMetadata(json);
    return {
      current: last?.revision ?? NO_STREAM,
      softDeleted: isSoftDeleted(metadata),
      tombstoned: last?.type === TOMBSTONE,
      hasMetadata: json !== undefined,
      metadata,
    };
  }

  private metadataJson(stream: string): string | undefined {
    const last = this.log.readLast(metadataStreamOf(stream));
    return last === undefined ? undefined : Buffer.from(toRecord(last).data).toString();
  }

  private truncate(stream: string, before: number | 'deleted'): Promise<Written> {
    const metadata = metadataStreamOf(stream);
    const current = this.log.readLast(metadata)?.revision ?? NO_STREAM;
    return this.write(metadata, current, [systemEvent('$metadata', withTruncateBefore(this.metadataJson(stream), before))]);
  }

  private async write(stream: string, current: number, events: readonly ProposedEvent[]): Promise<Written> {
    const createdMs = this.now();
    const rows = events.map((event, index) => toRow(event, current + 1 + index, createdMs));
    const outcome = await this.log.append(stream, current === NO_STREAM ? 'no_stream' : current, rows);
    if (outcome.kind !== 'appended') throw new Error(`${stream} was written to by somebody else`);
    events.forEach((event, index) => this.recent.remember(stream, event.id, current + 1 + index));
    return { kind: 'written', revision: outcome.revision, at: outcome.position };
  }

  private writtenBefore(stream: string, revision: number): Written {
    const last = this.at(stream, revision);
    return last === undefined ? { kind: 'written', revision } : { kind: 'written', revision, at: last.at };
  }

  /** A stream and its metadata stream wait for each other: a deletion reads one and writes the other. */
  private async inTurn<T>(stream: string, work: () => Promise<T>): Promise<T> {
    const key = stream.replace(/^\$\$/, '');
    const before = this.tails.get(key);
    const run = before === undefined ? work() : before.then(work, work);
    this.tails.set(key, run);
    try {
      return await run;
    } finally {
      if (this.tails.get(key) === run) this.tails.delete(key);
    }
  }
}

const EVERY_CATEGORY: ReadonlySet<string> = new Set();

const systemEvent = (type: string, json: string): ProposedEvent => ({
  id: randomUUID(),
  type,
  isJson: true,
  data: Buffer.from(json),
  metadata: new Uint8Array(),
});
