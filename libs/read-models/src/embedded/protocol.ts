/** What the main thread and the store's thread say to each other. Types only: the thread's file shares no code with the rest. */
export type SqlValue = string | number | null;

/** A collection as the thread sees it: table and column names, already quoted, and the statements that make them. */
export interface Layout {
  readonly name: string;
  /** Anything that makes stored rows unusable when it changes. */
  readonly signature: string;
  readonly table: string;
  /** Columns of the declared fields, in their order. */
  readonly columns: readonly string[];
  readonly create: readonly string[];
  /** By field ordinal: the table of an array field's elements, made when its first array arrives. */
  readonly elements: readonly ElementsLayout[];
  readonly counters: readonly { readonly table: string; readonly fields: readonly number[] }[];
}

export interface ElementsLayout {
  readonly table: string;
  readonly create: readonly string[];
  /** Ordinals of the scalar fields that are repeated beside each element, so that its indexes can filter and sort by them. */
  readonly copies: readonly number[];
}

/** id, JSON text (null: remove), values of the declared fields in their order. */
export type Row = readonly [id: string | number, doc: string | null, values: readonly (SqlValue | readonly SqlValue[])[]];

export interface RowsOfCollection {
  readonly collection: string;
  /** Ordinals of all fields that are arrays, as far as the main thread knows. */
  readonly arrays: readonly number[];
  readonly rows: readonly Row[];
}

export interface ReadRequest {
  readonly op: 'read';
  readonly sql: string;
  readonly params: readonly SqlValue[];
  /** Where the documents are whose row numbers the query gives: their ids are the answer; without it the query's first column. */
  readonly idsOf?: string;
  /** It may have to look at any number of rows: writes go first while it runs, and it gives up after `budgetMs`. */
  readonly slow: boolean;
  readonly budgetMs: number;
}

/** As many documents as one turn of the event loop can bear, as JSON, and the ids of those that come after them. */
export interface DocumentsRead {
  readonly texts: readonly string[];
  readonly rest: readonly (string | number)[];
}

export type WriteRequest =
  | { readonly op: 'declare'; readonly view: string; readonly layouts: readonly Layout[] }
  | { readonly op: 'reset'; readonly view: string }
  /** The two change places, collections and checkpoints, unless `view` is further than `copy`; the answer says whether they did. */
  | { readonly op: 'exchange'; readonly view: string; readonly copy: string }
  | { readonly op: 'discard'; readonly view: string }
  | { readonly op: 'apply'; readonly view: string; readonly position: string; readonly batches: readonly RowsOfCollection[] };

export type StoreRequest = WriteRequest | ReadRequest | { readonly op: 'close' };

export interface DeclareAnswer {
  readonly position: string | null;
  /** Per collection the ordinals of the fields known to be arrays. */
  readonly arrays: Readonly<Record<string, readonly number[]>>;
}

export type StoreReply =
  | { readonly seq: number; readonly value: unknown }
  | { readonly seq: number; readonly error: { readonly reason: 'unavailable' | 'timeout' | 'bug'; readonly message: string } };
