import type { StoredEvent } from '@tocsin/event-store';
import fc from 'fast-check';
import { Folding, documentKey, type Known } from '../folding';
import type { Projection } from '../projection';

type Documents = ReadonlyMap<string, Known>;

/**
 * P9 as a property: whatever batches the events come in, and whether documents stay in memory or come back from storage as
 * JSON, the same documents result as from one event at a time. Throws with fast-check's seed and the split when they do not;
 * a projection that changes a document it was given throws as well.
 */
export function rebuildEqualsLive(projection: Projection, events: readonly StoredEvent[], options: { readonly runs?: number } = {}): void {
  const live = folded(
    projection,
    events.map((event) => [event]),
    true,
  );
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 50 })), fc.boolean(), (sizes, throughJson) => {
      const rebuilt = folded(projection, split(events, sizes), throughJson);
      expect(Object.fromEntries(rebuilt)).toEqual(Object.fromEntries(live));
    }),
    { numRuns: options.runs ?? 50, verbose: 1 },
  );
}

function folded(projection: Projection, batches: readonly (readonly StoredEvent[])[], throughJson: boolean): Documents {
  const documents = new Map<string, Known>();
  for (const batch of batches) {
    const folding = new Folding(projection, documents);
    for (const event of batch) {
      const touched = projection.touches(event);
      for (const one of touched) {
        const known = documents.get(documentKey(one));
        if (known !== undefined) documents.set(documentKey(one), frozen(throughJson ? stored(known) : known));
      }
      if (touched.length > 0) folding.fold(event, touched);
    }
    for (const [key, known] of folding.known()) {
      if (known === null) documents.delete(key);
      else documents.set(key, frozen(throughJson ? stored(known) : known));
    }
  }
  return new Map([...documents].map(([key, known]) => [key, stored(known)]));
}

const stored = (known: Known): Known => JSON.parse(JSON.stringify(known)) as Known;

function split(events: readonly StoredEvent[], sizes: readonly number[]): (readonly StoredEvent[])[] {
  const batches: (readonly StoredEvent[])[] = [];
  let from = 0;
  for (const size of sizes) {
    batches.push(events.slice(from, from + size));
    from += size;
  }
  return [...batches, events.slice(from)];
}

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(frozen);
  }
  return value;
}
