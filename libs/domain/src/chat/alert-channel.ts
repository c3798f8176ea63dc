import type { Actor } from '../actor';
import { assertNever, type Decider } from '../decider';
import type { AlertId, UserId } from '../ids';
import { retryDelayMs } from '../notification/notification';
import { instant, plusMs, type Instant } from '../time';
import type { AlertChannelEvent } from './alert-channel-events';
import {
  ARCHIVED_AFTER_MS,
  evolveAlertChannel,
  NAME_TAKEN,
  nextChannelAct,
  type AlertChannel,
  type AskedChannel,
} from './alert-channel-state';

export interface AlertChannelSettings {
  readonly isPrivate: boolean;
  readonly archives: boolean;
}

/** What Slack made of an attempt. */
export type AlertChannelOutcome =
  | { readonly type: 'done'; readonly channelId?: string }
  | {
      readonly type: 'failed';
      readonly reason: string;
      readonly permanent: boolean;
      readonly uncertain: boolean;
      readonly retryAfterMs?: number;
      /** From 0 to below 1, by chance. */
      readonly jitter: number;
    };

export type AlertChannelCommand =
  /** Whoever asks first is heard: an alert has one. */
  | (AlertChannelSettings & {
      readonly type: 'ask';
      readonly at: Instant;
      readonly alertId: AlertId;
      readonly by: Actor;
      readonly teamId: string;
      readonly language: 'en' | 'de';
      readonly alertRevision: number;
      readonly members: readonly UserId[];
    })
  /** A fact of the alert: who is on it by that, and whether it is resolved. */
  | {
      readonly type: 'follow';
      readonly at: Instant;
      readonly alertRevision: number;
      readonly members: readonly UserId[];
      readonly isResolved: boolean;
    }
  /** A person takes it from the alert. */
  | { readonly type: 'detach'; readonly at: Instant; readonly by: Actor }
  /** `interruptedBefore`: attempts begun before it were ended by a crash for certain. */
  | { readonly type: 'startAttempt'; readonly at: Instant; readonly interruptedBefore?: Instant }
  | { readonly type: 'recordOutcome'; readonly at: Instant; readonly attempt: number; readonly outcome: AlertChannelOutcome }
  | { readonly type: 'holdBack'; readonly at: Instant; readonly until: Instant; readonly reason: string };

type Command<Type extends AlertChannelCommand['type']> = Extract<AlertChannelCommand, { type: Type }>;

/** After so long without an outcome an attempt counts as lost in a crash. Calls to Slack give up sooner. */
const ATTEMPT_SAFETY_MS = 60_000;
/** A channel that comes later than this is of no use. */
const CREATED_WITHIN_MS = 3_600_000;
const MOST_NAMES = 5;
const MOST_FAILURES = 100;

const ask = ({ type: _ask, ...asked }: Command<'ask'>, state: AlertChannel): readonly AlertChannelEvent[] => {
  if (state.status !== 'absent') return [];
  return [{ type: 'AlertChannelAskedFor', data: { ...asked, members: [...new Set(asked.members)], dueAt: asked.at } }];
};

const follow = ({ at, alertRevision, members, isResolved }: Command<'follow'>, state: AlertChannel): readonly AlertChannelEvent[] => {
  if (state.status !== 'open' || state.detachedBy !== undefined || alertRevision <= state.followed) return [];
  const joined = [...new Set(members)].filter((userId) => !state.members.includes(userId));
  const events: AlertChannelEvent[] = [];
  if (joined.length > 0) events.push({ type: 'AlertChannelMembersJoined', data: { at, alertRevision, members: joined, dueAt: at } });
  if (isResolved) events.push({ type: 'AlertChannelEnding', data: { at, alertRevision, dueAt: at } });
  return woken(events, state, at);
};

/** One that is yet to be made has nothing that could be taken from it. */
const detach = ({ at, by }: Command<'detach'>, state: AlertChannel): readonly AlertChannelEvent[] => {
  if (state.status !== 'open' || state.channelId === undefined || state.detachedBy !== undefined) return [];
  return [{ type: 'AlertChannelDetached', data: { at, by, dueAt: state.attempting === undefined ? at : state.dueAt } }];
};

/** What runs or waits has its time already; anything else can be done when its time is there. */
const woken = (events: readonly AlertChannelEvent[], state: AskedChannel, at: Instant): readonly AlertChannelEvent[] => {
  const after = events.reduce<AlertChannel>(evolveAlertChannel, state);
  const isBusy = state.attempting !== undefined || (state.dueAt !== null && nextChannelAct(state) !== 'archive');
  const dueAt = isBusy ? state.dueAt : dueOf(after, at);
  return events.map((event) => ({ ...event, data: { ...event.data, dueAt } }) as AlertChannelEvent);
};

