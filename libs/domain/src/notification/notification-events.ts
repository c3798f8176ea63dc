import type { EscalationStep } from '../alert/alert-events';
import type { MessagePreference, NotificationMethod } from '../configuration/resources';
import type { AlertId, ContactId, PreferenceId, ScheduleId, UserId } from '../ids';
import type { DutySubject } from '../oncall/duties';
import type { Instant } from '../time';

/**
 * Why a notification is sent. `page`: answer this alert. `test`: the person asked whether it would reach them.
 * `verification`: the code that shows that the contact is theirs. `sign-in`: the link that they asked for. `update`: what others did with an alert that the person is on.
 * `duty`: a shift of the person begins, or was changed. `subscription`: what becomes of an alert that the person follows.
 */
export type NotificationPurpose = 'page' | 'fallback' | 'test' | 'sign-in' | 'verification' | 'update' | 'duty' | 'subscription';

export type CancelReason =
  | 'accepted'
  | 'resolved'
  | 'escalated'
  | 'reassigned'
  | 'responder-removed'
  | 'preference-changed'
  | 'contact-removed'
  | 'user-deleted'
  | 'contact-blacklisted'
  | 'muted'
  | 'merged'
  | 'expired'
  | 'shift-changed';

/**
 * Why a page waits for others, or is left out (B29); `line-busy`: its telephone is in another call (B25); `provider-busy`: each of
 * its providers has as many messages under way as it takes at once.
 */
export type HeldBackReason = 'bundled' | 'identical' | 'line-busy' | 'provider-busy';

/** What became of the method before; `line-free`: the call before it is over. */
export type BroughtForwardReason = 'no-receipt' | 'failed' | 'line-busy' | 'line-free' | 'provider-busy';

/** One planned message to one person by one method, in `notification-<alertId>-<activation>-<preferenceId>` (B7, P7). */
export type NotificationEvent =
  | {
      readonly type: 'NotificationPlanned';
      readonly data: {
        readonly notificationId: number;
        readonly alertId?: AlertId;
        readonly activation?: number;
        readonly step?: EscalationStep;
        readonly purpose: NotificationPurpose;
        readonly userId: UserId;
        readonly preferenceId?: PreferenceId;
        readonly method: NotificationMethod;
        readonly contactId?: ContactId;
        readonly at: Instant;
        readonly dueAt: Instant;
        /** Revision of the alert's fact it was planned from: an accept after it ends it (P5, B9). */
        readonly alertRevision?: number;
        /** With `verification` and `sign-in`: of which code or link is made, with the secret key. */
        readonly challenge?: string;
        /** With `test`: for the messages of which list it stands; absent: pages. */
        readonly list?: MessagePreference['list'];
        /** With `duty`: of which schedule, and what. */
        readonly duty?: { readonly scheduleId: ScheduleId; readonly about: DutySubject };
      };
    }
  /** Recorded before the provider is called. `key` is the idempotency key (Message-ID) and stays the same over attempts. */
  | {
      readonly type: 'AttemptStarted';
      readonly data: {
        readonly at: Instant;
        readonly attempt: number;
        readonly provider: string;
        readonly key: string;
        readonly lateMs: number;
        /** An attempt before it has no known outcome: the provider may have sent it already. */ readonly possiblyDuplicate: boolean;
        /** In one message with so many pages, itself among them; `key` is that of the message then. */
        readonly bundle?: { readonly id: number; readonly size: number };
      };
    }
  /** The provider took it and gives no receipts, or the receipt is awaited. */
  | {
      readonly type: 'HandedOver';
      readonly data: {
        readonly at: Instant;
        readonly attempt: number;
        readonly provider: string;
        readonly reference?: string;
        readonly possiblyDuplicate: boolean;
        readonly receiptExpected: boolean;
        /** When a receipt of this method has usually come. */
        readonly receiptBy?: Instant;
      };
    }
  /** The usual time is over without a receipt: the person's next method does not wait any longer. One is awaited until then. */
  | { readonly type: 'ReceiptOverdue'; readonly data: { readonly at: Instant; readonly provider: string; readonly until: Instant } }
  /** A method before it did not reach the person, as far as is known, or what it was held for is over: this one is due now. */
  | {
      readonly type: 'NotificationBroughtForward';
      readonly data: {
        readonly at: Instant;
        readonly dueAt: Instant;
        readonly because: BroughtForwardReason;
        /** The rule whose method did not reach the person: no other one is brought forward for it. */
        readonly insteadOf?: PreferenceId;
      };
    }
  | { readonly type: 'Delivered'; readonly data: { readonly at: Instant; readonly provider: string } }
  | {
      readonly type: 'AttemptFailed';
      readonly data: {
        readonly at: Instant;
        readonly attempt: number;
        readonly provider: string;
        readonly reason: string;
        readonly retryAt: Instant;
        /** A timeout or a lost connection: the provider may have sent it all the same. */ readonly uncertain: boolean;
        /** This provider will never take it: only others are asked from now on. */
        readonly permanent?: boolean;
      };
    }
  /** Finally: no further attempt. */
  | { readonly type: 'NotificationFailed'; readonly data: { readonly at: Instant; readonly reason: string } }
  | {
      readonly type: 'NotificationCancelled';
      readonly data: { readonly at: Instant; readonly reason: CancelReason; readonly possiblyHandedOver: boolean };
    }
  /** Held back with its reason; `until` when it is looked at again, `bundle` what it waits in. */
  | {
      readonly type: 'NotificationHeld';
      readonly data: { readonly at: Instant; readonly reason: string; readonly until?: Instant; readonly bundle?: number };
    };

export type NotificationEventOf<Type extends NotificationEvent['type']> = Extract<NotificationEvent, { type: Type }>;
