// What the main thread and the writer thread say to each other. Types only: the writer is loaded from its source by Node itself.

export type ExpectedRevision = number | 'no_stream' | 'any';

export interface EventToAppend {
  readonly id: string;
  readonly type: string;
  /** JSON. */
  readonly data: string;
  /** JSON. */
  readonly metadata: string;
}

export interface MessageToPublish {
  readonly key: string | null;
  /** JSON of the whole message. */
  readonly body: string;
}

export interface TopicToDeclare {
  readonly name: string;
  readonly epoch: string;
  readonly compacted: boolean;
  readonly retentionDays: number;
}

export interface Topic extends TopicToDeclare {
  readonly id: number;
  /** Offset the next message gets. */
  readonly nextOffset: number;
}

export type WriteRequest =
  | {
      readonly kind: 'append';
      readonly stream: string;
      readonly category: string;
      readonly expected: ExpectedRevision;
      readonly events: readonly EventToAppend[];
    }
  | { readonly kind: 'delete-stream'; readonly stream: string; readonly expected: number | 'any' }
  | { readonly kind: 'keep-only-last'; readonly stream: string }
  | { readonly kind: 'save-checkpoint'; readonly processor: string; readonly position: string }
  | { readonly kind: 'declare'; readonly topics: readonly TopicToDeclare[] }
  | { readonly kind: 'publish'; readonly topic: string; readonly atMs: number; readonly messages: readonly MessageToPublish[] }
  | { readonly kind: 'commit-offset'; readonly topic: string; readonly group: string; readonly next: number }
  | { readonly kind: 'remove-expired'; readonly nowMs: number; readonly limit: number }
  | { readonly kind: 'read-synchronous' };

export type WriteOutcome =
  /** `position` and `revision` are those of the last event; `fresh` is false when the ids had been there before. */
  | { readonly kind: 'appended'; readonly revision: number; readonly position: number; readonly fresh: boolean }
  | { readonly kind: 'conflict'; readonly actual: number | 'no_stream' }
  | { readonly kind: 'declared'; readonly topics: readonly Topic[] }
  | { readonly kind: 'topic-changed'; readonly topic: string }
  | { readonly kind: 'published'; readonly firstOffset: number }
  | { readonly kind: 'no-topic' }
  | { readonly kind: 'removed'; readonly count: number }
  | { readonly kind: 'synchronous'; readonly value: number }
  | { readonly kind: 'done' };

export interface CommitError {
  readonly message: string;
  /** SQLite's result code, when it was SQLite that failed. */
  readonly sqliteCode?: number;
}

export type ToWriter = { readonly kind: 'write'; readonly requests: WriteRequest[] } | { readonly kind: 'close' };

/** Answers come in the order of the requests; `count` is how many requests one failed commit takes with it. */
export type FromWriter =
  | { readonly kind: 'ready'; readonly head: number; readonly topics: readonly Topic[] }
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'committed'; readonly outcomes: readonly WriteOutcome[] }
  | { readonly kind: 'not-committed'; readonly count: number; readonly error: CommitError }
  | { readonly kind: 'broken'; readonly error: CommitError };

export interface WriterData {
  readonly file: string;
  /** Test seam: one 32-bit word, see `commit-faults.ts`. */
  readonly faults?: SharedArrayBuffer;
}
