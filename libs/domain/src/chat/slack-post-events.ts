import type { AlertId, SlackLinkId, UserId } from '../ids';
import type { Instant } from '../time';

/** What an update in a thread is about; each can be switched off for a channel. */
export type SlackUpdateKind = 'escalations' | 'assignments' | 'actions';

/** What is done in Slack at a time: the message itself, an edit of it, or an update in its thread. */
export type SlackAct = 'post' | 'edit' | 'update';

interface OfLink {
  readonly linkId: SlackLinkId;
  readonly at: Instant;
  /** When there is something to do next for this channel; null: nothing until something else happens. */
  readonly dueAt: Instant | null;
}

/** In place of a link: the channel that is the alert's own. */
export const OWN_CHANNEL = 0 as SlackLinkId;

/** In place of a link: a page by direct message. No link has such a number. */
export const linkOfPage = (notificationId: number): SlackLinkId => -notificationId as SlackLinkId;

/** An alert in the channels that its source is linked to, and in its own, in `slackpost-<alertId>`. Texts are rendered when they are sent, never stored. */
export type SlackPostEvent =
  | {
      readonly type: 'SlackPostPlanned';
      readonly data: OfLink & {
        readonly alertId: AlertId;
        readonly teamId: string;
        readonly channelId: string;
        /** Of the alert's fact that asks for it. */
        readonly alertRevision: number;
        /** Where no link says it. */
        readonly language?: 'en' | 'de';
      };
    }
  /** A direct message that pages somebody stands there, before anybody is told that it was sent. */
  | {
      readonly type: 'SlackPageSent';
      readonly data: OfLink & {
        readonly alertId: AlertId;
        readonly userId: UserId;
        readonly channelId: string;
        readonly ts: string;
        /** Of the alert's fact that the page was planned from. */
        readonly alertRevision: number;
        /** The alert was answered while it was sent. */
        readonly isOvertaken: boolean;
      };
    }
  /** The alert is not any more what its message shows. */
  | { readonly type: 'SlackPostOutdated'; readonly data: OfLink & { readonly alertRevision: number } }
  | { readonly type: 'SlackUpdatePlanned'; readonly data: OfLink & { readonly alertRevision: number; readonly kind: SlackUpdateKind } }
  /** Recorded before Slack is asked. `key` is in the message's metadata, so that a message that nobody was told of is found again. */
  | {
      readonly type: 'SlackAttemptStarted';
      readonly data: OfLink & {
        readonly attempt: number;
        readonly act: SlackAct;
        readonly key: string;
        /** Of the fact that an update tells. */
        readonly alertRevision?: number;
        /** An attempt before it has no known outcome: Slack may have done it already. */
        readonly possiblyDone: boolean;
      };
    }
  /** `alertRevision`: what the message shows now. */
  | {
      readonly type: 'SlackPosted';
      readonly data: OfLink & { readonly attempt: number; readonly ts: string; readonly alertRevision: number };
    }
  | { readonly type: 'SlackEdited'; readonly data: OfLink & { readonly attempt: number; readonly alertRevision: number } }
  | { readonly type: 'SlackUpdated'; readonly data: OfLink & { readonly attempt: number; readonly alertRevision: number } }
  | {
      readonly type: 'SlackAttemptFailed';
      readonly data: OfLink & { readonly attempt: number; readonly act: SlackAct; readonly reason: string; readonly uncertain: boolean };
    }
  /** Not sent yet, so that Slack's limits are kept: again at `dueAt`. */
  | { readonly type: 'SlackHeldBack'; readonly data: OfLink & { readonly act: SlackAct; readonly reason: string } }
  /** The alert is not shown there any more; the message stays as it is. */
  | { readonly type: 'SlackPostEnded'; readonly data: OfLink & { readonly reason: string } }
  /** For good: of an update that update alone, of anything else all that comes after it in this channel. */
  | { readonly type: 'SlackGivenUp'; readonly data: OfLink & { readonly act: SlackAct; readonly reason: string } };

export type SlackPostEventOf<Type extends SlackPostEvent['type']> = Extract<SlackPostEvent, { type: Type }>;

export const slackPostStream = (alertId: AlertId): string => `slackpost-${alertId}`;

/** What the durable timer of a channel's post holds after an event, told from the event alone; null clears it. */
export const slackDueOf = ({ type, data }: SlackPostEvent): { readonly linkId: SlackLinkId; readonly dueAt: Instant | null } | undefined =>
  Object.hasOwn(known, type) ? { linkId: data.linkId, dueAt: data.dueAt } : undefined;

/** What a newer version writes beside these moves no timer of this one (P12). */
const known: Readonly<Record<SlackPostEvent['type'], true>> = {
  SlackPostPlanned: true,
  SlackPageSent: true,
  SlackPostOutdated: true,
  SlackUpdatePlanned: true,
  SlackAttemptStarted: true,
  SlackPosted: true,
  SlackEdited: true,
  SlackUpdated: true,
  SlackAttemptFailed: true,
  SlackHeldBack: true,
  SlackPostEnded: true,
  SlackGivenUp: true,
};
