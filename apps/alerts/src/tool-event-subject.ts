import { createHash } from 'node:crypto';
import type { ToolEvent } from '@tocsin/contracts';
import { alertGuardStream, exactDurationMs, isOpen, normaliseAlertKey, wasApplied } from '@tocsin/domain';
import type { Alert, AlertGuardScope, AlertId, AlertSource, GroupingSettings, KeyedToolEvent, ToolEventDecision } from '@tocsin/domain';
import type { ConfigurationReader, Message } from '@tocsin/messaging';
import { priorityOf } from './policy-snapshot';

/** A tool event with all that says which alert it belongs to. */
export interface Subject {
  readonly source: AlertSource;
  readonly event: ToolEvent;
  readonly keyed: KeyedToolEvent;
  readonly settings: GroupingSettings;
  readonly scope: AlertGuardScope;
  readonly guardStream: string;
}

export interface Decided {
  readonly decision: ToolEventDecision;
  /** Version of the guard that it was decided from. */
  readonly seen: number;
  readonly alerts: ReadonlyMap<AlertId, Alert>;
}

export const knows = (alert: Alert, { id, epoch, partition, offset }: Message): boolean =>
  alert.status !== 'absent' && wasApplied(alert.tool, id, { epoch, partition, offset });

/** Whether the guard of the former grouping has the last word on the event. */
export const isSettled = ({ decision, alerts }: Decided, { eventType }: KeyedToolEvent): boolean => {
  switch (decision.type) {
    case 'drop':
      return decision.reason === 'duplicate';
    case 'open':
      return decision.alertId !== undefined;
    case 'apply':
      return eventType === 'ALERT' || isOpen(alerts.get(decision.alertId) ?? { status: 'absent' });
  }
};

export const keyedEvent = (source: AlertSource, event: ToolEvent): KeyedToolEvent => {
  const { priority: _priority, ...rest } = event;
  // B22: where the event's own word counts it moves open alerts too, else the source's rule has spoken when they were raised.
  return event.priority === undefined || priorityOf(source, event) !== event.priority ? rest : { ...rest, priority: event.priority };
};

export const groupingOf = ({ alertCreation, alertGroupingWindow }: AlertSource): GroupingSettings => ({
  alertCreation,
  ...(alertGroupingWindow === undefined ? {} : { windowMs: exactDurationMs(alertGroupingWindow) }),
});

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * A source that was edited may have been grouped otherwise, and alerts of that time stand in the other kind of guard. What
 * belongs to one of them stays there, so that a key has one open alert over such a change, too (P2). A window of no length
 * takes nothing but by key.
 */
export const beforeRegrouping = (subject: Subject, configuration: ConfigurationReader): Subject | undefined => {
  const { source, keyed, scope } = subject;
  const key = normaliseAlertKey(keyed.alertKey);
  if (key === undefined || configuration.revision('source', source.id) < 1) return undefined;
  const former: AlertGuardScope = scope.type === 'source' ? { type: 'key', key } : { type: 'source' };
  const settings: GroupingSettings =
    former.type === 'key' ? { alertCreation: 'ONE_ALERT_PER_EMAIL' } : { alertCreation: 'ONE_ALERT_GROUPED_PER_WINDOW', windowMs: 0 };
  return { ...subject, scope: former, settings, guardStream: alertGuardStream(source.id, former, sha256) };
};
