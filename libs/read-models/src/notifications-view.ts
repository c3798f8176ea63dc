import { evolveNotification, failingMethod, initialNotification, notificationStatus, triedOnce } from '@tocsin/domain';
import type {
  AlertId,
  ContactId,
  Instant,
  MethodFailing,
  Notification,
  NotificationEvent,
  NotificationMethod,
  NotificationPurpose,
  NotificationStatus,
  PlannedData,
  Tried,
  TriedFor,
  UserId,
  Way,
} from '@tocsin/domain';
import { archivedBy } from './archived-alerts';
import type { Projection } from './projection';
import type { CollectionDefinition, ReadStore } from './read-store';

export const NOTIFICATIONS_VIEW = 'notifications';

/**
 * One notification as the API and the outbox show it, with `status`, `state` and `reason` in the domain's words; names and
 * addresses are filled in when it is read.
 */
export interface NotificationDocument extends NotificationStatus {
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
  readonly provider?: string;
  readonly handedOverAt?: Instant;
  /** Whether providers took it, the last times that they were asked. What they said no to for good is about the message. */
  readonly tried?: Tried;
  /** The stream folded by the domain; everything that depends on the past is asked of it. */
  readonly notification: Exclude<Notification, { status: 'absent' }>;
}

export const evolveNotificationDocument = (
  document: NotificationDocument | undefined,
  stream: string,
  event: NotificationEvent,
): NotificationDocument | undefined => {
  const notification = evolveNotification(document?.notification ?? initialNotification, event);
  if (notification.status === 'absent') return undefined;
  const { status: _status, state: _state, reason: _reason, ...before } = document ?? planned(stream, notification.plan);
  return {
    ...before,
    ...changed(event),
    ...triedAgain(document, event),
    at: event.data.at,
    ...notificationStatus(notification),
    notification,
  };
};

const changed = (event: NotificationEvent): Partial<Pick<NotificationDocument, 'dueAt' | 'provider' | 'handedOverAt'>> => {
  switch (event.type) {
    case 'AttemptStarted':
    case 'Delivered':
      return { provider: event.data.provider };
    case 'HandedOver':
      return { provider: event.data.provider, handedOverAt: event.data.at };
    case 'AttemptFailed':
      return { dueAt: event.data.retryAt };
    case 'NotificationBroughtForward':
      return { dueAt: event.data.dueAt };
    default:
      return {};
  }
};

/** A receipt that says no comes from beyond the provider, which had taken the message. */
const triedAgain = (document: NotificationDocument | undefined, event: NotificationEvent): Partial<Pick<NotificationDocument, 'tried'>> => {
  if (event.type === 'HandedOver') return { tried: triedOnce(document?.tried, event.data.at, true) };
  const isUntaken = event.type === 'AttemptFailed' && event.data.permanent !== true && document?.notification.status === 'attempting';
  return isUntaken ? { tried: triedOnce(document.tried, event.data.at, false) } : {};
};

const planned = (stream: string, data: PlannedData): Omit<NotificationDocument, 'notification'> => ({
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
  status: 'SCHEDULED',
  state: 'planned',
});

/** Says that it reached the person: what stays in the outbox was sent to nobody. */
const hasArrived = ({ status, provider }: NotificationDocument): boolean => status === 'SUCCESS' && provider !== 'outbox';

const arrivedWay = (userId: UserId, { method, contactId }: Way): string => `${userId} ${method} ${contactId ?? ''}`;

/**
 * When something last arrived this way, of what is not in the archive yet; null: nothing did. @throws ReadStoreFault
 */
export const lastSuccess = async (readStore: ReadStore, userId: UserId, way: Way): Promise<Instant | null> => {
  const [last] = await readStore.find<NotificationDocument>(NOTIFICATIONS_VIEW, {
    in: { arrived: [arrivedWay(userId, way)] },
    sort: [{ field: 'at', descending: true }],
    skip: 0,
    limit: 1,
  });
  return last?.at ?? null;
};

/** So many messages say whether a method works: of more that fail at once the first is of the same minute. */
const LOOKED_AT = 100;

/**
 * Since when nothing is taken any more by this method, as the outcomes on record say, of whichever replica; undefined when
 * something is, or when nothing was tried. @throws ReadStoreFault
 */
export const methodFailing = async (readStore: ReadStore, method: NotificationMethod): Promise<MethodFailing | undefined> => {
  const last = async (limit: number): Promise<readonly TriedFor[]> => {
    const found = await readStore.find<NotificationDocument>(NOTIFICATIONS_VIEW, {
      in: { tried: [method] },
      sort: [{ field: 'triedAt', descending: true }],
      skip: 0,
      limit,
    });
    return found.flatMap(({ userId, tried }) => (tried === undefined ? [] : [{ userId, tried }]));
  };
  // It is asked often, and nearly always the newest one says that all is well.
  const [newest] = await last(1);
  return newest === undefined || newest.tried.taken ? undefined : failingMethod(await last(LOOKED_AT));
};

const collection: CollectionDefinition<NotificationDocument> = {
  name: NOTIFICATIONS_VIEW,
  version: 5,
  fields: {
    notificationId: (notification) => notification.notificationId,
    alert: (notification) => notification.alertId,
    user: (notification) => notification.userId,
    provider: (notification) => notification.provider,
    state: (notification) => notification.state,
    at: (notification) => notification.at,
    tried: (notification) => (notification.tried === undefined || notification.provider === 'outbox' ? undefined : notification.method),
    triedAt: (notification) => notification.tried?.at,
    arrived: (notification) => (hasArrived(notification) ? arrivedWay(notification.userId, notification) : undefined),
  },
  indexes: [
    ['alert', 'notificationId'],
    ['provider', 'at', 'notificationId'],
    ['arrived', 'at'],
    ['tried', 'triedAt'],
  ],
  counters: [],
};

/** Notifications of an alert, and what the outbox keeps. */
export const notificationsView: Projection = {
  name: NOTIFICATIONS_VIEW,
  prefixes: ['notification-', 'archive-'],
  collections: [collection],
  touches: (event) =>
    (archivedBy(event)?.flatMap(({ notifications }) => notifications) ?? [event.stream]).map((id) => ({
      collection: NOTIFICATIONS_VIEW,
      id,
    })),
  apply: (event, documents) => {
    const archived = archivedBy(event);
    if (archived !== undefined) {
      for (const id of archived.flatMap(({ notifications }) => notifications)) documents.remove(NOTIFICATIONS_VIEW, id);
      return;
    }
    const before = documents.get<NotificationDocument>(NOTIFICATIONS_VIEW, event.stream);
    const after = evolveNotificationDocument(before, event.stream, { type: event.type, data: event.data } as NotificationEvent);
    if (after !== undefined && after !== before) documents.put(NOTIFICATIONS_VIEW, after);
  },
};
