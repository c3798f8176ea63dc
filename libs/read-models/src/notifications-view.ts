import type {
  AlertId,
  CancelReason,
  ContactId,
  Instant,
  NotificationEvent,
  NotificationMethod,
  NotificationPurpose,
  UserId,
} from '@tocsin/domain';
import type { Projection } from './projection';
import type { CollectionDefinition } from './read-store';

export const NOTIFICATIONS_VIEW = 'notifications';

/** One notification as the API and the outbox show it; names and addresses are filled in when it is read. */
export interface NotificationDocument {
  /** The stream's name. */
  readonly id: string;
  readonly notificationId: number;
  readonly alertId: AlertId | null;
  readonly userId: UserId;
  readonly purpose: NotificationPurpose;
  readonly method: NotificationMethod;
  readonly contactId?: ContactId;
  /** Revision of the alert's fact that it was planned from. */
  readonly alertRevision?: number;
  readonly plannedAt: Instant;
  readonly dueAt: Instant;
  /** When it last changed. */
  readonly at: Instant;
  readonly state: 'planned' | 'attempting' | 'retrying' | 'handed-over' | 'delivered' | 'failed' | 'cancelled' | 'held';
  readonly reason?: string;
  readonly provider?: string;
  /** The provider gives receipts, so that handed over is not yet a success. */
  readonly receiptExpected?: boolean;
  readonly handedOverAt?: Instant;
}

/** B7: what the API's three words make of our states. Cancelled ones have none of them; they are listed on request only. */
export const notificationStatus = (document: NotificationDocument): 'SCHEDULED' | 'SUCCESS' | 'ERROR' => {
  switch (document.state) {
    case 'planned':
    case 'attempting':
    case 'retrying':
    case 'held':
      return 'SCHEDULED';
    case 'handed-over':
      return document.receiptExpected === true ? 'SCHEDULED' : 'SUCCESS';
    case 'delivered':
      return 'SUCCESS';
    case 'failed':
    case 'cancelled':
      return 'ERROR';
  }
};

export const evolveNotificationDocument = (
  document: NotificationDocument | undefined,
  stream: string,
  event: NotificationEvent,
): NotificationDocument | undefined => {
  if (event.type === 'NotificationPlanned') return planned(stream, event.data);
  if (document === undefined) return undefined;
  const changed = { ...document, at: event.data.at };
  switch (event.type) {
    case 'AttemptStarted':
      return { ...changed, state: 'attempting', provider: event.data.provider };
    case 'HandedOver':
      return {
        ...changed,
        state: 'handed-over',
        provider: event.data.provider,
        receiptExpected: event.data.receiptExpected,
        handedOverAt: event.data.at,
      };
    case 'Delivered':
      return { ...changed, state: 'delivered', provider: event.data.provider };
    case 'AttemptFailed':
      return { ...changed, state: 'retrying', reason: event.data.reason, dueAt: event.data.retryAt };
    case 'NotificationFailed':
      return { ...changed, state: 'failed', reason: event.data.reason };
    case 'NotificationCancelled':
      return { ...changed, state: 'cancelled', reason: event.data.reason satisfies CancelReason };
    case 'NotificationHeld':
      return { ...changed, state: 'held', reason: event.data.reason };
    default:
      return document;
  }
};

const planned = (stream: string, data: Extract<NotificationEvent, { type: 'NotificationPlanned' }>['data']): NotificationDocument => ({
  id: stream,
  notificationId: data.notificationId,
  alertId: data.alertId ?? null,
  userId: data.userId,
  purpose: data.purpose,
  method: data.method,
  ...(data.contactId === undefined ? {} : { contactId: data.contactId }),
  ...(data.alertRevision === undefined ? {} : { alertRevision: data.alertRevision }),
  plannedAt: data.at,
  dueAt: data.dueAt,
  at: data.at,
  state: 'planned',
});

const collection: CollectionDefinition<NotificationDocument> = {
  name: NOTIFICATIONS_VIEW,
  version: 1,
  fields: {
    notificationId: (notification) => notification.notificationId,
    alert: (notification) => notification.alertId,
    user: (notification) => notification.userId,
    provider: (notification) => notification.provider,
    state: (notification) => notification.state,
    at: (notification) => notification.at,
  },
  indexes: [
    ['alert', 'notificationId'],
    ['provider', 'at', 'notificationId'],
  ],
  counters: [],
};

/** Notifications of an alert, and what the outbox keeps. */
export const notificationsView: Projection = {
  name: NOTIFICATIONS_VIEW,
  prefixes: ['notification-'],
  collections: [collection],
  touches: (event) => [{ collection: NOTIFICATIONS_VIEW, id: event.stream }],
  apply: (event, documents) => {
    const before = documents.get<NotificationDocument>(NOTIFICATIONS_VIEW, event.stream);
    const after = evolveNotificationDocument(before, event.stream, { type: event.type, data: event.data } as NotificationEvent);
    if (after !== undefined && after !== before) documents.put(NOTIFICATIONS_VIEW, after);
  },
};
