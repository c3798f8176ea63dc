import type { Actor } from '../actor';
import { isLater, sameStep } from '../escalation/pass';
import type { UserId } from '../ids';
import type { ResponderReason } from '../oncall/responder-reason';
import { rejected } from '../rejection';
import type { Instant } from '../time';
import { openOnly } from './alert-answers';
import type { AlertCommandOf } from './alert-commands';
import type { AlertEvent, AlertEventOf, EscalationStep, SupportEdge, ToolTrigger } from './alert-events';
import { isStandingAt } from './alert-state';
import type { OpenAlert, RaisedAlert } from './alert-state';

const first = <Item extends { readonly userId: UserId }>(items: readonly Item[]): readonly Item[] =>
  items.filter((item, index) => items.findIndex(({ userId }) => userId === item.userId) === index);

const reasoned = (userIds: readonly UserId[], reason: ResponderReason) => first(userIds.map((userId) => ({ userId, reason })));

/** Creating what exists changes nothing, so that a redelivery can complete a half-done pair of streams. */
export const raise = ({ alert }: AlertCommandOf<'raise'>): readonly AlertEvent[] => {
  const { alertId, at, priority, route } = alert;
  const raised: AlertEvent = { type: 'AlertRaised', data: alert };
  if (route.type === 'policy') return [raised];
  if (route.userIds.length === 0) throw rejected('nobody-to-assign', 'the list of responders is empty', { field: 'responders' });
  const responders = reasoned(route.userIds, { type: 'requested' });
  const step = { round: 1, pass: 1, level: 0 };
  return [
    raised,
    { type: 'RespondersActivated', data: { alertId, at, activation: 1, step, priority, responders, problems: [], lateMs: 0 } },
  ];
};

/** Whether the step is where the escalation of a pending alert can go from here; an older or recorded one is a late message. */
const isAhead = (state: RaisedAlert, step: EscalationStep): boolean =>
  state.status === 'pending' &&
  state.route.type === 'policy' &&
  step.round === state.round &&
  (state.step === undefined || isLater(step, state.step) || (state.stepAwaited && sameStep(step, state.step)));

/** Not said before, in this round. The escalation may have left the level meanwhile: its people are paged late, but paged. */
const isUntold = (state: RaisedAlert, step: EscalationStep): boolean =>
  state.status === 'pending' &&
  state.route.type === 'policy' &&
  step.round === state.round &&
  !state.told.some((before) => sameStep(before, step));

export const recordLevel = (command: AlertCommandOf<'recordLevel'>, state: RaisedAlert): readonly AlertEvent[] => {
  const { at, step, dueAt, responders, problems, nextShiftStart } = command;
  if (!isUntold(state, step) || (state.priority === 'LOW' && state.levelReached)) return [];
  const { alertId, priority } = state;
  if (responders.length === 0) {
    return [{ type: 'LevelSkipped', data: { alertId, at, step, problems, ...(nextShiftStart === undefined ? {} : { nextShiftStart }) } }];
  }
  const lateMs = Math.max(0, at - dueAt);
  const activation = state.activations + 1;
  return [
    { type: 'RespondersActivated', data: { alertId, at, activation, step, priority, responders: first(responders), problems, lateMs } },
  ];
};

/** Escalation speaks of the last level that it tried: anything before where the alert stands now is late. */
const isAtOrAhead = (state: RaisedAlert, step: EscalationStep): boolean =>
  isAhead(state, step) || (state.status === 'pending' && state.step !== undefined && sameStep(step, state.step));

export const recordNobodyOnCall = (command: AlertCommandOf<'recordNobodyOnCall'>, state: RaisedAlert): readonly AlertEvent[] => {
  const { at, step, problems, fallback, retryAt } = command;
  if (!isAtOrAhead(state, step) || (state.nobodyAt !== undefined && sameStep(state.nobodyAt, step))) return [];
  const data = { alertId: state.alertId, at, step, problems, activation: state.activations + 1, fallback };
  return [{ type: 'NobodyOnCall', data: { ...data, ...(retryAt === undefined ? {} : { retryAt }) } }];
};

export const recordEscalationEnded = (command: AlertCommandOf<'recordEscalationEnded'>, state: RaisedAlert): readonly AlertEvent[] => {
  const { at, step, fallback } = command;
  if (!isAtOrAhead(state, step) || (state.endedAt !== undefined && sameStep(state.endedAt, step))) return [];
  return [{ type: 'EscalationEnded', data: { alertId: state.alertId, at, step, activation: state.activations + 1, fallback } }];
};

