import { assertNever, type Decider } from '../decider';
import type { AlertId, SlackLinkId, UserId } from '../ids';
import { retryDelayMs } from '../notification/notification';
import { instant, plusMs, type Instant } from '../time';
import type { SlackAct, SlackPostEvent, SlackUpdateKind } from './slack-post-events';
import { evolveSlackPosts, initialSlackPosts, nextAct, postOf, type SlackPost, type SlackPosts } from './slack-post-state';

export interface SlackTarget {
  readonly linkId: SlackLinkId;
  readonly teamId: string;
  readonly channelId: string;
  /** Where no link says it. */
  readonly language?: 'en' | 'de';
}

/** What Slack made of an attempt. */
export type SlackActOutcome =
  /** `alertRevision`: what was shown or told. */
  | { readonly type: 'done'; readonly ts: string; readonly alertRevision: number }
  /** `retryAfterMs`: not before that, as Slack says. */
  | {
      readonly type: 'failed';
      readonly reason: string;
      readonly permanent: boolean;
      readonly uncertain: boolean;
      readonly retryAfterMs?: number;
      /** From 0 to below 1, by chance. */
      readonly jitter: number;
    };

export type SlackPostCommand =
  | {
      readonly type: 'plan';
      readonly at: Instant;
      readonly alertId: AlertId;
      readonly alertRevision: number;
      readonly targets: readonly SlackTarget[];
    }
  /** A page by direct message is there. */
  | {
      readonly type: 'keepPage';
      readonly at: Instant;
      readonly alertId: AlertId;
      readonly linkId: SlackLinkId;
      readonly userId: UserId;
      readonly channelId: string;
      readonly ts: string;
      readonly alertRevision: number;
      readonly isOvertaken: boolean;
    }
  /** A fact that the message shows or the thread tells; `tells`: in which channels that is wanted. */
  | {
      readonly type: 'follow';
      readonly at: Instant;
      readonly alertRevision: number;
      readonly update?: { readonly kind: SlackUpdateKind; readonly tells: readonly SlackLinkId[] };
      /** Whether it makes a page to this person pointless. */
      readonly stops?: (userId: UserId) => boolean;
    }
  | {
      readonly type: 'startAttempt';
      readonly at: Instant;
      readonly alertId: AlertId;
      readonly linkId: SlackLinkId;
      /** Attempts begun before it were ended by a crash for certain: there is nobody left who could be making them. */
      readonly interruptedBefore?: Instant;
    }
  | {
      readonly type: 'recordOutcome';
      readonly at: Instant;
      readonly linkId: SlackLinkId;
      readonly attempt: number;
      readonly outcome: SlackActOutcome;
    }
  /** Nothing more is shown there. */
  | { readonly type: 'end'; readonly at: Instant; readonly linkId: SlackLinkId; readonly reason: string }
  /** Slack is not asked before `until`, so that there is room for what is more urgent. */
  | {
      readonly type: 'holdBack';
      readonly at: Instant;
      readonly linkId: SlackLinkId;
      readonly until: Instant;
      readonly reason: string;
    };

type Command<Type extends SlackPostCommand['type']> = Extract<SlackPostCommand, { type: Type }>;

/** After so long without an outcome an attempt counts as lost in a crash. Calls to Slack give up sooner. */
const ATTEMPT_SAFETY_MS = 60_000;
/** Who answers a page of the day before finds out by pressing its button. */
const PAGES_KEPT_MS = 24 * 3_600_000;
/** How long failing attempts go on. */
const MAX_AGE_MS = 24 * 3_600_000;

const plan = ({ at, alertId, alertRevision, targets }: Command<'plan'>, state: SlackPosts): readonly SlackPostEvent[] => {
  const channels = new Map(targets.map((target) => [`${target.teamId} ${target.channelId}`, target]));
  // What is yet to be heard of a later fact is not taken for heard because a further channel comes to it.
  const known = state.posts.length === 0 ? alertRevision : Math.min(state.followed, alertRevision);
  return [...channels.values()]
    .filter(({ linkId }) => postOf(state, linkId) === undefined)
    .map((target) => ({ type: 'SlackPostPlanned', data: { ...target, alertId, alertRevision: known, at, dueAt: at } }));
};

const keepPage = ({ type: _keepPage, ...page }: Command<'keepPage'>, state: SlackPosts): readonly SlackPostEvent[] =>
  postOf(state, page.linkId) === undefined ? [{ type: 'SlackPageSent', data: { ...page, dueAt: page.isOvertaken ? page.at : null } }] : [];

/** A page is not written anew for what is only news; it is put right when an answer to it would be of no use any more. */
const isConcerned = (post: SlackPost, { at, alertRevision, stops }: Command<'follow'>): boolean => {
  if (post.ended !== undefined) return false;
  if (post.userId === undefined) return true;
  return stops?.(post.userId) === true && alertRevision > post.wanted && at <= plusMs(post.plannedAt, PAGES_KEPT_MS);
};

const follow = (command: Command<'follow'>, state: SlackPosts): readonly SlackPostEvent[] => {
  const { at, alertRevision, update } = command;
  if (alertRevision <= state.followed) return [];
  return state.posts
    .filter((post) => isConcerned(post, command))
    .flatMap((post): readonly SlackPostEvent[] => {
      // What runs or waits has its time already; everything else can be done now.
      const { linkId, dueAt } = post;
      const data = { linkId, at, dueAt: dueAt ?? at, alertRevision };
      const tells = update?.tells.includes(linkId) === true;
      return [
        { type: 'SlackPostOutdated', data },
        ...(update !== undefined && tells ? [{ type: 'SlackUpdatePlanned' as const, data: { ...data, kind: update.kind } }] : []),
      ];
    });
};

