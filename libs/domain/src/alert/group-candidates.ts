import type { AlertId } from '../ids';
import { plusMs } from '../time';
import type { Alert } from './alert-state';
import { isOpen } from './alert-state';
import { normaliseAlertKey } from './alert-key';
import { openKey } from './alert-keys';
import type { AlertGroup, GroupEntry } from './alert-group';
import { firingKeys, guardedKeys, resolvedKeys, asOpenKey, type GroupingSettings, type KeyedToolEvent } from './tool-event';

/** An alert of the group, as its own stream has it. `absent`: the guard named it and its stream is still to be made. */
export interface Candidate {
  readonly entry: GroupEntry;
  readonly alert: Alert;
  /** The guard says that a key of the event was brought to it. */
  readonly byKey: boolean;
}

/** Two episodes, and the alert that the event itself opened or joined when it comes again after a crash. */
const ALERTS_LOOKED_BACK = 3;

const isPerKey = (settings: GroupingSettings): boolean => settings.alertCreation === 'ONE_ALERT_PER_EMAIL';

const hasKey = (entry: GroupEntry, event: KeyedToolEvent, settings: GroupingSettings): boolean =>
  isPerKey(settings) || guardedKeys(event).some((key) => entry.keys.includes(key));

const isOfMode = (entry: GroupEntry, event: KeyedToolEvent, { alertCreation }: GroupingSettings): boolean =>
  alertCreation !== 'ONE_ALERT_PER_EMAIL_SUBJECT' || entry.summary === event.summary?.trim();

const relevant = (event: KeyedToolEvent, settings: GroupingSettings, group: AlertGroup): readonly GroupEntry[] => {
  const lastEpisodes = new Set(group.entries.filter((entry) => hasKey(entry, event, settings)).slice(-ALERTS_LOOKED_BACK));
  return group.entries.filter(
    (entry) => lastEpisodes.has(entry) || (!entry.closed && (hasKey(entry, event, settings) || isOfMode(entry, event, settings))),
  );
};

const SWEPT_FROM = 200;
const SWEPT = 5;

/**
 * Alerts that are asked whether they are over although the event is not about them, in turn. Else the guard of a source that
 * groups by summary learned of no end but that of a summary that comes again, and the old alert that is still open would be
 * forgotten among many that are not (P2).
 */
const swept = ({ entries, version }: AlertGroup): readonly GroupEntry[] => {
  const mayBeOpen = entries.filter(({ closed }) => !closed);
  if (mayBeOpen.length <= SWEPT_FROM) return [];
  const from = (version * SWEPT) % mayBeOpen.length;
  return [...mayBeOpen, ...mayBeOpen].slice(from, from + SWEPT);
};

/** Which alerts of the group are over and not on record as such. */
export const newlyClosed = (
  candidates: readonly Candidate[],
  group: AlertGroup,
  alertOf: (alertId: AlertId) => Alert,
): readonly AlertId[] => {
  const lookedAt = new Set([...candidates.map(({ entry }) => entry), ...swept(group)]);
  return [...lookedAt].filter(({ alertId, closed }) => !closed && alertOf(alertId).status === 'resolved').map(({ alertId }) => alertId);
};

/** The alerts whose streams have to be read before deciding. */
export const alertsToLookUp = (
  event: KeyedToolEvent,
  eventId: string,
  settings: GroupingSettings,
  group: AlertGroup,
): readonly AlertId[] => [
  ...new Set([
    ...[...relevant(event, settings, group), ...swept(group)].map(({ alertId }) => alertId),
    ...group.recent.filter((recent) => recent.eventId === eventId).map(({ alertId }) => alertId),
  ]),
];

/** Newest first. */
export const candidatesOf = (
  event: KeyedToolEvent,
  settings: GroupingSettings,
  group: AlertGroup,
  alertOf: (alertId: AlertId) => Alert,
): readonly Candidate[] =>
  relevant(event, settings, group)
    .map((entry) => ({ entry, alert: alertOf(entry.alertId), byKey: hasKey(entry, event, settings) }))
    .reverse();

const mayTake = ({ alert }: Candidate): boolean => alert.status === 'absent' || isOpen(alert);

/** The open alert that a key of the event is open on (3.3: in addition to every mode), else the one that its group went to. */
export const heldByKey = (candidates: readonly Candidate[], event: KeyedToolEvent, settings: GroupingSettings): Candidate | undefined => {
  const possible = candidates.filter((candidate) => candidate.byKey && mayTake(candidate));
  if (isPerKey(settings)) return possible[0];
  const keys = [...firingKeys(event), ...resolvedKeys(event), ...ownKey(event)].map((key) => asOpenKey(key).key);
  const group = event.members === undefined ? undefined : normaliseAlertKey(event.alertKey);
  return (
    possible.find(({ alert }) => alert.status !== 'absent' && keys.some((key) => openKey(alert.keys, key) !== undefined)) ??
    possible.find(({ alert, entry }) => alert.status === 'absent' || (group !== undefined && entry.keys.includes(group)))
  );
};

const ownKey = ({ alertKey }: KeyedToolEvent) => (alertKey === undefined ? [] : [{ key: alertKey }]);

/** The open alert that the source's mode adds an ALERT to. */
export const takenByMode = (candidates: readonly Candidate[], event: KeyedToolEvent, settings: GroupingSettings): Candidate | undefined => {
  const open = candidates.filter(mayTake);
  switch (settings.alertCreation) {
    case 'ONE_ALERT_PER_EMAIL':
      return undefined;
    case 'ONE_ALERT_PER_EMAIL_SUBJECT':
      return open.find(({ entry }) => entry.summary === event.summary?.trim());
    case 'ONE_PENDING_ALERT_ALLOWED':
      return open.find(({ alert }) => alert.status !== 'accepted');
    case 'ONE_OPEN_ALERT_ALLOWED':
      return open[0];
    case 'ONE_ALERT_GROUPED_PER_WINDOW':
      // The window starts with its first alert; the newest alert's window is the one that can still be open.
      return open.find(({ entry }) => event.receivedAt < plusMs(entry.openedAt, settings.windowMs ?? 0));
  }
};

/** B20: an event without a key means an alert only where the source has one to mean. */
export const meantWithoutKey = (
  candidates: readonly Candidate[],
  { alertCreation }: GroupingSettings,
): Candidate | 'ambiguous' | undefined => {
  const open = candidates.filter(({ alert }) => isOpen(alert));
  const pending = alertCreation === 'ONE_PENDING_ALERT_ALLOWED' ? open.filter(({ alert }) => alert.status === 'pending') : [];
  const meant = pending.length > 0 ? pending : open;
  return meant.length > 1 ? 'ambiguous' : meant[0];
};