/** A new round, PENDING again; the former responders are no longer asked (B10). */
export const assign = ({ by, at, to, actionId, from }: AlertCommandOf<'assign'>, raised: RaisedAlert): readonly AlertEvent[] => {
  const state = openOnly(raised);
  if (from !== undefined && !isStandingAt(state, from)) return [];
  const { alertId, priority } = state;
  const data = { alertId, at, by, round: state.round + 1, priority, ...(actionId === undefined ? {} : { actionId }) };
  const activation = state.activations + 1;
  switch (to.type) {
    case 'policy':
      return [{ type: 'AlertAssigned', data: { ...data, to } }];
    case 'user':
      return [{ type: 'AlertAssigned', data: { ...data, to, activation } }];
    case 'schedule': {
      const { scheduleId, onCall } = to;
      if (onCall === undefined)
        throw rejected('nobody-on-call', `nobody is on call in schedule ${scheduleId} now`, {
          resource: { type: 'schedule', id: scheduleId },
        });
      return [{ type: 'AlertAssigned', data: { ...data, to: { type: 'schedule', scheduleId, ...onCall }, activation } }];
    }
  }
};

const levelAfter = (state: OpenAlert, levels: number, repeating: boolean): number => {
  const next = state.step === undefined ? 0 : state.step.level + 1;
  if (next < levels) return next;
  if (repeating && levels > 0) return 0;
  throw rejected('nobody-left-to-escalate-to', 'this is the last level, and the policy does not repeat', {
    resource: { type: 'alert', id: state.alertId },
  });
};

/** To the next level, or to a certain one. Asked twice from one level it is done once (B13). */
export const escalate = ({ by, at, from, to }: AlertCommandOf<'escalate'>, raised: RaisedAlert): readonly AlertEvent[] => {
  const state = openOnly(raised);
  const { alertId, route } = state;
  if (from !== undefined && (from.round < state.round || (state.step !== undefined && isLater(state.step, from)))) return [];
  if (route.type === 'users')
    throw rejected('nobody-left-to-escalate-to', 'the alert is with certain people, not with a policy', {
      resource: { type: 'alert', id: alertId },
    });
  if (state.priority === 'LOW')
    throw rejected('low-priority-does-not-escalate', 'raise the alert to HIGH first', { resource: { type: 'alert', id: alertId } });
  const { rules, repeating } = route.policy;
  if (to !== undefined && rules[to.level] === undefined)
    throw rejected('level-not-found', `the policy has ${rules.length} levels`, { field: 'level' });
  const level = to?.level ?? levelAfter(state, rules.length, repeating);
  return [{ type: 'EscalationRequested', data: { alertId, at, by, round: state.round + 1, to: { pass: 1, level } } }];
};

/**
 * LOW becomes HIGH. The escalation pages again by the policy; people who were chosen by hand have no escalation, so they are
 * paged again here, by their rules for HIGH.
 */
export const priorityRaised = (
  state: OpenAlert,
  by: Actor,
  at: Instant,
  cause: { readonly tool?: ToolTrigger; readonly supportHours?: SupportEdge } = {},
): readonly AlertEvent[] => {
  if (state.priority === 'HIGH') return [];
  const { alertId, round, route } = state;
  const status = state.status === 'pending' ? 'PENDING' : 'ACCEPTED';
  const raised: AlertEvent = { type: 'AlertPriorityRaised', data: { alertId, at, by, status, ...cause } };
  if (state.status === 'accepted' || route.type === 'policy' || state.responders.length === 0) return [raised];
  const userIds = state.responders.map(({ userId }) => userId);
  const again: AlertEventOf<'RespondersActivated'>['data'] = {
    alertId,
    at,
    activation: state.activations + 1,
    step: { round, pass: (state.step?.pass ?? 0) + 1, level: 0 },
    priority: 'HIGH',
    responders: reasoned(userIds, { type: 'requested' }),
    problems: [],
    lateMs: 0,
  };
  return [raised, { type: 'RespondersActivated', data: again }];
};

/** What waits becomes HIGH when support hours say so; whoever has answered is not disturbed. */
export const raiseWaiting = ({ at, edge }: AlertCommandOf<'raiseWaiting'>, state: RaisedAlert): readonly AlertEvent[] =>
  state.status === 'pending' ? priorityRaised(state, { type: 'system', part: 'support-hours' }, at, { supportHours: edge }) : [];
