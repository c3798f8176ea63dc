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

/** What a provider says of a message after it took it. */
export type ReceiptOutcome =
  | { readonly type: 'delivered' }
  | { readonly type: 'failed'; readonly permanent: boolean; /** Holds no address, number or text. */ readonly reason: string };

/**
 * `NotificationReceipt` version 1, topic `notification-commands`, keyed by stream: made durable before the provider's call-back
 * is answered. The same one may come twice, late, and before the attempt's own outcome is on record.
 */
export interface NotificationReceipt {
  /** The notification's stream. */
  readonly stream: string;
  readonly attempt: number;
  readonly provider: string;
  readonly outcome: ReceiptOutcome;
}
