import type { Actor } from '../actor';
import type { AlertCommand, AlertCommandOf, Assignee, ToolKey } from '../alert/alert-commands';
import type { AlertEvent, AlertEventOf, EscalationStep, ToolTrigger } from '../alert/alert-events';
import type { PolicySnapshot } from '../configuration/resources';
import type { AlertSourceId, ScheduleId, UserId } from '../ids';
import type { Instant } from '../time';
import { alertId, ana, ben, cleo, gap, minute, policyOf, rule, step, user } from './escalation-builders';

export { alertId, ana, ben, cleo, gap, minute, policyOf, rule, step, user };

export const sourceId = 7 as AlertSourceId;
export const source: Actor = { type: 'source', sourceId };
/** Three levels: Ana, Ben, Cleo. */
export const threeLevels: PolicySnapshot = policyOf([rule(5, ana), rule(10, ben), rule(10, cleo)]);
export const onCallReason = {
  type: 'schedule',
  scheduleId: 5 as ScheduleId,
  scheduleName: 'Nights',
  onCall: { type: 'shift', start: minute(-60), end: minute(60) },
} as const;

/** The tool event at this offset of partition 0. */
export const toolEvent = (offset: number, eventId = `event-${offset}`): ToolTrigger => ({
  eventId,
  position: { epoch: 'e1', partition: 0, offset },
});

export const raised = (settings: Partial<AlertEventOf<'AlertRaised'>['data']> = {}): AlertEvent => ({
  type: 'AlertRaised',
  data: {
    alertId,
    sourceId,
    at: minute(0),
    by: source,
    summary: 'disk full',
    priority: 'HIGH',
    images: [],
    links: [],
    labels: {},
    comments: [],
    alertKey: 'disk',
    route: { type: 'policy', policy: threeLevels },
    tool: toolEvent(0),
    ...settings,
  },
});

export const activated = (of: EscalationStep, activation: number, ...userIds: readonly UserId[]): AlertEvent => ({
  type: 'RespondersActivated',
  data: {
    alertId,
    at: minute(0),
    activation,
    step: of,
    priority: 'HIGH',
    responders: userIds.map((userId) => ({ userId, reason: { type: 'direct' } })),
    problems: [],
    lateMs: 0,
  },
});

export const accepted = (userId: UserId, at: Instant = minute(1), round = 1): AlertEvent => ({
  type: 'AlertAccepted',
  data: { alertId, at, by: user(userId), round },
});
export const responderAccepted = (userId: UserId, at: Instant, round = 1): AlertEvent => ({
  type: 'ResponderAccepted',
  data: { alertId, at, by: user(userId), round },
});
export const resolvedBy = (by: Actor, at: Instant, tool?: ToolTrigger): AlertEvent => ({
  type: 'AlertResolved',
  data: { alertId, at, by, cause: by.type === 'user' ? 'user' : 'tool', ...(tool === undefined ? {} : { tool }) },
});

export const accept = (userId: UserId, at: Instant = minute(2)): AlertCommand => ({ type: 'accept', by: user(userId), at });
export const resolve = (userId: UserId, at: Instant = minute(3)): AlertCommand => ({ type: 'resolve', by: user(userId), at });
export const assign = (to: Assignee, at: Instant = minute(4)): AlertCommand => ({ type: 'assign', by: user(ana), at, to });
export const escalate = (settings: Partial<AlertCommandOf<'escalate'>> = {}): AlertCommand => ({
  type: 'escalate',
  by: user(ana),
  at: minute(4),
  ...settings,
});
export const level = (
  of: EscalationStep,
  userIds: readonly UserId[],
  settings: Partial<AlertCommandOf<'recordLevel'>> = {},
): AlertCommand => ({
  type: 'recordLevel',
  at: minute(0),
  dueAt: minute(0),
  step: of,
  responders: userIds.map((userId) => ({ userId, reason: { type: 'direct' } })),
  problems: [],
  ...settings,
});
export const repeat = (offset: number, settings: Partial<AlertCommandOf<'repeat'>> = {}): AlertCommand => ({
  type: 'repeat',
  at: minute(2),
  by: source,
  summary: 'disk full',
  alertKey: 'disk',
  firing: [{ key: 'disk' }],
  resolved: [],
  tool: toolEvent(offset),
  ...settings,
});
export const resolveByTool = (offset: number, ...keys: readonly ToolKey[]): AlertCommand => ({
  type: 'resolveByTool',
  at: minute(3),
  by: source,
  keys,
  tool: toolEvent(offset),
});