const dueOf = (state: AlertChannel, at: Instant): Instant | null => {
  const act = state.status === 'open' ? nextChannelAct(state) : undefined;
  if (state.status !== 'open' || act === undefined) return null;
  return act === 'archive' ? instant(Math.max(at, (state.resolvedAt ?? at) + ARCHIVED_AFTER_MS)) : at;
};

const startAttempt = ({ at, interruptedBefore }: Command<'startAttempt'>, state: AlertChannel): readonly AlertChannelEvent[] => {
  const act = state.status === 'open' ? nextChannelAct(state) : undefined;
  if (state.status !== 'open' || act === undefined) return [];
  const { attempting, dueAt, attempts, uncertain, uninvited } = state;
  const isInterrupted = attempting !== undefined && interruptedBefore !== undefined && attempting.startedAt < interruptedBefore;
  if (!isInterrupted && (dueAt === null || dueAt > at)) return [];
  const [userId] = act === 'invite' ? uninvited : [];
  const possiblyDone = uncertain || attempting !== undefined;
  const about = { act, possiblyDone, ...(userId === undefined ? {} : { userId }) };
  return [{ type: 'AlertChannelAttempted', data: { ...about, at, attempt: attempts + 1, dueAt: plusMs(at, ATTEMPT_SAFETY_MS) } }];
};

const recordOutcome = ({ at, attempt, outcome }: Command<'recordOutcome'>, state: AlertChannel): readonly AlertChannelEvent[] => {
  if (state.status !== 'open' || state.attempting === undefined || state.attempts !== attempt) return [];
  const event = outcome.type === 'done' ? done(state.attempting, { at, attempt, dueAt: null }, outcome) : failed(state, at, outcome);
  if (event.type === 'AlertChannelAttemptFailed') return [event];
  const dueAt = dueOf(evolveAlertChannel(state, event), at);
  return [{ ...event, data: { ...event.data, dueAt } } as AlertChannelEvent];
};

const done = (
  { act, userId }: NonNullable<AskedChannel['attempting']>,
  data: { readonly at: Instant; readonly attempt: number; readonly dueAt: null },
  { channelId = '' }: Extract<AlertChannelOutcome, { type: 'done' }>,
): AlertChannelEvent => {
  switch (act) {
    case 'create':
      return { type: 'AlertChannelMade', data: { ...data, channelId } };
    case 'describe':
      return { type: 'AlertChannelDescribed', data };
    case 'invite':
      return { type: 'AlertChannelInvited', data: { ...data, userId: userId as UserId } };
    case 'archive':
      return { type: 'AlertChannelArchived', data };
    case 'detach':
      return { type: 'AlertChannelDetachmentTold', data };
    default:
      return assertNever(act);
  }
};

const failed = (state: AskedChannel, at: Instant, outcome: Extract<AlertChannelOutcome, { type: 'failed' }>): AlertChannelEvent => {
  const { reason, permanent, uncertain, retryAfterMs, jitter } = outcome;
  const act = state.attempting?.act ?? 'create';
  const userId = state.attempting?.userId;
  const isTaken = reason === NAME_TAKEN;
  const dueAt = isTaken ? at : plusMs(at, retryAfterMs ?? retryDelayMs(state.failures + 1, jitter));
  const isTooLate = act === 'create' ? dueAt > state.askedAt + CREATED_WITHIN_MS : state.failures + 1 >= MOST_FAILURES;
  const isOver = isTaken ? state.namesTaken + 1 >= MOST_NAMES : permanent || isTooLate;
  if (isOver) return { type: 'AlertChannelGivenUp', data: { at, act, reason, ...(userId === undefined ? {} : { userId }), dueAt: null } };
  return { type: 'AlertChannelAttemptFailed', data: { at, attempt: state.attempts, act, reason, uncertain, dueAt } };
};

const holdBack = ({ at, until, reason }: Command<'holdBack'>, state: AlertChannel): readonly AlertChannelEvent[] => {
  const act = state.status === 'open' ? nextChannelAct(state) : undefined;
  if (state.status !== 'open' || act === undefined || state.attempting !== undefined) return [];
  if (state.dueAt === null || state.dueAt > at || until <= at) return [];
  return [{ type: 'AlertChannelHeldBack', data: { at, act, reason, dueAt: until } }];
};

/**
 * A channel of its own for an alert: made once, described, joined by whoever is on the alert, archived some time after it if that
 * is wanted. Each attempt is recorded before Slack is asked; what comes again changes nothing.
 */
export const alertChannelDecider: Decider<AlertChannelCommand, AlertChannel, AlertChannelEvent> = {
  initial: { status: 'absent' },
  decide: (command, state) => {
    switch (command.type) {
      case 'ask':
        return ask(command, state);
      case 'follow':
        return follow(command, state);
      case 'detach':
        return detach(command, state);
      case 'startAttempt':
        return startAttempt(command, state);
      case 'recordOutcome':
        return recordOutcome(command, state);
      case 'holdBack':
        return holdBack(command, state);
      default:
        return assertNever(command);
    }
  },
  evolve: evolveAlertChannel,
};
