import type { StoredEvent } from '@tocsin/event-store';
import type { Projection, Touched, WorkingSet } from './projection';
import type { CollectionChange, Document } from './read-store';

/** `null` is a document that is known not to exist. */
export type Known = Document | null;

export const documentKey = ({ collection, id }: Touched): string => `${collection}\u0000${typeof id}\u0000${id}`;

/** A batch of events being folded into documents: what was loaded, what has changed, and nothing of an event that failed. */
export class Folding {
  private readonly changed = new Map<string, { readonly touched: Touched; readonly known: Known }>();

  constructor(
    private readonly projection: Projection,
    private readonly loaded: ReadonlyMap<string, Known>,
  ) {}

  /** All of the event's changes, or none when the projection throws. */
  fold(event: StoredEvent, touched: readonly Touched[]): void {
    const allowed = new Set(touched.map(documentKey));
    const own = new Map<string, { readonly touched: Touched; readonly known: Known }>();
    const keyOf = (one: Touched): string => {
      const key = documentKey(one);
      if (!allowed.has(key))
        throw new Error(`${this.projection.name}: ${event.type} uses ${one.collection} ${one.id} without having named it`);
      return key;
    };
    const documents: WorkingSet = {
      get: <D extends Document>(collection: string, id: D['id']): D | undefined => {
        const key = keyOf({ collection, id });
        const known = own.get(key) ?? this.changed.get(key);
        const document = known === undefined ? this.loaded.get(key) : known.known;
        return (document ?? undefined) as D | undefined;
      },
      put: (collection, document) => {
        const one = { collection, id: document.id };
        own.set(keyOf(one), { touched: one, known: document });
      },
      remove: (collection, id) => {
        own.set(keyOf({ collection, id }), { touched: { collection, id }, known: null });
      },
    };
    this.projection.apply(event, documents);
    for (const [key, change] of own) this.changed.set(key, change);
  }

  changes(): CollectionChange[] {
    return [...this.changed.values()].map(({ touched, known }) => ({
      collection: touched.collection,
      change: known === null ? { remove: touched.id } : { put: known },
    }));
  }

  /** What is known of every document that changed. */
  known(): ReadonlyMap<string, Known> {
    return new Map([...this.changed].map(([key, { known }]) => [key, known]));
  }
}
