import { storedValue, type DeclaredCollection, type StoredValue } from './declared-collection';
import type { Filter, Query } from './read-store';

export type Range = readonly [field: string, from: StoredValue | undefined, until: StoredValue | undefined];

/** A filter in the words of its collection. */
export interface Request<C extends DeclaredCollection = DeclaredCollection> {
  readonly collection: C;
  readonly in: Wanted;
  readonly ranges: readonly Range[];
  /** Undefined: nothing is asked. */
  readonly anyOf: readonly Wanted[] | undefined;
}

/** Values by field, all of which a document has. */
export type Wanted = ReadonlyMap<string, readonly StoredValue[]>;

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
    in: wantedIn(filter.in ?? {}),
    anyOf: filter.anyOf?.map(wantedIn),
    ranges: Object.entries(filter.range ?? {}).map(([field, { from, until }]): Range => [field, from, until]),
  };
  const alternatives = (request.anyOf ?? []).flatMap((wanted) => [...wanted.keys()]);
  for (const field of [...request.in.keys(), ...alternatives, ...request.ranges.map(([name]) => name)]) collection.mustHave(field);
  return request;
}

const wantedIn = (wanted: NonNullable<Filter['in']>): Wanted =>
  new Map(Object.entries(wanted).map(([field, values]) => [field, [...new Set(values.map(storedValue))]]));

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
export function smallestCounter({ collection, in: wanted, ranges, anyOf }: Request): number | undefined {
  if (ranges.length > 0 || anyOf !== undefined) return undefined;
  let best: number | undefined;
  collection.counters.forEach((fields, ordinal) => {
    const covers = [...wanted.keys()].every((field) => fields.includes(field));
    // A document is counted once under each of its elements: right for one of them, too often for several or for none.
    const exact = fields.every((field) => !collection.arrays.has(field) || wanted.get(field)?.length === 1);
    if (covers && exact && (best === undefined || fields.length < (collection.counters[best]?.length ?? 0))) best = ordinal;
  });
  return best;
}
