import type { EscalationStep } from '../alert/alert-events';
import type { AlertPriority, EscalationRule, PolicySnapshot } from '../configuration/resources';
import { fold } from '../decider';
import { escalationDecider } from '../escalation/escalation';
import type { EscalationCommand, EscalationFact } from '../escalation/escalation-commands';
import type { EscalationEvent } from '../escalation/escalation-events';
import type { Escalation } from '../escalation/escalation-state';
import type { AlertId, AlertSourceId, EscalationPolicyId, ScheduleId, UserId } from '../ids';
import type { ReachabilityProblem } from '../oncall/responder-reason';
import { instant, parseInstant, type Instant } from '../time';

export const alertId = 4711 as AlertId;
export const ana = 1 as UserId;
export const ben = 2 as UserId;
export const cleo = 3 as UserId;

const start = parseInstant('2026-03-02T03:00:00Z');

/** So many minutes into the story. */
export const minute = (minutes: number): Instant => instant(start + Math.round(minutes * 60_000));

export const user = (userId: UserId) => ({ type: 'user', userId }) as const;

/** A rule that pages these people and waits so long for an answer. */
export const rule = (escalationTimeoutMin: number, ...userIds: readonly UserId[]): EscalationRule => ({
  escalationTimeoutMin,
  targets: userIds.map(user),
});

export const policyOf = (rules: readonly EscalationRule[], settings: Partial<PolicySnapshot> = {}): PolicySnapshot => ({
  policyId: 1 as EscalationPolicyId,
  name: 'Ops',
  rules,
  repeating: false,
  frequency: 1,
  delayMin: 0,
  ...settings,
});

export const step = (level: number, pass = 1, round = 1): EscalationStep => ({ round, pass, level });

/** Nobody in the schedule; the next shift, where one is given, begins then. */
export const gap = (nextShiftStart?: Instant): ReachabilityProblem => ({
  type: 'schedule-gap',
  scheduleId: 5 as ScheduleId,
  scheduleName: 'Nights',
  gap: 'no-shift',
  ...(nextShiftStart === undefined ? {} : { nextShiftStart }),
});

/** A fact handled `lagMin` after it happened. */
export const seen = (revision: number, fact: EscalationFact, lagMin = 0): EscalationCommand => ({
  type: 'observe',
  fact,
  revision,
  at: instant(fact.data.at + lagMin * 60_000),
});
export const fires = (at: Instant): EscalationCommand => ({ type: 'fireDue', at });

const by = { type: 'system', part: 'spec' } as const;

export const raisedTo = (policy: PolicySnapshot, priority: AlertPriority = 'HIGH', at = minute(0)): EscalationFact =>
  raisedBy(at, priority, { type: 'policy', policy });
export const raisedToPeople = (...userIds: readonly UserId[]): EscalationFact => raisedBy(minute(0), 'HIGH', { type: 'users', userIds });

const raisedBy = (
  at: Instant,
  priority: AlertPriority,
  route: Extract<EscalationFact, { type: 'AlertRaised' }>['data']['route'],
): EscalationFact => ({
  type: 'AlertRaised',
  data: {
    alertId,
    sourceId: 7 as AlertSourceId,
    at,
    by,
    summary: 'disk full',
    priority,
    images: [],
    links: [],
    labels: {},
    comments: [],
    route,
  },
});

export const activated = (at: Instant, of: EscalationStep, priority: AlertPriority = 'HIGH'): EscalationFact => ({
  type: 'RespondersActivated',
  data: {
    alertId,
    at,
    activation: 1,
    step: of,
    priority,
    responders: [{ userId: ana, reason: { type: 'direct' } }],
    problems: [],
    lateMs: 0,
  },
});
export const skipped = (at: Instant, of: EscalationStep, ...problems: readonly ReachabilityProblem[]): EscalationFact => ({
  type: 'LevelSkipped',
  data: { alertId, at, step: of, problems },
});
export const nobodyOnCall = (at: Instant, of: EscalationStep, retryAt: Instant): EscalationFact => ({
  type: 'NobodyOnCall',
  data: { alertId, at, step: of, problems: [], activation: 1, fallback: [cleo], retryAt },
});
export const accepted = (at: Instant, round = 1): EscalationFact => ({
  type: 'AlertAccepted',
  data: { alertId, at, by: user(ana), round },
});
export const resolved = (at: Instant): EscalationFact => ({ type: 'AlertResolved', data: { alertId, at, by, cause: 'tool' } });
export const priorityRaised = (at: Instant, status: 'PENDING' | 'ACCEPTED' = 'PENDING'): EscalationFact => ({
  type: 'AlertPriorityRaised',
  data: { alertId, at, by, status },
});
export const escalationRequested = (at: Instant, round: number, to: { readonly pass: number; readonly level: number }): EscalationFact => ({
  type: 'EscalationRequested',
  data: { alertId, at, by: user(ana), round, to },
});
export const assignedTo = (at: Instant, round: number, to: PolicySnapshot | UserId): EscalationFact => ({
  type: 'AlertAssigned',
  data: {
    alertId,
    at,
    by: user(ana),
    round,
    priority: 'HIGH',
    ...(typeof to === 'number' ? { to: user(to), activation: 9 } : { to: { type: 'policy' as const, policy: to } }),
  },
});

/** What the escalation recorded, command after command, and where it stands then. */
export const escalated = (
  ...commands: readonly EscalationCommand[]
): { readonly events: readonly EscalationEvent[]; readonly state: Escalation } => {
  const events: EscalationEvent[] = [];
  let state = escalationDecider.initial;
  for (const command of commands) {
    const decided = escalationDecider.decide(command, state);
    events.push(...decided);
    state = fold(escalationDecider, decided, state);
  }
  return { events, state };
};

/** Events as one line each: what happens, at which step, when it is due, in minutes of the story. */
export const told = (events: readonly EscalationEvent[]): readonly string[] =>
  events.map(({ type, data }) =>
    [
      type,
      'step' in data ? `${data.step.round}.${data.step.pass}.${data.step.level}` : undefined,
      'dueAt' in data ? `due ${(data.dueAt - start) / 60_000}` : undefined,
      'cause' in data ? data.cause : undefined,
      'reason' in data ? data.reason : undefined,
    ]
      .filter((part) => part !== undefined)
      .join(' '),
  );

/** Given what was seen before, what the next command makes it record. */
export const escalating = (...before: readonly EscalationCommand[]) => ({
  when: (command: EscalationCommand) => {
    const events = escalationDecider.decide(command, escalated(...before).state);
    return { events, told: told(events) };
  },
});
