import { instant, type Instant } from '../time';
import type { AlertEventOf } from './alert-events';
import { alertGuardStream, normaliseAlertKey } from './alert-key';

/**
 * A tool event can come again for as long as the bus keeps it, seven days: nothing may be forgotten before that which tells
 * that it has been seen.
 */
export const SHORTEST_RETENTION_DAYS = 8;

const DAY_MS = 86_400_000;

export interface Retention {
  /** 0 keeps all. */
  readonly days: number;
}

/** The UTC day of an instant, `2026-01-05`. */
export const dayOf = (at: Instant): string => new Date(at).toISOString().slice(0, 10);

/**
 * From when on an alert is exported and removed; undefined: never. Whole UTC days, so that what was resolved on one day goes
 * together. A resolution in the future was recorded by a clock that was wrong: nobody knows its age, and it is kept.
 */
export const expiryOf = (resolvedAt: Instant, { days }: Retention, now: Instant): Instant | undefined =>
  days <= 0 || resolvedAt > now + DAY_MS ? undefined : instant((Math.floor(resolvedAt / DAY_MS) + 1 + days) * DAY_MS);

/** The guard that has the alert on record; undefined for one that was raised by hand. */
export const guardStreamOf = (
  { sourceId, alertKey, grouping, tool }: AlertEventOf<'AlertRaised'>['data'],
  sha256: (text: string) => string,
): string | undefined => {
  if (tool === undefined) return undefined;
  if (grouping === 'mode') return alertGuardStream(sourceId, { type: 'source' }, sha256);
  const key = normaliseAlertKey(alertKey);
  return alertGuardStream(sourceId, key === undefined ? { type: 'event', eventId: tool.eventId } : { type: 'key', key }, sha256);
};
