import { storedValue, type DeclaredCollection, type StoredValue } from './declared-collection';
import type { Filter, Query } from './read-store';

export type Range = readonly [field: string, from: StoredValue | undefined, until: StoredValue | undefined];

/** A filter in the words of its collection. */
export interface Request<C extends DeclaredCollection = DeclaredCollection> {
  readonly collection: C;
  readonly in: ReadonlyMap<string, readonly StoredValue[]>;
  readonly ranges: readonly Range[];
}

/** A declared index that has the wanted order behind fields that are filtered by value. */
export interface ChosenIndex {
  readonly ordinal: number;
  readonly fields: readonly string[];
  readonly prefix: readonly string[];
  /** Walks of it, one for each combination of values. */
  readonly branches: number;
  readonly arrayField: string | undefined;
}

/** More branches than this, and one walk that checks each row is cheaper than the merge. */
const MOST_BRANCHES = 48;

export function requestOf<C extends DeclaredCollection>(collection: C, filter: Filter): Request<C> {
  const request = {
    collection,
    in: new Map(Object.entries(filter.in ?? {}).map(([field, values]) => [field, [...new Set(values.map(storedValue))]])),
    ranges: Object.entries(filter.range ?? {}).map(([field, { from, until }]): Range => [field, from, until]),
  };
  for (const field of [...request.in.keys(), ...request.ranges.map(([name]) => name)]) collection.mustHave(field);
  return request;
}

/** Every list has one order, so that pages neither repeat nor skip. */
export function completeSort(collection: DeclaredCollection, { sort }: Query): Query['sort'] {
  for (const { field } of sort) collection.mustHave(field);
  return sort.some(({ field }) => field === 'id') ? sort : [...sort, { field: 'id', descending: sort.at(-1)?.descending ?? false }];
}

export function bestIndex(request: Request, order: Query['sort']): ChosenIndex | undefined {
  const { collection } = request;
  const sort = order.map(({ field }) => field);
  if (order.some(({ descending }) => descending !== order[0]?.descending)) return undefined;
  let best: ChosenIndex | undefined;
  collection.indexes.forEach((fields, ordinal) => {
    const arrayField = fields.find((field) => collection.arrays.has(field));
    if (arrayField !== undefined && !request.in.has(arrayField)) return;
    for (let length = 0; length <= fields.length - sort.length; length += 1) {
      const prefix = fields.slice(0, length);
      if (!prefix.every((field) => request.in.has(field))) return;
      if (!sort.every((field, i) => fields[length + i] === field)) continue;
      if (arrayField !== undefined && !prefix.includes(arrayField)) continue;
      const branches = prefix.reduce((product, field) => product * (request.in.get(field)?.length ?? 1), 1);
      if (branches > MOST_BRANCHES) continue;
      const better = best === undefined || prefix.length > best.prefix.length;
      const sameButNarrower = prefix.length === best?.prefix.length && fields.length > best.fields.length;
      if (better || sameButNarrower) best = { ordinal, fields, prefix, branches, arrayField };
    }
  });
  return best;
}

/** Ordinal of the counter that answers the filter by a look-up. */
export function smallestCounter({ collection, in: wanted, ranges }: Request): number | undefined {
  if (ranges.length > 0) return undefined;
  let best: number | undefined;
  collection.counters.forEach((fields, ordinal) => {
    const covers = [...wanted.keys()].every((field) => fields.includes(field));
    // A document is counted once under each of its elements: right for one of them, too often for several or for none.
    const exact = fields.every((field) => !collection.arrays.has(field) || wanted.get(field)?.length === 1);
    if (covers && exact && (best === undefined || fields.length < (collection.counters[best]?.length ?? 0))) best = ordinal;
  });
  return best;
}
