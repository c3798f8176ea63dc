import type { Filter, Query } from '../read-store';
import {
  bestIndex,
  completeSort,
  requestOf,
  smallestCounter,
  type ChosenIndex,
  type Range,
  type Request as AnyRequest,
} from '../query-request';
import { column, counterTable, elementsTable, indexName, tableOf, type Collection } from './layout';
import type { SqlValue } from './protocol';

export interface Plan {
  readonly sql: string;
  readonly params: readonly SqlValue[];
  /** Looks at no more rows than it skips and returns. */
  readonly bounded: boolean;
}

/**
 * Lets the store's thread see to its writes, and to the clock, in the middle of a long walk: about every thousandth row that
 * is looked at. The row number is scattered first, since a filter may well leave only odd ones, and the condition comes
 * first, since those behind it are not reached by rows that the filter turns down.
 */
const BREATHE = '((((x.n & 2147483647) * 2654435761) >> 13) & 1023 OR breathe())';

const MOST_REPEATED = 20_000;

type Request = AnyRequest<Collection>;

/** Row numbers of the documents asked for, in their order. */
export function planFind(collection: Collection, query: Query): Plan {
  const request = requestOf(collection, query);
  const sort = completeSort(collection, query);
  const index = bestIndex(request, sort);
  const alternatives = (request.anyOf ?? []).reduce((sum, wanted) => sum + [...wanted.values()].flat().length, 0);
  // Each walk of a merge has the alternatives once more, and a statement takes so many parameters.
  return index === undefined || index.branches * alternatives > MOST_REPEATED
    ? planWalk(request, sort, query)
    : planMerge(request, index, sort, query);
}

/** One walk of the index for each combination of values, merged by the sort as they go: nothing is collected and sorted. */
function planMerge(request: Request, index: ChosenIndex, order: Query['sort'], page: { skip: number; limit: number }): Plan {
  const sort = order.map(({ field }) => field);
  const { collection } = request;
  const table = index.arrayField === undefined ? tableOf(collection.stored) : elementsTable(collection.stored, index.arrayField);
  const here = new Set(index.arrayField === undefined ? ['id', ...collection.fields] : index.fields);
  const outside = [...request.in].filter(([field]) => !index.prefix.includes(field));
  const params: SqlValue[] = [];
  const bounded =
    outside.length === 0 && request.anyOf === undefined && request.ranges.every(([field]) => field === sort[0] && here.has(field));
  const keys = sort.map((field) => `x.${field === index.arrayField ? 'value' : column(field)}`);
  const branches = combine(index.prefix.map((field) => request.in.get(field) ?? [])).map((values) => {
    const conditions = values.map((value, i) => {
      const name = index.prefix[i] === index.arrayField ? 'x.value' : `x.${column(index.prefix[i] ?? '')}`;
      if (value === null) return `${name} IS NULL`;
      params.push(value);
      return `${name} = ?`;
    });
    for (const range of request.ranges) conditions.push(rangeCondition(request, range, here.has(range[0]), params));
    for (const [field, wanted] of outside) {
      // Elements are in a table of their own, whatever index is followed; their column in the row is empty.
      conditions.push(inCondition(request, field, wanted, here.has(field) && !collection.arrays.has(field), params));
    }
    conditions.push(...anyOfCondition(request, (field) => here.has(field) && !collection.arrays.has(field), params));
    if (!bounded) conditions.unshift(BREATHE);
    const name = indexName(collection.stored, index.ordinal, index.arrayField);
    return `SELECT x.n AS n, ${keys.map((key, i) => `${key} AS k${i}`).join(', ')} FROM ${table} x INDEXED BY ${name}${
      conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : ''
    }`;
  });
  if (branches.length === 0) return { sql: 'SELECT 1 WHERE 0', params: [], bounded: true };
  // A document that has two of the wanted elements comes twice, equal in every column.
  const union = (request.in.get(index.arrayField ?? '')?.length ?? 0) > 1 ? ' UNION ' : ' UNION ALL ';
  const keyOrder = order.map(({ descending }, i) => `k${i} ${descending ? 'DESC' : 'ASC'}`).join(', ');
  params.push(page.limit, page.skip);
  return { sql: `${branches.join(union)} ORDER BY ${keyOrder} LIMIT ? OFFSET ?`, params, bounded };
}

