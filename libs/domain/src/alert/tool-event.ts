import type { AlertCreation, AlertPriority } from '../configuration/resources';
import type { AlertSourceId } from '../ids';
import type { Instant } from '../time';
import type { ToolKey } from './alert-commands';
import type { EventComment } from './alert-events';
import { normaliseAlertKey, type AlertGuardScope, type OpenKey } from './alert-key';

/** What matters of a tool event for which alert it belongs to; the message on the bus has all of it. */
export interface KeyedToolEvent {
  readonly sourceId: AlertSourceId;
  readonly eventType: 'ALERT' | 'ACCEPT' | 'RESOLVE' | 'COMMENT';
  readonly receivedAt: Instant;
  readonly alertKey?: string;
  readonly episode?: string;
  readonly members?: readonly {
    readonly key: string;
    readonly episode: string;
    readonly state: 'firing' | 'resolved';
    readonly summary: string;
  }[];
  readonly summary?: string;
  readonly details?: string;
  /** What the event itself asks for, after B22; absent leaves an open alert's priority. */
  readonly priority?: AlertPriority;
  readonly comments?: readonly EventComment[];
}

export interface GroupingSettings {
  readonly alertCreation: AlertCreation;
  /** With ONE_ALERT_GROUPED_PER_WINDOW. */
  readonly windowMs?: number;
}

/** Undefined: without a key there is nothing that an ACCEPT, RESOLVE or COMMENT could mean here (B20). */
export const alertGuardScope = (
  event: Pick<KeyedToolEvent, 'eventType' | 'alertKey'>,
  settings: GroupingSettings,
  eventId: string,
): AlertGuardScope | undefined => {
  if (settings.alertCreation !== 'ONE_ALERT_PER_EMAIL') return { type: 'source' };
  const key = normaliseAlertKey(event.alertKey);
  if (key !== undefined) return { type: 'key', key };
  return event.eventType === 'ALERT' ? { type: 'event', eventId } : undefined;
};

/** The keys that fire with the event: the group's members, else its own key. */
export const firingKeys = ({ eventType, alertKey, episode, members, summary }: KeyedToolEvent): readonly ToolKey[] => {
  if (eventType !== 'ALERT') return [];
  if (members !== undefined) return members.filter(({ state }) => state === 'firing');
  return single(alertKey, episode, summary);
};

export const resolvedKeys = ({ eventType, alertKey, episode, members }: KeyedToolEvent): readonly ToolKey[] => {
  if (members !== undefined) return members.filter(({ state }) => state === 'resolved');
  return eventType === 'RESOLVE' ? single(alertKey, episode, undefined) : [];
};

const single = (alertKey: string | undefined, episode: string | undefined, summary: string | undefined): readonly ToolKey[] =>
  alertKey === undefined || normaliseAlertKey(alertKey) === undefined
    ? []
    : [{ key: alertKey, ...(episode === undefined ? {} : { episode }), ...(summary === undefined ? {} : { summary }) }];

/** Under which the guard of a source finds the alert again: the group's own key and its members. */
export const guardedKeys = ({ alertKey, members }: KeyedToolEvent): readonly string[] => [
  ...new Set([alertKey, ...(members ?? []).map(({ key }) => key)].map(normaliseAlertKey).filter((key) => key !== undefined)),
];

export const asOpenKey = ({ key, episode }: ToolKey): OpenKey => ({
  key: normaliseAlertKey(key) ?? '',
  ...(episode === undefined ? {} : { episode }),
});
