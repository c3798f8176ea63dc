import { sentStream } from '@tocsin/domain';
import type { NotificationStatus, SentKind, UserId } from '@tocsin/domain';
import { Views } from '@tocsin/platform';
import { NOTIFICATIONS_VIEW, ReadStore } from '@tocsin/read-models';
import type { NotificationDocument } from '@tocsin/read-models';

/** What became of a test or a code, for whoever asked for it and waits. */
export class SentMessages {
  constructor(private readonly parts: { readonly readStore: ReadStore; readonly views: Views; readonly visibleWithinMs: number }) {}

  /** Undefined while it is not planned yet, and of what went to somebody else. @throws ReadStoreFault, EventStoreFault */
  async of(userId: UserId, kind: SentKind, notificationId: number): Promise<NotificationStatus | undefined> {
    const { readStore, views, visibleWithinMs } = this.parts;
    await views.upToDate(NOTIFICATIONS_VIEW, visibleWithinMs);
    const sent = await readStore.get<NotificationDocument>(NOTIFICATIONS_VIEW, sentStream(kind, notificationId));
    if (sent === undefined || sent.userId !== userId) return undefined;
    const { status, state, reason } = sent;
    return { status, state, ...(reason === undefined ? {} : { reason }) };
  }
}
