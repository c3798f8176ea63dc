import type { Instant, UserId } from '@tocsin/domain';
import { readIds, readInstant, readMany, readManyOf } from '@tocsin/platform/nest';
import type { QueryParameters } from '@tocsin/platform/nest';
import type { SeenConfiguration } from '@tocsin/messaging';
import type { Filter, IndexedValue } from '@tocsin/read-models';

export const ALERT_STATES = ['PENDING', 'ACCEPTED', 'RESOLVED'] as const;

/**
 * The filters of the alert list and count; only the list has one by policy. Older clients write `state`, `alert-source` and
 * `assigned-to`. A filter by a person nobody knows, or whom whoever asks does not see, finds nothing. @throws ProblemException 400 naming the parameter
 */
export const readAlertFilter = (
  query: QueryParameters,
  seen: Pick<SeenConfiguration, 'get' | 'find'>,
  { byPolicy = false }: { readonly byPolicy?: boolean } = {},
): Filter => {
  const chosen: Record<string, readonly IndexedValue[]> = {};
  const status = readManyOf(query, ['states', 'state'], ALERT_STATES);
  const source = readIds(query, 'sources', 'alert-source');
  const policy = byPolicy ? readIds(query, 'policies') : [];
  const people = readMany(query, 'responders', 'assigned-to');
  if (status.length > 0) chosen['status'] = status;
  if (source.length > 0) chosen['source'] = source;
  if (policy.length > 0) chosen['policy'] = policy;
  if (people.length > 0) chosen['responder'] = people.map((name) => userNamed(name, seen) ?? NOBODY);
  const from = readInstant(query, 'from');
  const until = readInstant(query, 'until');
  return { ...(Object.keys(chosen).length === 0 ? {} : { in: chosen }), ...timeRange(from, until) };
};

/** By id or by username (BEHAVIOUR B4). */
export const userNamed = (name: string, seen: Pick<SeenConfiguration, 'get' | 'find'>): UserId | undefined => {
  const byId = /^\d+$/.test(name) ? seen.get('user', Number(name)) : undefined;
  return (byId ?? seen.find('user', 'username', name))?.id;
};

const NOBODY = -1;

const timeRange = (from: Instant | undefined, until: Instant | undefined): Pick<Filter, 'range'> =>
  from === undefined && until === undefined
    ? {}
    : { range: { reportTime: { ...(from === undefined ? {} : { from }), ...(until === undefined ? {} : { until }) } } };
