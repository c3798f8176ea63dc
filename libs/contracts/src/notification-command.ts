import type { ContactId, Instant, NotificationMethod, UserId } from '@tocsin/domain';

/** `SendTestNotification` version 1, topic `notification-commands`: somebody wants to see whether a message reaches them. */
export interface SendTestNotification {
  /** Taken by whoever asks, so that the answer can name it; names the stream `notification-test-<id>` too. */
  readonly notificationId: number;
  readonly userId: UserId;
  readonly method: NotificationMethod;
  /** Absent for PUSH. */
  readonly contactId?: ContactId;
  readonly at: Instant;
}
