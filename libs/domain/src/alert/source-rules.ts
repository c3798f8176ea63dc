import type { AlertPriority, AlertSource, EscalationPolicy } from '../configuration/resources';
import { exactDurationMs } from '../oncall/iso-duration';
import { isDuringSupportHours, type SupportTimes } from '../oncall/support-hours';
import { plusMs, type Instant } from '../time';
import type { GroupingSettings, KeyedToolEvent } from './tool-event';
import type { AlertEvent } from './alert-events';
import { normaliseAlertKey, type AlertGuardScope } from './alert-key';

type Says<Field extends keyof AlertSource> = Pick<AlertSource, Field>;

/** BEHAVIOUR B22: the event's priority wins for API-type sources, and for the dedicated types that ilert lists. */
const isHeard = ({ integrationType }: Says<'integrationType'>): boolean => integrationType === 'API' || integrationType === 'GRAFANA';

/**
 * What an alert that opens at `at` has unless it says otherwise. Support hours choose between HIGH and LOW and never keep an
 * alert back; where they are gone nobody can say that it can wait.
 */
export const usualPriority = (
  { alertPriorityRule, supportHours }: Says<'alertPriorityRule' | 'supportHours'>,
  times: SupportTimes | undefined,
  at: Instant,
): AlertPriority => {
  if (supportHours === undefined) return alertPriorityRule;
  if (times === undefined) return 'HIGH';
  const isHigh = isDuringSupportHours(times, at) === (supportHours.during === 'HIGH');
  return isHigh ? 'HIGH' : 'LOW';
};

export const priorityOf = (source: Says<'integrationType'>, said: AlertPriority | undefined, usual: AlertPriority): AlertPriority =>
  (isHeard(source) ? said : undefined) ?? usual;

/** The event as grouping sees it: with a priority only where its own word counts, which then moves open alerts, too (B22). */
export const keyedBy = (source: Says<'integrationType'>, { priority, ...event }: KeyedToolEvent): KeyedToolEvent =>
  priority === undefined || !isHeard(source) ? event : { ...event, priority };

export const groupingOf = ({ alertCreation, alertGroupingWindow }: Says<'alertCreation' | 'alertGroupingWindow'>): GroupingSettings => ({
  alertCreation,
  ...(alertGroupingWindow === undefined ? {} : { windowMs: exactDurationMs(alertGroupingWindow) }),
});

/** When the source resolves an alert that opens at `at` by itself, whoever opened it; undefined: never. */
export const autoResolveAt = ({ autoResolutionTimeout }: Says<'autoResolutionTimeout'>, at: Instant): Instant | undefined =>
  autoResolutionTimeout === undefined ? undefined : plusMs(at, exactDurationMs(autoResolutionTimeout));

/**
 * Events with the same lane keep their order: those of one key, and all of a source where keys do not decide alone which
 * alert they belong to.
 */
export const laneOf = ({ id, alertCreation }: Says<'id' | 'alertCreation'>, alertKey: string | undefined): string =>
  alertKey === undefined || alertCreation !== 'ONE_ALERT_PER_EMAIL' ? `${id}` : `${id}:${normaliseAlertKey(alertKey) ?? ''}`;

/** Of several between commas, in the order of their worth. */
export const routingKeysIn = (routingKey: string | undefined): readonly string[] =>
  (routingKey ?? '').split(',').filter((key) => key.trim() !== '');

/** The policy with the first of the routing keys that some policy has, else the source's own. */
export const policyFor = (
  { escalationPolicyId }: Says<'escalationPolicyId'>,
  routingKey: string | undefined,
  policies: { routedBy(key: string): EscalationPolicy | undefined; byId(id: number): EscalationPolicy | undefined },
): EscalationPolicy | undefined => {
  for (const key of routingKeysIn(routingKey)) {
    const routed = policies.routedBy(key);
    if (routed !== undefined) return routed;
  }
  return policies.byId(escalationPolicyId);
};

/**
 * Where alerts of the event's key stand in the guards when they were opened while the source was grouped otherwise. A window
 * of no length takes nothing but by key. Undefined: an event without a key belongs to none of them.
 */
export const formerGrouping = (
  { alertKey }: Pick<KeyedToolEvent, 'alertKey'>,
  now: AlertGuardScope,
): { readonly scope: AlertGuardScope; readonly settings: GroupingSettings } | undefined => {
  const key = normaliseAlertKey(alertKey);
  if (key === undefined) return undefined;
  return now.type === 'source'
    ? { scope: { type: 'key', key }, settings: { alertCreation: 'ONE_ALERT_PER_EMAIL' } }
    : { scope: { type: 'source' }, settings: { alertCreation: 'ONE_ALERT_GROUPED_PER_WINDOW', windowMs: 0 } };
};

/** What the durable timer of an alert holds after this event; undefined: nothing changes. */
export const autoResolutionDueOf = (event: AlertEvent): { readonly dueAt: Instant | null } | undefined => {
  if (event.type === 'AlertRaised') return event.data.autoResolveAt === undefined ? undefined : { dueAt: event.data.autoResolveAt };
  return event.type === 'AlertResolved' ? { dueAt: null } : undefined;
};
