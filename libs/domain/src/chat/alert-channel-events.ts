import type { Actor } from '../actor';
import type { AlertId, UserId } from '../ids';
import type { Instant } from '../time';

/** What is done in Slack for an alert's own channel, one after the other. */
export type AlertChannelAct = 'create' | 'describe' | 'invite' | 'archive' | 'detach';

/** `dueAt`: when there is something to do next; null: nothing until something else happens. */
interface Waking {
  readonly at: Instant;
  readonly dueAt: Instant | null;
}

interface Attempt extends Waking {
  readonly attempt: number;
}

/** A channel of its own for one alert, in `alertchannel-<alertId>`. Its name is made from the alert when Slack is asked for it. */
export type AlertChannelEvent =
  | {
      readonly type: 'AlertChannelAskedFor';
      readonly data: Waking & {
        readonly alertId: AlertId;
        readonly by: Actor;
        readonly teamId: string;
        readonly isPrivate: boolean;
        /** Some time after the alert is resolved; else it stays. */
        readonly archives: boolean;
        readonly language: 'en' | 'de';
        /** Of the alert's newest fact that was known then. */
        readonly alertRevision: number;
        readonly members: readonly UserId[];
      };
    }
  /** Further people are on the alert. */
  | {
      readonly type: 'AlertChannelMembersJoined';
      readonly data: Waking & { readonly alertRevision: number; readonly members: readonly UserId[] };
    }
  /** The alert is resolved. */
  | { readonly type: 'AlertChannelEnding'; readonly data: Waking & { readonly alertRevision: number } }
  /** A person took it from the alert: it stays as it is, and hears of the alert no more. */
  | { readonly type: 'AlertChannelDetached'; readonly data: Waking & { readonly by: Actor } }
  /** Recorded before Slack is asked. */
  | {
      readonly type: 'AlertChannelAttempted';
      readonly data: Attempt & {
        readonly act: AlertChannelAct;
        /** Who is invited. */
        readonly userId?: UserId;
        /** An attempt before it has no known outcome: Slack may have done it already. */
        readonly possiblyDone: boolean;
      };
    }
  | { readonly type: 'AlertChannelMade'; readonly data: Attempt & { readonly channelId: string } }
  | { readonly type: 'AlertChannelDescribed'; readonly data: Attempt }
  | { readonly type: 'AlertChannelInvited'; readonly data: Attempt & { readonly userId: UserId } }
  | { readonly type: 'AlertChannelArchived'; readonly data: Attempt }
  /** Those in it were told that it was detached. */
  | { readonly type: 'AlertChannelDetachmentTold'; readonly data: Attempt }
  | {
      readonly type: 'AlertChannelAttemptFailed';
      readonly data: Attempt & { readonly act: AlertChannelAct; readonly reason: string; readonly uncertain: boolean };
    }
  /** Slack is not asked yet, so that its limits are kept. */
  | { readonly type: 'AlertChannelHeldBack'; readonly data: Waking & { readonly act: AlertChannelAct; readonly reason: string } }
  /** For good: of an invitation that person alone, of the channel everything. */
  | {
      readonly type: 'AlertChannelGivenUp';
      readonly data: Waking & { readonly act: AlertChannelAct; readonly reason: string; readonly userId?: UserId };
    };

export type AlertChannelEventOf<Type extends AlertChannelEvent['type']> = Extract<AlertChannelEvent, { type: Type }>;

export const alertChannelStream = (alertId: AlertId): string => `alertchannel-${alertId}`;

/** When its stream is to be woken after an event, told from the event alone; what a newer version writes beside these moves nothing (P12). */
export const alertChannelDueOf = ({ type, data }: AlertChannelEvent): { readonly dueAt: Instant | null } | undefined =>
  Object.hasOwn(known, type) ? { dueAt: data.dueAt } : undefined;

const known: Readonly<Record<AlertChannelEvent['type'], true>> = {
  AlertChannelAskedFor: true,
  AlertChannelMembersJoined: true,
  AlertChannelEnding: true,
  AlertChannelAttempted: true,
  AlertChannelMade: true,
  AlertChannelDescribed: true,
  AlertChannelInvited: true,
  AlertChannelArchived: true,
  AlertChannelDetached: true,
  AlertChannelDetachmentTold: true,
  AlertChannelAttemptFailed: true,
  AlertChannelHeldBack: true,
  AlertChannelGivenUp: true,
};
