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
  const document = [...alert, ...escalation]
    .sort((a, b) => (a.position < b.position ? -1 : 1))
    .map(eventOf<AlertEvent | EscalationEvent>)
    .reduce<AlertDocument | undefined>(evolveAlertDocument, undefined);
  return document === undefined ? undefined : { document, events: alert };
};
