import type { NotificationStatus, UserId } from '@tocsin/domain';
import { Views } from '@tocsin/platform';
import { NOTIFICATIONS_VIEW, ReadStore } from '@tocsin/read-models';
import type { NotificationDocument } from '@tocsin/read-models';

/** What a person has sent to themselves, as its stream is named. */
export const sentKinds = ['test', 'verification'] as const;
export type SentKind = (typeof sentKinds)[number];

/** What became of a test or a code, for whoever asked for it and waits. */
export class SentMessages {
  constructor(private readonly parts: { readonly readStore: ReadStore; readonly views: Views; readonly visibleWithinMs: number }) {}

  /** Undefined while it is not planned yet, and of what went to somebody else. @throws ReadStoreFault, EventStoreFault */
  async of(userId: UserId, kind: SentKind, notificationId: number): Promise<NotificationStatus | undefined> {
    const { readStore, views, visibleWithinMs } = this.parts;
    await views.upToDate(NOTIFICATIONS_VIEW, visibleWithinMs);
    const sent = await readStore.get<NotificationDocument>(NOTIFICATIONS_VIEW, `notification-${kind}-${notificationId}`);
    if (sent === undefined || sent.userId !== userId) return undefined;
    const { status, state, reason } = sent;
    return { status, state, ...(reason === undefined ? {} : { reason }) };
  }
}
