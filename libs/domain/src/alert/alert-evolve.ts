import { assertNever, passedOver } from '../decider';
import type { Actor } from '../actor';
import { withoutSubscriber } from '../configuration/subscription-rules';
import { isLater } from '../escalation/pass';
import type { Instant } from '../time';
import type { AlertEvent, AlertEventOf, EscalationStep } from './alert-events';
import { noToolEvents, normaliseAlertKey, withApplied } from './alert-key';
import { initialKeys, withAllResolved, withJoined, withResolved } from './alert-keys';
import type { Alert, AlertBody, PendingAlert, RaisedAlert } from './alert-state';
import { accepting, askedAgain, withPending, without } from './responders';

const raised = ({ data }: AlertEventOf<'AlertRaised'>): PendingAlert => ({
  status: 'pending',
  alertId: data.alertId,
  sourceId: data.sourceId,
  raisedAt: data.at,
  summary: data.summary,
  ...(data.details === undefined ? {} : { details: data.details }),
  priority: data.priority,
  ...(data.severity === undefined ? {} : { severity: data.severity }),
  ...(data.alertKey === undefined ? {} : { alertKey: data.alertKey }),
  keys: initialKeys(data),
  responders: [],
  round: 1,
  told: [],
  stepAwaited: false,
  levelReached: false,
  route: data.route,
  activations: 0,
  repeats: { recorded: 0 },
  ignored: 0,
  ...(data.autoResolveAt === undefined ? {} : { autoResolveAt: data.autoResolveAt }),
  comments: data.comments.length,
  tool: noToolEvents,
});

const bodyOf = (state: RaisedAlert): AlertBody => {
  switch (state.status) {
    case 'pending': {
      const { status: _status, ...body } = state;
      return body;
    }
    case 'accepted': {
      const { status: _status, acceptedBy: _acceptedBy, ...body } = state;
      return body;
    }
    case 'resolved': {
      const { status: _status, resolvedBy: _resolvedBy, resolvedAt: _resolvedAt, cause: _cause, ...body } = state;
      return body;
    }
    default:
      return assertNever(state);
  }
};

/** A new acceptance round asks everybody again and starts the walk through the levels afresh (B10). */
const inRound = (state: RaisedAlert, round: number): PendingAlert => {
  const { step: _step, nobodyAt: _nobodyAt, endedAt: _endedAt, ...body } = bodyOf(state);
  const responders = askedAgain(body.responders, round);
  return { ...body, status: 'pending', round, told: [], stepAwaited: false, levelReached: false, responders };
};

const assigned = (state: RaisedAlert, { round, to, activation }: AlertEventOf<'AlertAssigned'>['data']): RaisedAlert => {
  const fresh: PendingAlert = { ...inRound(state, round), responders: [] };
  if (to.type === 'policy') return { ...fresh, route: { type: 'policy', policy: to.policy } };
  const activations = activation ?? state.activations;
  return {
    ...fresh,
    route: { type: 'users', userIds: [to.userId] },
    activations,
    responders: withPending([], to.userId, activations, round),
  };
};

const withAcceptance = <Raised extends RaisedAlert>(state: Raised, by: Actor, at: Instant, round: number): Raised =>
  by.type === 'user' ? { ...state, lastAcceptedBy: by.userId, responders: accepting(state.responders, by.userId, at, round) } : state;

const reached = <Raised extends RaisedAlert>(state: Raised, step: EscalationStep): Raised =>
  // A level that was left without a resolution may get it late: the escalation stands further on.
  state.step !== undefined && isLater(state.step, step) ? state : { ...state, step, stepAwaited: false };

const told = <Raised extends RaisedAlert>(state: Raised, step: EscalationStep): Raised => ({
  ...reached(state, step),
  told: [...state.told, step],
});

const evolveRaised = (state: RaisedAlert, event: Exclude<AlertEvent, { type: 'AlertRaised' }>): RaisedAlert => {
  switch (event.type) {
    case 'AlertRepeated': {
      const { at, episodes = [] } = event.data;
      return { ...state, keys: episodes.reduce(withJoined, state.keys), repeats: { recorded: state.repeats.recorded + 1, lastAt: at } };
    }
    case 'ToolEventIgnored':
      return { ...state, ignored: state.ignored + 1 };
    case 'AlertSummaryChanged': {
      const { details: before, ...kept } = state;
      const details = event.data.details ?? before;
      return { ...kept, summary: event.data.summary, ...(details === undefined ? {} : { details }) };
    }
    case 'AlertPriorityRaised':
      return { ...state, priority: 'HIGH' };
    case 'KeyJoined':
      return { ...state, keys: withJoined(state.keys, keyOf(event.data)) };
    case 'KeyResolved':
      return { ...state, keys: withResolved(state.keys, keyOf(event.data)) };
    case 'CommentAdded':
      return { ...state, comments: state.comments + 1 };
    case 'RespondersActivated': {
      const { responders, activation, step } = event.data;
      const asked = responders.reduce((soFar, { userId }) => withPending(soFar, userId, activation, state.round), state.responders);
      return { ...told(state, step), levelReached: true, activations: activation, responders: asked };
    }
    case 'LevelSkipped':
      return told(state, event.data.step);
    case 'NobodyOnCall':
      return { ...reached(state, event.data.step), nobodyAt: event.data.step, activations: event.data.activation };
    case 'EscalationEnded':
      return { ...reached(state, event.data.step), endedAt: event.data.step, activations: event.data.activation };
    case 'AlertAccepted':
      return withAcceptance(
        { ...bodyOf(state), status: 'accepted', acceptedBy: event.data.by },
        event.data.by,
        event.data.at,
        event.data.round,
      );
    case 'ResponderAccepted':
      return withAcceptance(state, event.data.by, event.data.at, event.data.round);
    case 'ResponderAdded': {
      const { userId, activation } = event.data;
      return { ...state, activations: activation, responders: withPending(state.responders, userId, activation, state.round) };
    }
    case 'ResponderRemoved':
      return { ...state, responders: without(state.responders, event.data.userId) };
    case 'AlertFollowed':
      return { ...state, subscribers: [...(state.subscribers ?? []), event.data.subscriber] };
    case 'AlertUnfollowed':
      return { ...state, subscribers: withoutSubscriber(state.subscribers ?? [], event.data.subscriber) };
    case 'AlertAssigned':
      return assigned(state, event.data);
    case 'EscalationRequested': {
      const { round, to } = event.data;
      return { ...inRound(state, round), step: { round, ...to }, stepAwaited: true };
    }
    case 'AlertResolved': {
      const { by: resolvedBy, at: resolvedAt, cause } = event.data;
      const keys = cause === 'tool' ? withAllResolved(state.keys) : state.keys;
      return { ...bodyOf(state), status: 'resolved', resolvedBy, resolvedAt, cause, keys };
    }
    default:
      return passedOver(event, state);
  }
};

const keyOf = ({ alertKey, episode }: { readonly alertKey: string; readonly episode?: string }) => {
  const key = normaliseAlertKey(alertKey) ?? alertKey;
  return episode === undefined ? { key } : { key, episode };
};

export const evolveAlert = (state: Alert, event: AlertEvent): Alert => {
  const next = event.type === 'AlertRaised' ? raised(event) : state.status === 'absent' ? state : evolveRaised(state, event);
  const tool = 'tool' in event.data ? event.data.tool : undefined;
  return next.status === 'absent' || tool === undefined ? next : { ...next, tool: withApplied(next.tool, tool.eventId, tool.position) };
};
