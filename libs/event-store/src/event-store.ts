import type { Actor, Instant } from '@tocsin/domain';

/** Opaque, comparable with `<`: 20 decimal digits. Only ever obtained from an event store, never computed. */
export type Position = string & { readonly __brand: 'Position' };
/** Before the first event of the log. */
export const START = '00000000000000000000' as Position;

/** Revision the stream must have for an append to be taken: its last revision (0-based), or one of the two words. */
export type ExpectedRevision = number | 'no_stream' | 'any';

export interface EventMetadata {
  readonly schemaVersion: number;
  readonly time: Instant;
  readonly actor: Actor;
  /** The first cause (a tool event, an API request), the same along the whole chain. */
  readonly correlationId: string;
  /** The command, message or fact that led to this event. */
  readonly causationId: string;
  /** W3C `traceparent`, when tracing is on. */
  readonly traceParent?: string;
  /** Address the request came from, on configuration changes (shown in the audit log). */
  readonly remoteAddress?: string;
}

export interface NewEvent<Type extends string = string, Data = unknown> {
  /** UUID; makes the append idempotent. */
  readonly id: string;
  readonly type: Type;
  readonly data: Data;
  readonly metadata: EventMetadata;
}

export interface StoredEvent<Type extends string = string, Data = unknown> extends NewEvent<Type, Data> {
  readonly stream: string;
  /** Position in the stream, without gaps: from 0, or from where the store goes on in a stream that was deleted. */
  readonly revision: number;
  /** Position in the whole log; grows with every event, with gaps. */
  readonly position: Position;
}

export interface AppendResult {
  /** Revision of the last event appended. */
  readonly revision: number;
  readonly position: Position;
}

/** The stream is not where the caller thought it was: reload and decide again. */
export class WrongExpectedRevision extends Error {
  constructor(
    readonly stream: string,
    readonly expected: ExpectedRevision,
    readonly actual: number | 'no_stream',
  ) {
    super(`stream ${stream}: expected revision ${expected}, is at ${actual}`);
    this.name = 'WrongExpectedRevision';
  }
}

export type EventStoreFaultReason = 'unavailable' | 'timeout' | 'full' | 'closed' | 'too-large' | 'denied';

/**
 * The store did not do it, or did not say whether it did. Retry the same events (same ids) at the same expected revision,
 * unless it is not `retriable`: an append larger than the store takes (`too-large`), one it does not allow (`denied`).
 */
export class EventStoreFault extends Error {
  constructor(
    readonly reason: EventStoreFaultReason,
    readonly retriable: boolean,
    options?: ErrorOptions,
  ) {
    super(`event store: ${reason}`, options);
    this.name = 'EventStoreFault';
  }
}

export interface ReadAllQuery {
  /** Exclusive. */
  readonly after: Position;
  /** Stream prefixes up to and with the dash, e.g. `alert-`; a category is never the prefix of another. */
  readonly prefixes: readonly string[];
  /** Most events in one answer. */
  readonly limit: number;
}

export interface AllPage {
  readonly events: readonly StoredEvent[];
  /** Everything up to here was looked at: continue after it. Never ahead of an event not yet returned. */
  readonly next: Position;
  /** The log ended here when it was read. */
  readonly atHead: boolean;
}

export interface Subscription {
  /** Resolves when the last batch has been handled and no further one will come. */
  close(): Promise<void>;
}

/**
 * The only truth. Promises, checked by `event-store.contract.ts` for every adapter:
 * - `append` is atomic and durable (fsynced) before it resolves; concurrent appends share a commit.
 * - An append whose event ids are already in that stream answers as the first time did, whatever `expected` says now: however
 *   old it is when `expected` is what it was, otherwise while it is among the last thousand events of the stream.
 * - `$all` is totally ordered; an event becomes visible only after everything before it.
 * - Every call ends in bounded time: with an answer, a `WrongExpectedRevision` or an `EventStoreFault`.
 */
export abstract class EventStore {
  /**
   * Grows with each stream that is deleted and may begin again at revision 0, so that a revision remembered from before may be one of
   * the new stream; 0 for ever where revisions never come again. While it stays the same, and no deletion of that stream is under
   * way, appending at a remembered revision is exact without reading first.
   */
  abstract readonly deletions: number;
  /** @throws WrongExpectedRevision, EventStoreFault */
  abstract append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendResult>;
  /** Events of one stream from `from` (default 0), oldest first, at most `limit` (default all). A missing stream is empty. @throws EventStoreFault */
  abstract readStream(stream: string, options?: { from?: number; limit?: number }): Promise<readonly StoredEvent[]>;
  /** The last event of a stream. @throws EventStoreFault */
  abstract readLast(stream: string): Promise<StoredEvent | undefined>;
  /** @throws EventStoreFault */
  abstract readAll(query: ReadAllQuery): Promise<AllPage>;
  /**
   * Follows `$all` for ever from a position: hands over batches in order, the next one only after the promise of the one
   * before resolved, also empty batches when only other streams moved on (so that checkpoints can follow). Errors of the
   * store are retried inside with back-off; an error thrown by `onBatch` ends the subscription and rejects `onBatch`'s
   * caller through `onEnd`. Idle when nothing happens.
   */
  abstract follow(
    from: Position,
    prefixes: readonly string[],
    onBatch: (page: AllPage) => Promise<void>,
    onEnd: (error: Error) => void,
  ): Subscription;
  /** Position of the newest event. @throws EventStoreFault */
  abstract head(): Promise<Position>;
  /**
   * Removes the stream's events for good; to all who read it is as if it never was, and one that is gone already stays gone.
   * With `expected` only while its last event has that revision, so that nothing is removed that whoever asks has not seen.
   * Who still has a revision of it in hand is refused afterwards; an append that expects `no_stream` begins the stream again,
   * at a revision that the store chooses. Other processes may see its events in `$all` for a second more.
   * @throws WrongExpectedRevision, EventStoreFault
   */
  abstract deleteStream(stream: string, expected?: number): Promise<void>;
  /**
   * Of this stream only the last event counts from now on: the store may forget the others whenever it likes. Revisions go
   * on. @throws EventStoreFault
   */
  abstract keepOnlyLast(stream: string): Promise<void>;
  /** Where a processor (the relay) stands; kept in the event store so that it survives every read model. @throws EventStoreFault */
  abstract loadCheckpoint(processor: string): Promise<Position>;
  abstract saveCheckpoint(processor: string, position: Position): Promise<void>;
}
