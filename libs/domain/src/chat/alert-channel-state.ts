import type { Actor } from '../actor';
import { passedOver } from '../decider';
import type { AlertId, UserId } from '../ids';
import type { Instant } from '../time';
import type { AlertChannelAct, AlertChannelEvent } from './alert-channel-events';

/** The channel of an alert that somebody asked for. */
export interface AskedChannel {
  readonly status: 'open';
  readonly alertId: AlertId;
  readonly askedAt: Instant;
  readonly teamId: string;
  readonly isPrivate: boolean;
  readonly archives: boolean;
  readonly language: 'en' | 'de';
  /** The alert's facts up to here have been taken in. */
  readonly followed: number;
  /** From when it is there. */
  readonly channelId?: string;
  readonly isDescribed: boolean;
  /** Names that somebody else's channel has. */
  readonly namesTaken: number;
  /** Whoever was on the alert at some time, and whom of them Slack is still to be asked for, in this order. */
  readonly members: readonly UserId[];
  readonly uninvited: readonly UserId[];
  readonly resolvedAt?: Instant;
  /** Who took it from the alert; nothing is done any more but to say so. */
  readonly detachedBy?: Actor;
  /** Begun so far. */
  readonly attempts: number;
  /** That failed one after the other, of the act at hand. */
  readonly failures: number;
  readonly attempting?: { readonly act: AlertChannelAct; readonly userId?: UserId; readonly startedAt: Instant };
  /** An attempt of the act at hand may have been carried out although nobody heard so. */
  readonly uncertain: boolean;
  readonly dueAt: Instant | null;
}

export type AlertChannel =
  | { readonly status: 'absent' }
  | AskedChannel
  /** Nothing more happens to it: it is archived or detached, or there never was one. */
  | { readonly status: 'ended'; readonly channelId?: string; readonly isDetached?: true };

/** How long whoever is in it can still read along and write after the alert is resolved. */
export const ARCHIVED_AFTER_MS = 3_600_000;

/** What is to be done next, in the order in which it is of use. */
export const nextChannelAct = (state: AskedChannel): AlertChannelAct | undefined => {
  const { channelId, isDescribed, uninvited, resolvedAt, archives, detachedBy } = state;
  if (detachedBy !== undefined) return 'detach';
  if (channelId === undefined) return 'create';
  if (!isDescribed) return 'describe';
  if (uninvited.length > 0) return 'invite';
  return resolvedAt !== undefined && archives ? 'archive' : undefined;
};

export const evolveAlertChannel = (state: AlertChannel, event: AlertChannelEvent): AlertChannel => {
  if (event.type === 'AlertChannelAskedFor') {
    const { at, alertRevision: followed, by: _by, members, ...about } = event.data;
    return {
      status: 'open',
      ...about,
      ...{ askedAt: at, followed, members, uninvited: members, isDescribed: false, namesTaken: 0 },
      ...{ attempts: 0, failures: 0, uncertain: false },
    };
  }
  if (state.status !== 'open') return state;
  const after = evolveOpen(state, event);
  return after.status === 'open' ? { ...after, dueAt: event.data.dueAt } : after;
};

const evolveOpen = (state: AskedChannel, event: Exclude<AlertChannelEvent, { type: 'AlertChannelAskedFor' }>): AlertChannel => {
  const { attempting, ...idle } = state;
  const done: AskedChannel = { ...idle, failures: 0, uncertain: false };
  const without = (userId: UserId | undefined) => state.uninvited.filter((other) => other !== userId);
  switch (event.type) {
    case 'AlertChannelMembersJoined': {
      const { alertRevision: followed, members } = event.data;
      return { ...state, followed, members: [...state.members, ...members], uninvited: [...state.uninvited, ...members] };
    }
    case 'AlertChannelEnding':
      return { ...state, followed: event.data.alertRevision, resolvedAt: event.data.at };
    case 'AlertChannelDetached':
      // What is known of the attempt at hand says nothing of the one to come.
      return { ...state, detachedBy: event.data.by, failures: 0, uncertain: false };
    case 'AlertChannelAttempted': {
      const { act, userId, at, attempt, possiblyDone } = event.data;
      const begun = { act, startedAt: at, ...(userId === undefined ? {} : { userId }) };
      return { ...state, attempting: begun, attempts: attempt, uncertain: possiblyDone };
    }
    case 'AlertChannelMade':
      return { ...done, channelId: event.data.channelId };
    case 'AlertChannelDescribed':
      return { ...done, isDescribed: true };
    case 'AlertChannelInvited':
      return { ...done, uninvited: without(event.data.userId) };
    case 'AlertChannelArchived':
    case 'AlertChannelDetachmentTold':
      return ended(state);
    case 'AlertChannelAttemptFailed': {
      const { reason, uncertain } = event.data;
      if (reason === NAME_TAKEN) return { ...done, namesTaken: state.namesTaken + 1 };
      // Others do not wait for somebody who cannot be invited now.
      const invited = attempting?.userId;
      const uninvited = invited === undefined ? state.uninvited : [...without(invited), invited];
      return { ...idle, uninvited, failures: state.failures + 1, uncertain: state.uncertain || uncertain };
    }
    case 'AlertChannelHeldBack':
      return idle;
    case 'AlertChannelGivenUp':
      switch (event.data.act) {
        case 'create':
          return { status: 'ended' };
        case 'describe':
          return { ...done, isDescribed: true };
        case 'invite':
          return { ...done, uninvited: without(event.data.userId) };
        case 'archive':
          return { ...done, archives: false };
        case 'detach':
          return ended(state);
      }
      return passedOver(event.data.act, state);
    default:
      return passedOver(event, state);
  }
};

const ended = ({ channelId, detachedBy }: AskedChannel): AlertChannel => ({
  status: 'ended',
  ...(channelId === undefined ? {} : { channelId }),
  ...(detachedBy === undefined ? {} : { isDetached: true }),
});

export const isDetached = (channel: AlertChannel): boolean =>
  (channel.status === 'open' && channel.detachedBy !== undefined) || (channel.status === 'ended' && channel.isDetached === true);

/** Slack's word for a channel of this name that is not ours. */
export const NAME_TAKEN = 'name_taken';
