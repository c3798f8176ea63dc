import type { mongo } from 'mongoose';
import { bestIndex, completeSort, requestOf, smallestCounter, type Range, type Request, type Wanted } from '../query-request';
import type { Filter, Query } from '../read-store';
import type { StoredValue } from '../declared-collection';
import { indexKey, key, type StoredCollection } from './stored-view';

type Condition = mongo.Filter<mongo.BSON.Document>;

export interface FindPlan {
  readonly filter: Condition;
  readonly sort: Readonly<Record<string, 1 | -1>>;
  /** The declared index that has the order; without one the server looks at what the filter leaves. */
  readonly hint?: Readonly<Record<string, 1>>;
}

export type CountPlan = { readonly by: 'counter'; readonly filter: Condition } | { readonly by: 'documents'; readonly filter: Condition };

/** `undefined`: nothing can be found. */
export function planFind(collection: StoredCollection, query: Query): FindPlan | undefined {
  const request = requestOf(collection, query);
  const sort = completeSort(collection, query);
  if (query.limit === 0 || findsNothing(request)) return undefined;
  const index = bestIndex(request, sort);
  return {
    filter: filterOf(request),
    sort: Object.fromEntries(sort.map(({ field, descending }) => [key(field), descending ? -1 : 1])),
    ...(index === undefined ? {} : { hint: indexKey(index.fields) }),
  };
}

export function planCount(collection: StoredCollection, filter: Filter): CountPlan | undefined {
  const request = requestOf(collection, filter);
  if (findsNothing(request)) return undefined;
  const counter = smallestCounter(request);
  if (counter === undefined) return { by: 'documents', filter: filterOf(request) };
  const wanted = [...request.in].map(([field, values]) => oneOf(key(field), values));
  return { by: 'counter', filter: { $and: [{ c: counter }, ...wanted] } };
}

const findsNothing = ({ in: wanted, anyOf }: Request): boolean =>
  [...wanted.values()].some((values) => values.length === 0) || anyOf?.length === 0;

function filterOf({ collection, in: wanted, ranges, anyOf }: Request): Condition {
  const all = (each: Wanted): Condition[] =>
    [...each].map(([field, values]) =>
      // An array holds nothing that is null, and an empty one is not null either.
      oneOf(key(field), collection.arrays.has(field) ? values.filter((value) => value !== null) : values),
    );
  const alternatives = anyOf?.map((each) => (each.size === 0 ? {} : { $and: all(each) }));
  const conditions = [
    ...all(wanted),
    ...(alternatives === undefined ? [] : [{ $or: alternatives }]),
    ...ranges.map((range) => within(range, collection.arrays.has(range[0]))),
  ];
  return conditions.length === 0 ? {} : { $and: conditions };
}

const oneOf = (name: string, values: readonly StoredValue[]): Condition =>
  values.length === 1 ? { [name]: values[0] } : { [name]: { $in: values } };

/** MongoDB compares a bound with values of its own kind only, as the port has it. */
function within([field, from, until]: Range, isArray: boolean): Condition {
  const bounds = { ...(from === undefined ? {} : { $gte: from }), ...(until === undefined ? {} : { $lt: until }) };
  const condition = Object.keys(bounds).length === 0 ? { $ne: null } : bounds;
  // Else one element may be above the one bound, and another below the other.
  return { [key(field)]: isArray ? { $elemMatch: condition } : condition };
}
