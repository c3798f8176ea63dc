import type { Actor } from '../actor';
import type { AlertActionId, AlertId } from '../ids';
import type { Instant } from '../time';
import type { TriggerType } from './trigger-types';

/** Why a run ended without being made. */
export type ActionCancelReason =
  'accepted' | 'resolved' | 'action-deleted' | 'switched-off' | 'conditions-not-met' | 'alert-archived' | 'once-per-alert';

/** What the other system answered: its status, and the beginning of what it said, encrypted, since that may be anything. */
export interface ActionAnswer {
  readonly status?: number;
  readonly excerpt?: string;
}

/** When the stream wants to be woken after this event; null: by nothing. It is told with the event, since several runs share a stream. */
interface Waking {
  readonly wakeAt: Instant | null;
}

/**
 * All runs of one action for one alert, in `action-<alert id>-<action id>`: one after the other, so that a ticket is opened
 * before it is closed.
 */
export type ActionEvent =
  | {
      readonly type: 'ActionTriggered';
      readonly data: {
        /** From 1 in this stream. */
        readonly run: number;
        readonly alertId: AlertId;
        readonly actionId: AlertActionId;
        readonly trigger: TriggerType | 'manual';
        /** Who asked for it. */
        readonly by?: Actor;
        /** The same over all attempts: the receiver's means to recognise what it has had. */
        readonly deliveryId: string;
        readonly at: Instant;
        readonly dueAt: Instant;
        /** The fact that set it off: what is told is the alert as it was then. Absent: as it is when the first attempt begins. */
        readonly alertRevision?: number;
        /** Which channel the alert was given, or lost. */
        readonly channelId?: string;
      } & Waking;
    }
  /** The other system has no room for it before `until`: what is more urgent goes first, or it takes only so much. */
  | {
      readonly type: 'ActionHeldBack';
      readonly data: { readonly run: number; readonly at: Instant; readonly until: Instant } & Waking;
    }
  /** Recorded before the other system is called. */
  | {
      readonly type: 'ActionAttempted';
      readonly data: {
        readonly run: number;
        readonly at: Instant;
        readonly attempt: number;
        /** The alert's fact up to which it is told; the same over all attempts. */
        readonly alertRevision: number;
        readonly lateMs: number;
        /** An attempt before it has no known outcome. */
        readonly possiblyDuplicate: boolean;
      } & Waking;
    }
  | {
      readonly type: 'ActionAttemptFailed';
      readonly data: {
        readonly run: number;
        readonly at: Instant;
        readonly attempt: number;
        readonly reason: string;
        readonly retryAt: Instant;
        /** It may have been done all the same. */
        readonly uncertain: boolean;
      } & ActionAnswer &
        Waking;
    }
  | {
      readonly type: 'ActionSucceeded';
      readonly data: {
        readonly run: number;
        readonly at: Instant;
        readonly attempt: number;
        /** What was made in the other system, so that later runs change the same. */
        readonly reference?: string;
      } & ActionAnswer &
        Waking;
    }
  /** Finally: no further attempt. */
  | {
      readonly type: 'ActionFailed';
      readonly data: { readonly run: number; readonly at: Instant; readonly reason: string } & ActionAnswer & Waking;
    }
  | {
      readonly type: 'ActionCancelled';
      readonly data: {
        readonly run: number;
        readonly at: Instant;
        readonly reason: ActionCancelReason;
        readonly possiblyDone: boolean;
      } & Waking;
    };

export type ActionEventOf<Type extends ActionEvent['type']> = Extract<ActionEvent, { type: Type }>;
