import type { StoredEvent } from '@tocsin/event-store';
import type { CollectionDefinition, Document } from './read-store';

/** One document that an event reads or changes. */
export interface Touched {
  readonly collection: string;
  readonly id: string | number;
}

/** The documents of one event. Asking for one that `touches` did not name is a mistake and throws. */
export interface WorkingSet {
  get<D extends Document>(collection: string, id: D['id']): D | undefined;
  put<D extends Document>(collection: string, document: D): void;
  remove(collection: string, id: string | number): void;
}

/**
 * A view as a pure function of the log: the same events give the same documents, in any split into batches (P9). Documents
 * are values: `apply` puts a new one and never changes the one it was given.
 */
export interface Projection {
  /** The view's name. */
  readonly name: string;
  /** Stream prefixes it is built from, e.g. `['alert-', 'escalation-']`. */
  readonly prefixes: readonly string[];
  readonly collections: readonly CollectionDefinition<never>[];
  /** Documents the event reads or changes; empty when it is ignored. */
  touches(event: StoredEvent): readonly Touched[];
  apply(event: StoredEvent, documents: WorkingSet): void;
}
