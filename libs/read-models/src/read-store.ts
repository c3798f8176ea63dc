/** Opaque position in the event log, comparable with `<` (20 digits). */
export type ViewPosition = string;

export type IndexedValue = string | number | boolean | null;

/** A document is plain JSON with an id; it travels and is stored as a whole. */
export interface Document {
  readonly id: string | number;
}

export interface CollectionDefinition<D extends Document> {
  readonly name: string;
  /** Change it when the shape or the indexes change: the view is then rebuilt at start. */
  readonly version: number;
  /**
   * Fields that can be filtered and sorted by, besides `id`, which always can; nothing else can. An array value is indexed
   * element by element; a field is an array in all documents that have it, or in none. `true` and `false` count as 1 and 0.
   */
  readonly fields: Readonly<Record<string, (document: D) => IndexedValue | readonly IndexedValue[] | undefined>>;
  /**
   * Ordered field lists that lists are served from: first the fields filtered by value (in any order), then the sort, e.g.
   * `['status', 'reportTime', 'id']`; `id` is appended where it is missing. At most one of the fields is an array.
   */
  readonly indexes: readonly (readonly string[])[];
  /** Field lists whose combinations are counted as documents change, so that a count by some or all of them is a look-up. */
  readonly counters: readonly (readonly string[])[];
}

export interface Filter {
  /** Field is one of these values; for an array field: contains one of them. */
  readonly in?: Readonly<Record<string, readonly IndexedValue[]>>;
  /**
   * Besides, at least one of these holds: each names values by field, as `in` does. A list is walked by the index that the rest
   * asks for and leaves out what does not hold; a count looks at what the rest leaves. Empty: nothing holds.
   */
  readonly anyOf?: readonly Readonly<Record<string, readonly IndexedValue[]>>[];
  /** `from` inclusive, `until` exclusive. */
  readonly range?: Readonly<Record<string, { readonly from?: string | number; readonly until?: string | number }>>;
}

export interface Query extends Filter {
  /** Documents that are equal in all of these follow each other by id, in the direction of the last sort field. */
  readonly sort: readonly { readonly field: string; readonly descending: boolean }[];
  readonly skip: number;
  readonly limit: number;
}

export type Change<D extends Document = Document> = { readonly put: D } | { readonly remove: D['id'] };

export interface CollectionChange {
  readonly collection: string;
  readonly change: Change;
}

export type ReadStoreFaultReason = 'unavailable' | 'timeout' | 'closed';

export class ReadStoreFault extends Error {
  constructor(
    readonly reason: ReadStoreFaultReason,
    readonly retriable: boolean,
    options?: ErrorOptions,
  ) {
    super(`read store: ${reason}`, options);
    this.name = 'ReadStoreFault';
  }
}

/**
 * A copy of a view that is built beside it and that nobody reads. What is applied to it need not be durable: when its
 * process ends, the copy is begun anew. Beginning another copy of the same view makes this one useless.
 */
export interface ViewCopy extends Pick<ReadStore, 'getMany' | 'find'> {
  apply(changes: readonly CollectionChange[], position: ViewPosition): Promise<void>;
  checkpoint(): Promise<ViewPosition | undefined>;
  /** Does what replacing would need long for (indexes, counts), while the view may still move; `replace` does what is left. */
  prepare(): Promise<void>;
  /**
   * Puts the copy, durable from here on, in the place of the view, for every reader at once: no list is empty or mixed
   * meanwhile. False when the view is further than the copy: let the copy catch up and ask again. Who writes the view in
   * another process meets a fault, finds the new checkpoint and goes on from there. @throws ReadStoreFault
   */
  replace(): Promise<boolean>;
  discard(): Promise<void>;
}

/**
 * Documents that projections write and the API reads. Promises, checked by `read-store.contract.ts` for every adapter:
 * - `apply` makes the changes and the view's checkpoint visible together, or, where the server has no transactions, in an
 *   order that a repetition mends; changes at or below the checkpoint are refused silently.
 * - A list by a declared index touches only what it returns and skips; a count by a declared counter is a look-up.
 * - No call blocks the event loop for longer than one document takes to parse. Every call ends in bounded time.
 */
export abstract class ReadStore {
  /**
   * How long who keeps a view live had best let changes gather after a batch: not 0 where a batch costs more than what is in it.
   * Nobody who waits for the view waits for that.
   */
  readonly gatherMs: number = 0;
  /**
   * Makes the collections, indexes and counters of a view: all of them, in one call, before anything else is asked of them.
   * A view of which anything changed (a version, a field, an index, a collection more or less) is reset: its checkpoint is
   * gone and its writer starts from the beginning.
   */
  abstract declare(view: string, collections: readonly CollectionDefinition<never>[]): Promise<void>;
  abstract get<D extends Document>(collection: string, id: D['id']): Promise<D | undefined>;
  /** Those of the documents that exist, in any order. */
  abstract getMany<D extends Document>(collection: string, ids: readonly D['id'][]): Promise<readonly D[]>;
  abstract find<D extends Document>(collection: string, query: Query): Promise<readonly D[]>;
  /**
   * The documents of `find`, in its order, some at a time; those that were not asked for yet are not held, however slow the
   * reader is. Later ones are as they are when their turn comes, and left out when they are gone by then. An adapter that
   * cannot do better reads all of them first. @throws ReadStoreFault
   */
  async *walk<D extends Document>(collection: string, query: Query): AsyncGenerator<readonly D[], void> {
    yield await this.find<D>(collection, query);
  }
  abstract count(collection: string, filter: Filter): Promise<number>;
  /** All changes of one batch of one view, with the position reached. The collections of a view belong to it alone. */
  abstract apply(view: string, changes: readonly CollectionChange[], position: ViewPosition): Promise<void>;
  abstract checkpoint(view: string): Promise<ViewPosition | undefined>;
  /** Resolves true when the view has passed `position`, false when `timeoutMs` ran out first. */
  abstract waitFor(view: string, position: ViewPosition, timeoutMs: number): Promise<boolean>;
  /** Empties the view's collections and forgets its checkpoint. */
  abstract reset(view: string): Promise<void>;
  /** An empty copy of a declared view, to be filled from the beginning. */
  abstract beginRebuild(view: string): Promise<ViewCopy>;
}
