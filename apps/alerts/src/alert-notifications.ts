import { pageSubject } from '@tocsin/channels';
import { publicUserRel } from '@tocsin/contracts';
import type { PublicNotification, ResourceLookup } from '@tocsin/contracts';
import { toIso } from '@tocsin/domain';
import type { AlertId, Editor } from '@tocsin/domain';
import { Views } from '@tocsin/platform';
import { NOTIFICATIONS_VIEW, ReadStore } from '@tocsin/read-models';
import type { AlertDocument, NotificationDocument } from '@tocsin/read-models';
import { AlertSight } from './alert-sight';
import { AlertStreams } from './alert-streams';

export interface ListedNotifications {
  /** Newest first. */
  readonly notifications: readonly PublicNotification[];
  /** The view had not caught up in time. */
  readonly stale: boolean;
}

/** More than this on one alert are not listed. */
const MOST = 1_000;

/** Who was told of an alert, how, and what became of it. */
export class AlertNotifications {
  constructor(
    private readonly parts: {
      readonly alerts: AlertStreams;
      readonly readStore: ReadStore;
      readonly views: Views;
      readonly sight: AlertSight;
      readonly visibleWithinMs: number;
    },
  ) {}

  /** Cancelled ones are left out unless asked for or taken by the provider all the same (B7). @throws Rejection `alert-not-found`, ReadStoreFault */
  async list(alertId: AlertId, { cancelled }: { readonly cancelled: boolean }, by: Editor): Promise<ListedNotifications> {
    const { alerts, readStore, views, sight, visibleWithinMs } = this.parts;
    const alert = await alerts.document(alertId);
    const stale = !(await views.upToDate(NOTIFICATIONS_VIEW, visibleWithinMs));
    const documents = await readStore.find<NotificationDocument>(NOTIFICATIONS_VIEW, {
      in: { alert: [alertId] },
      sort: [{ field: 'notificationId', descending: true }],
      skip: 0,
      limit: MOST,
    });
    const listed = documents.filter(({ state, status }) => cancelled || state !== 'cancelled' || status === 'SUCCESS');
    const lookup = sight.lookupFor(alert, by);
    return { notifications: listed.map((document) => publicNotification(document, alert, lookup)), stale };
  }
}

const publicNotification = (document: NotificationDocument, alert: AlertDocument, lookup: ResourceLookup): PublicNotification => {
  const { userId, contactId, status, state, reason } = document;
  const user = lookup.get('user', userId);
  const { firstName, lastName } = publicUserRel(userId, lookup);
  const target = user?.contacts.find(({ id }) => id === contactId)?.target;
  return {
    id: document.notificationId,
    method: document.method,
    ...(target === undefined ? {} : { target }),
    subject: pageSubject({ language: user?.language ?? 'en', alert }),
    alertId: alert.id,
    user: { id: userId, firstname: firstName, lastname: lastName },
    notificationTime: toIso(document.handedOverAt ?? document.dueAt),
    status,
    ...(status === 'ERROR' && reason !== undefined ? { errorMessage: `${document.method} was not sent: ${reason}` } : {}),
    state,
    ...(reason === undefined ? {} : { reason }),
  };
};