/** The same over all attempts of one message: an edit has none, it can be repeated. */
const keyOf = (alertId: AlertId, { linkId, updates }: SlackPost, act: SlackAct): string => {
  const [next] = updates;
  return act === 'update' ? `slack-${alertId}-${linkId}-${next?.alertRevision}` : `slack-${alertId}-${linkId}`;
};

const startAttempt = (
  { at, alertId, linkId, interruptedBefore }: Command<'startAttempt'>,
  state: SlackPosts,
): readonly SlackPostEvent[] => {
  const post = postOf(state, linkId);
  const act = post === undefined ? undefined : nextAct(post);
  if (post === undefined || act === undefined) return [];
  const { attempting, dueAt, attempts, uncertain, updates } = post;
  const isInterrupted = attempting !== undefined && interruptedBefore !== undefined && attempting.startedAt < interruptedBefore;
  if (!isInterrupted && (dueAt === null || dueAt > at)) return [];
  const [told] = updates;
  return [
    {
      type: 'SlackAttemptStarted',
      data: {
        linkId,
        at,
        attempt: attempts + 1,
        act,
        key: keyOf(alertId, post, act),
        ...(act === 'update' && told !== undefined ? { alertRevision: told.alertRevision } : {}),
        possiblyDone: uncertain || attempting !== undefined,
        dueAt: plusMs(at, ATTEMPT_SAFETY_MS),
      },
    },
  ];
};

const recordOutcome = ({ at, linkId, attempt, outcome }: Command<'recordOutcome'>, state: SlackPosts): readonly SlackPostEvent[] => {
  const post = postOf(state, linkId);
  if (post?.attempting === undefined || post.attempts !== attempt) return [];
  const { act } = post.attempting;
  const [event] =
    outcome.type === 'done' ? [done(act, { linkId, at, attempt }, outcome)] : [failed(act, { linkId, at, attempt }, outcome, post)];
  const isWaiting = event.type === 'SlackAttemptFailed';
  const after = postOf(evolveSlackPosts(state, event), linkId);
  const isMore = after !== undefined && nextAct(after) !== undefined;
  return [isWaiting ? event : withDue(event, isMore ? at : null)];
};

interface Attempt {
  readonly linkId: SlackLinkId;
  readonly at: Instant;
  readonly attempt: number;
}

const done = (act: SlackAct, attempt: Attempt, { ts, alertRevision }: Extract<SlackActOutcome, { type: 'done' }>): SlackPostEvent => {
  const data = { ...attempt, alertRevision, dueAt: null };
  switch (act) {
    case 'post':
      return { type: 'SlackPosted', data: { ...data, ts } };
    case 'edit':
      return { type: 'SlackEdited', data };
    case 'update':
      return { type: 'SlackUpdated', data };
    default:
      return assertNever(act);
  }
};

const failed = (
  act: SlackAct,
  { linkId, at, attempt }: Attempt,
  outcome: Extract<SlackActOutcome, { type: 'failed' }>,
  post: SlackPost,
): SlackPostEvent => {
  const { reason, permanent, uncertain, retryAfterMs, jitter } = outcome;
  const dueAt = plusMs(at, retryAfterMs ?? retryDelayMs(post.failures + 1, jitter));
  const isTooOld = (act === 'post' || post.userId !== undefined) && dueAt > post.plannedAt + MAX_AGE_MS;
  if (permanent || isTooOld) return { type: 'SlackGivenUp', data: { linkId, at, act, reason, dueAt: null } };
  return { type: 'SlackAttemptFailed', data: { linkId, at, attempt, act, reason, uncertain, dueAt } };
};

const withDue = <Event extends SlackPostEvent>(event: Event, dueAt: Instant | null): Event => ({
  ...event,
  data: { ...event.data, dueAt },
});

const holdBack = ({ at, linkId, until, reason }: Command<'holdBack'>, state: SlackPosts): readonly SlackPostEvent[] => {
  const post = postOf(state, linkId);
  const act = post === undefined ? undefined : nextAct(post);
  if (post === undefined || act === undefined || post.attempting !== undefined || post.dueAt === null || post.dueAt > at) return [];
  return [{ type: 'SlackHeldBack', data: { linkId, at, act, reason, dueAt: instant(Math.max(until, at)) } }];
};

const end = ({ type: _end, ...ended }: Command<'end'>, state: SlackPosts): readonly SlackPostEvent[] => {
  const post = postOf(state, ended.linkId);
  return post === undefined || post.ended !== undefined ? [] : [{ type: 'SlackPostEnded', data: { ...ended, dueAt: null } }];
};

/**
 * An alert in the channels that show it: one message in each, edited in place, with a thread. Each attempt is recorded before
 * Slack is asked; there is never more than one edit to come, and it shows the newest; what comes again changes nothing.
 */
export const slackPostDecider: Decider<SlackPostCommand, SlackPosts, SlackPostEvent> = {
  initial: initialSlackPosts,
  decide: (command, state) => {
    switch (command.type) {
      case 'plan':
        return plan(command, state);
      case 'keepPage':
        return keepPage(command, state);
      case 'follow':
        return follow(command, state);
      case 'startAttempt':
        return startAttempt(command, state);
      case 'recordOutcome':
        return recordOutcome(command, state);
      case 'end':
        return end(command, state);
      case 'holdBack':
        return holdBack(command, state);
      default:
        return assertNever(command);
    }
  },
  evolve: evolveSlackPosts,
};
