import { isSubscribed, refuseFurther, refuseUnlessSubscribed } from '../configuration/subscription-rules';
import { rejected } from '../rejection';
import type { AlertCommandOf } from './alert-commands';
import type { AlertEvent } from './alert-events';
import type { OpenAlert, RaisedAlert } from './alert-state';
import { hasAccepted, isResponder } from './responders';

const alreadyResolved = (state: RaisedAlert) =>
  rejected('alert-already-resolved', `alert ${state.alertId} is resolved already`, { resource: { type: 'alert', id: state.alertId } });

/** What only an open alert takes; on a resolved one it is refused (B5). */
export const openOnly = (state: RaisedAlert): OpenAlert => {
  if (state.status === 'resolved') throw alreadyResolved(state);
  return state;
};

/** The first acceptance stops the escalation; a further person becomes one more responder (B5, B9). */
export const accept = ({ by, at }: AlertCommandOf<'accept'>, raised: RaisedAlert): readonly AlertEvent[] => {
  const state = openOnly(raised);
  const data = { alertId: state.alertId, at, by, round: state.round };
  if (state.status === 'pending') return [{ type: 'AlertAccepted', data }];
  return by.type !== 'user' || hasAccepted(state.responders, by.userId) ? [] : [{ type: 'ResponderAccepted', data }];
};

export const resolve = ({ by, at }: AlertCommandOf<'resolve'>, state: RaisedAlert): readonly AlertEvent[] =>
  state.status === 'resolved' ? [] : [{ type: 'AlertResolved', data: { alertId: state.alertId, at, by, cause: 'user' } }];

export const autoResolve = ({ at }: AlertCommandOf<'autoResolve'>, state: RaisedAlert): readonly AlertEvent[] => {
  if (state.status === 'resolved' || state.autoResolveAt === undefined || at < state.autoResolveAt) return [];
  const by = { type: 'system', part: 'auto-resolution' } as const;
  return [{ type: 'AlertResolved', data: { alertId: state.alertId, at, by, cause: 'auto-resolution' } }];
};

/** A comment changes no state, so that a person may also comment on a resolved alert. */
export const comment = ({ by, at, comments, tool }: AlertCommandOf<'comment'>, state: RaisedAlert): readonly AlertEvent[] =>
  comments.map((written) => ({
    type: 'CommentAdded',
    data: { alertId: state.alertId, at, by, comment: written, ...(tool === undefined ? {} : { tool }) },
  }));

export const addResponder = ({ by, at, userId }: AlertCommandOf<'addResponder'>, raised: RaisedAlert): readonly AlertEvent[] => {
  const state = openOnly(raised);
  if (isResponder(state.responders, userId))
    throw rejected('responder-already-present', `user ${userId} is a responder already`, { resource: { type: 'user', id: userId } });
  const { alertId, priority, round } = state;
  return [{ type: 'ResponderAdded', data: { alertId, at, by, userId, activation: state.activations + 1, priority, round } }];
};

export const removeResponder = ({ by, at, userId }: AlertCommandOf<'removeResponder'>, raised: RaisedAlert): readonly AlertEvent[] => {
  const state = openOnly(raised);
  if (!isResponder(state.responders, userId))
    throw rejected('responder-not-found', `user ${userId} is not a responder`, { resource: { type: 'user', id: userId } });
  return [{ type: 'ResponderRemoved', data: { alertId: state.alertId, at, by, userId } }];
};

/** Again changes nothing. */
export const follow = ({ by, at, subscriber }: AlertCommandOf<'follow'>, raised: RaisedAlert): readonly AlertEvent[] => {
  const { alertId, subscribers = [] } = openOnly(raised);
  if (isSubscribed(subscribers, subscriber)) return [];
  refuseFurther(subscribers);
  return [{ type: 'AlertFollowed', data: { alertId, at, by, subscriber } }];
};

export const unfollow = ({ by, at, subscriber }: AlertCommandOf<'unfollow'>, raised: RaisedAlert): readonly AlertEvent[] => {
  const { alertId, subscribers = [] } = raised;
  refuseUnlessSubscribed(subscribers, subscriber);
  return [{ type: 'AlertUnfollowed', data: { alertId, at, by, subscriber } }];
};

/** What those who follow the alert hear of says who they are. */
export const toldToSubscribers = (events: readonly AlertEvent[], { subscribers = [] }: RaisedAlert): readonly AlertEvent[] =>
  subscribers.length === 0
    ? events
    : events.map((event) =>
        event.type === 'AlertAccepted' || event.type === 'AlertResolved'
          ? ({ ...event, data: { ...event.data, subscribers } } as AlertEvent)
          : event,
      );