/** No declared index has this order behind these fields: look at every row that the filter leaves. */
function planWalk(request: Request, sort: Query['sort'], page: { skip: number; limit: number }): Plan {
  const params: SqlValue[] = [];
  const where = conditionsOf(request, params);
  const order = sort.map(({ field, descending }) => `x.${column(field)} ${descending ? 'DESC' : 'ASC'}`).join(', ');
  params.push(page.limit, page.skip);
  return {
    sql: `SELECT x.n FROM ${tableOf(request.collection.stored)} x WHERE ${where} ORDER BY ${order} LIMIT ? OFFSET ?`,
    params,
    bounded: false,
  };
}

/** A sum over a counter where one has the filter's fields, else a walk. */
export function planCount(collection: Collection, filter: Filter): Plan {
  const request = requestOf(collection, filter);
  const params: SqlValue[] = [];
  const ordinal = smallestCounter(request);
  if (ordinal === undefined) {
    const where = conditionsOf(request, params);
    return { sql: `SELECT count(*) FROM ${tableOf(collection.stored)} x WHERE ${where}`, params, bounded: false };
  }
  const conditions = [...request.in].map(([field, wanted]) => valuesCondition(`x.${column(field)}`, wanted, params));
  const where = conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : '';
  return { sql: `SELECT coalesce(sum(x.total), 0) FROM ${counterTable(collection.stored, ordinal)} x${where}`, params, bounded: true };
}

function conditionsOf(request: Request, params: SqlValue[]): string {
  const conditions = [...request.in].map(([field, wanted]) =>
    inCondition(request, field, wanted, !request.collection.arrays.has(field), params),
  );
  conditions.push(...anyOfCondition(request, (field) => !request.collection.arrays.has(field), params));
  for (const range of request.ranges) conditions.push(rangeCondition(request, range, true, params));
  return [BREATHE, ...conditions].join(' AND ');
}

function anyOfCondition(request: Request, inRow: (field: string) => boolean, params: SqlValue[]): readonly string[] {
  if (request.anyOf === undefined) return [];
  const alternatives = request.anyOf.map((wanted) => {
    const conditions = [...wanted].map(([field, values]) => inCondition(request, field, values, inRow(field), params));
    return conditions.length === 0 ? '1' : conditions.join(' AND ');
  });
  return [alternatives.length === 0 ? '0' : `(${alternatives.map((each) => `(${each})`).join(' OR ')})`];
}

function inCondition(request: Request, field: string, wanted: readonly SqlValue[], inRow: boolean, params: SqlValue[]): string {
  const { stored: name, arrays } = request.collection;
  if (inRow) return valuesCondition(`x.${column(field)}`, wanted, params);
  if (arrays.has(field)) {
    return `EXISTS (SELECT 1 FROM ${elementsTable(name, field)} e WHERE e.n = x.n AND ${valuesCondition('e.value', wanted, params)})`;
  }
  return `EXISTS (SELECT 1 FROM ${tableOf(name)} d WHERE d.n = x.n AND ${valuesCondition(`d.${column(field)}`, wanted, params)})`;
}

function rangeCondition(request: Request, [field, from, until]: Range, inRow: boolean, params: SqlValue[]): string {
  const { stored: name, arrays } = request.collection;
  const isArray = arrays.has(field);
  const key = isArray ? 'e.value' : inRow ? `x.${column(field)}` : `d.${column(field)}`;
  const bounds = [...bound(key, '>=', from, params), ...bound(key, '<', until, params)];
  const condition = bounds.length > 0 ? bounds.join(' AND ') : `${key} IS NOT NULL`;
  if (isArray) return `EXISTS (SELECT 1 FROM ${elementsTable(name, field)} e WHERE e.n = x.n AND ${condition})`;
  return inRow ? condition : `EXISTS (SELECT 1 FROM ${tableOf(name)} d WHERE d.n = x.n AND ${condition})`;
}

/** A bound is compared with values of its own kind only; SQLite alone would put every text above every number. */
function bound(key: string, operator: '>=' | '<', value: SqlValue | undefined, params: SqlValue[]): string[] {
  if (value === undefined) return [];
  params.push(value);
  return [`${key} ${operator} ?`];
}

function valuesCondition(key: string, wanted: readonly SqlValue[], params: SqlValue[]): string {
  const values = wanted.filter((value): value is string | number => value !== null);
  params.push(...values);
  const listed = values.length > 0 ? `${key} IN (${values.map(() => '?').join(', ')})` : '0';
  return values.length < wanted.length ? `(${listed} OR ${key} IS NULL)` : listed;
}

function combine(lists: readonly (readonly SqlValue[])[]): readonly (readonly SqlValue[])[] {
  return lists.reduce<readonly (readonly SqlValue[])[]>((made, list) => made.flatMap((start) => list.map((one) => [...start, one])), [[]]);
}
