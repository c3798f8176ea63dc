import { passedOver } from '../decider';
import type { SlackLinkId, UserId } from '../ids';
import type { Instant } from '../time';
import type { SlackAct, SlackPostEvent, SlackUpdateKind } from './slack-post-events';

export interface PendingUpdate {
  readonly alertRevision: number;
  readonly kind: SlackUpdateKind;
}

/** The alert in one channel. */
export interface SlackPost {
  readonly linkId: SlackLinkId;
  readonly teamId: string;
  readonly channelId: string;
  readonly language?: 'en' | 'de';
  /** Whom it pages, of a direct message. */
  readonly userId?: UserId;
  readonly plannedAt: Instant;
  /** Set from when the message stands there. */
  readonly ts?: string;
  /** The alert's revision that the message shows, and the one that it has to show. */
  readonly shown: number;
  readonly wanted: number;
  /** Oldest first. */
  readonly updates: readonly PendingUpdate[];
  /** Begun so far. */
  readonly attempts: number;
  /** That failed one after the other, of the act at hand. */
  readonly failures: number;
  readonly attempting?: { readonly act: SlackAct; readonly startedAt: Instant };
  /** An attempt of the act at hand may have been carried out although nobody heard so. */
  readonly uncertain: boolean;
  readonly dueAt: Instant | null;
  /** Why nothing more happens here. */
  readonly ended?: string;
}

export interface SlackPosts {
  /** The alert's facts up to here have been taken in. */
  readonly followed: number;
  readonly posts: readonly SlackPost[];
}

export const initialSlackPosts: SlackPosts = { followed: -1, posts: [] };

export const postOf = ({ posts }: SlackPosts, linkId: SlackLinkId): SlackPost | undefined => posts.find((post) => post.linkId === linkId);

/** What is to be done next: the message, then what it shows, then what its thread tells. */
export const nextAct = (post: SlackPost): SlackAct | undefined => {
  if (post.ended !== undefined) return undefined;
  if (post.ts === undefined) return 'post';
  if (post.shown < post.wanted) return 'edit';
  return post.updates.length > 0 ? 'update' : undefined;
};

export const evolveSlackPosts = (state: SlackPosts, event: SlackPostEvent): SlackPosts => {
  if (event.type === 'SlackPostPlanned') {
    const { linkId, teamId, channelId, language, at, alertRevision, dueAt } = event.data;
    const post: SlackPost = {
      ...{ linkId, teamId, channelId, plannedAt: at, dueAt },
      ...(language === undefined ? {} : { language }),
      ...{ shown: -1, wanted: alertRevision, updates: [], attempts: 0, failures: 0, uncertain: false },
    };
    return { followed: Math.max(state.followed, alertRevision), posts: [...state.posts, post] };
  }
  if (event.type === 'SlackPageSent') {
    const { linkId, userId, channelId, ts, at, alertRevision, isOvertaken, dueAt } = event.data;
    const post: SlackPost = {
      ...{ linkId, userId, teamId: '', channelId, ts, plannedAt: at, dueAt },
      ...{ shown: isOvertaken ? -1 : alertRevision, wanted: alertRevision, updates: [], attempts: 0, failures: 0, uncertain: false },
    };
    return { ...state, posts: [...state.posts, post] };
  }
  const before = postOf(state, event.data.linkId);
  if (before === undefined) return state;
  const after = { ...evolvePost(before, event), dueAt: event.data.dueAt };
  const isFact = event.type === 'SlackPostOutdated' || event.type === 'SlackUpdatePlanned';
  return {
    followed: isFact ? Math.max(state.followed, event.data.alertRevision) : state.followed,
    posts: state.posts.map((post) => (post === before ? after : post)),
  };
};

type Change = Exclude<SlackPostEvent, { type: 'SlackPostPlanned' | 'SlackPageSent' }>;

const evolvePost = (post: SlackPost, event: Change): SlackPost => {
  const { attempting: _over, ...idle } = post;
  const done = { ...idle, failures: 0, uncertain: false };
  switch (event.type) {
    case 'SlackPostOutdated':
      return { ...post, wanted: Math.max(post.wanted, event.data.alertRevision) };
    case 'SlackUpdatePlanned': {
      const { alertRevision, kind } = event.data;
      return { ...post, updates: [...post.updates, { alertRevision, kind }] };
    }
    case 'SlackAttemptStarted': {
      const { act, at, attempt, possiblyDone } = event.data;
      return { ...post, attempting: { act, startedAt: at }, attempts: attempt, uncertain: possiblyDone };
    }
    case 'SlackPosted':
      return { ...done, ts: event.data.ts, shown: event.data.alertRevision };
    case 'SlackEdited':
      return { ...done, shown: event.data.alertRevision };
    case 'SlackUpdated':
      return { ...done, updates: post.updates.filter(({ alertRevision }) => alertRevision > event.data.alertRevision) };
    case 'SlackAttemptFailed':
      return { ...idle, failures: post.failures + 1, uncertain: post.uncertain || event.data.uncertain };
    case 'SlackHeldBack':
      return idle;
    case 'SlackPostEnded':
      return { ...post, ended: event.data.reason };
    case 'SlackGivenUp':
      return event.data.act === 'update' ? { ...done, updates: post.updates.slice(1) } : { ...done, ended: event.data.reason };
    default:
      return passedOver(event, post);
  }
};
