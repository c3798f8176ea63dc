import { alertStream, escalationStream } from '@tocsin/domain';
import type { AlertEvent, AlertId, EscalationEvent } from '@tocsin/domain';
import { eventOf } from '@tocsin/event-store';
import type { EventStore, StoredEvent } from '@tocsin/event-store';
import { evolveAlertDocument } from './alert-document';
import type { AlertDocument } from './alert-document';

export interface AlertHistory {
  readonly document: AlertDocument;
  /** The alert's own events, in order. */
  readonly events: readonly StoredEvent[];
}

/**
 * The alert as its streams have it now, without any view: what decides whether a page is still wanted, and what answers
 * when the views are behind or away. Undefined when there is no such alert. @throws EventStoreFault
 */
export const readAlertFromStreams = async (store: EventStore, alertId: AlertId): Promise<AlertHistory | undefined> => {
  const [alert, escalation] = await Promise.all([store.readStream(alertStream(alertId)), store.readStream(escalationStream(alertId))]);
  return historyOf(
    alert,
    [...alert, ...escalation].sort((a, b) => (a.position < b.position ? -1 : 1)),
  );
};

/** The same as far as the alert's own stream says it: all but what the escalation does next. @throws EventStoreFault */
export const readAlertFromItsStream = async (store: EventStore, alertId: AlertId): Promise<AlertHistory | undefined> => {
  const alert = await store.readStream(alertStream(alertId));
  return historyOf(alert, alert);
};

const historyOf = (alert: readonly StoredEvent[], told: readonly StoredEvent[]): AlertHistory | undefined => {
  const document = told.map(eventOf<AlertEvent | EscalationEvent>).reduce<AlertDocument | undefined>(evolveAlertDocument, undefined);
  return document === undefined ? undefined : { document, events: alert };
};
