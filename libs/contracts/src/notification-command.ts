import type {
  Actor,
  AlertActionId,
  AlertId,
  ContactId,
  DutySubject,
  Instant,
  NotificationMethod,
  PreferenceList,
  ScheduleId,
  UnreachedBy,
  UserId,
} from '@tocsin/domain';

/** `SendTestNotification` version 1, topic `notification-commands`: somebody wants to see whether a message reaches them. */
export interface SendTestNotification {
  /** Taken by whoever asks, so that the answer can name it; names the stream `notification-test-<id>` too. */
  readonly notificationId: number;
  readonly userId: UserId;
  readonly method: NotificationMethod;
  /** Absent for PUSH. */
  readonly contactId?: ContactId;
  /** For the messages of which list it stands; absent: pages. */
  readonly list?: PreferenceList;
  readonly at: Instant;
}

/** What a provider says of a message after it took it. */
export type ReceiptOutcome =
  | { readonly type: 'delivered' }
  | {
      readonly type: 'failed';
      readonly permanent: boolean;
      /** Holds no address, number or text. */
      readonly reason: string;
      /** The person does not want messages there. */
      readonly isContactClosed?: boolean;
      /** It came to their telephone, and they were not reached there: another provider would ring the same. */
      readonly isUnreached?: boolean;
    };

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

/**
 * `CallOver` version 1, topic `notification-commands`, keyed by stream: a call has ended, and how where nobody pressed a key in it. A
 * key was told before, as a receipt. Comes as receipts do.
 */
export interface CallOver {
  /** The notification's stream. */
  readonly stream: string;
  readonly attempt: number;
  readonly provider: string;
  readonly unreachedBy: UnreachedBy;
}

/** `SendVerificationCode` version 1, topic `notification-commands`: somebody wants to show that a contact is theirs. */
export interface SendVerificationCode {
  /** Names the stream `notification-verification-<id>` too. */
  readonly notificationId: number;
  readonly userId: UserId;
  readonly method: NotificationMethod;
  readonly contactId: ContactId;
  /** Of which, with the secret key, the code is made when the message is written. */
  readonly challenge: string;
  readonly at: Instant;
}

/**
 * `SendSignInLink` version 1, topic `notification-commands`: somebody at `/me` wants a link that signs them in. Whether the
 * address is anybody's is found out by whoever sends it, so that the one who asks learns nothing of it.
 */
export interface SendSignInLink {
  /** Encrypted. */
  readonly address: string;
  /** Of the link, which is used once. */
  readonly nonce: string;
  readonly at: Instant;
}

/** `SendDutyNotice` version 1, topic `notification-commands`: somebody's shift begins, or an edit of a schedule changed their shifts. */
export interface SendDutyNotice {
  readonly userId: UserId;
  readonly scheduleId: ScheduleId;
  /** When it was due, or when the schedule was edited. */
  readonly at: Instant;
  readonly about: DutySubject;
}

/** Everything that is asked for on the topic `notification-commands`, by people or on their behalf. */
export type NotificationCommand =
  | { readonly type: 'SendTestNotification'; readonly data: SendTestNotification }
  | { readonly type: 'SendVerificationCode'; readonly data: SendVerificationCode }
  | { readonly type: 'SendDutyNotice'; readonly data: SendDutyNotice };

/** `InvokeAlertAction` version 1, topic `notification-commands`: somebody wants an action made for an alert. */
export interface InvokeAlertAction {
  readonly alertId: AlertId;
  readonly actionId: AlertActionId;
  /** Of the run, which the answer names. */
  readonly deliveryId: string;
  readonly by: Actor;
  readonly at: Instant;
}
