import type { AlertEventOf, EscalationStep } from '../alert/alert-events';
import type { AlertPriority } from '../configuration/resources';
import { assertNever, type Decider } from '../decider';
import type { ReachabilityProblem } from '../oncall/responder-reason';
import { plusMinutes, type Instant } from '../time';
import type { EscalationCommand, EscalationFact } from './escalation-commands';
import type { EscalationEvent, HaltReason, PlanCause, SkippedLevel } from './escalation-events';
import {
  evolveEscalation,
  initialEscalation,
  nextEscalationDue,
  resolutionWaitMin,
  type Escalation,
  type RunningEscalation,
} from './escalation-state';
import { earliest, isLater, passesOf, ruleIndexOf, sameStep, uncountedFrom, withSkipped } from './pass';

interface Plan {
  readonly step: EscalationStep;
  readonly dueAt: Instant;
  readonly cause: PlanCause;
  readonly priority?: AlertPriority;
  readonly skipped?: SkippedLevel;
}

/** Plans a level and, when that is due already, fires it in the same append. A level that does not exist ends the escalation. */
const planLevel = (state: RunningEscalation, plan: Plan, at: Instant, fact?: number): readonly EscalationEvent[] => {
  const { step, dueAt, cause, priority = state.priority, skipped } = plan;
  const { alertId, policy } = state;
  const followsFrom = fact === undefined ? {} : { fact };
  const rule = policy.rules[step.level];
  if (rule === undefined) return [{ type: 'EscalationExhausted', data: { alertId, at, step, ...followsFrom } }];
  const ruleIndex = ruleIndexOf(policy, step, uncountedFrom(state, plan));
  const planned: EscalationEvent = {
    type: 'LevelPlanned',
    data: { alertId, at, step, dueAt, cause, priority, ruleIndex, ...(skipped === undefined ? {} : { skipped }), ...followsFrom },
  };
  if (dueAt > at) return [planned];
  return [planned, levelDue(state, { step, dueAt, priority }, at, fact)];
};

const levelDue = (
  { alertId, policy }: RunningEscalation,
  { step, dueAt, priority }: Required<Pick<Plan, 'step' | 'dueAt' | 'priority'>>,
  at: Instant,
  fact?: number,
): EscalationEvent => {
  const targets = policy.rules[step.level]?.targets ?? [];
  const leaveAt = plusMinutes(at, resolutionWaitMin(policy, step));
  return { type: 'LevelDue', data: { alertId, at, step, dueAt, priority, targets, leaveAt, ...(fact === undefined ? {} : { fact }) } };
};

const start = (
  fact: AlertEventOf<'AlertRaised'> | AlertEventOf<'AlertAssigned'>,
  revision: number,
  at: Instant,
): readonly EscalationEvent[] => {
  const { alertId, priority } = fact.data;
  const raised = fact.type === 'AlertRaised';
  const to = raised ? fact.data.route : fact.data.to;
  if (to.type !== 'policy') return [];
  const { policy } = to;
  const round = raised ? 1 : fact.data.round;
  const started: EscalationEvent = { type: 'EscalationStarted', data: { alertId, at, round, policy, priority, fact: revision } };
  const state = evolveEscalation(initialEscalation, started) as RunningEscalation;
  const step = { round, pass: 1, level: 0 };
  if (policy.rules.length === 0) return [started, ...nobodyFound(state, step, [], undefined, at, revision)];
  // The delay is once per alert (B14): a person who assigns an alert to a policy asks for somebody now.
  const dueAt = raised ? plusMinutes(fact.data.at, policy.delayMin) : fact.data.at;
  return [started, ...planLevel(state, { step, dueAt, cause: 'start' }, at, revision)];
};

const halt = (state: RunningEscalation, reason: HaltReason, at: Instant, fact: number, round = state.round): readonly EscalationEvent[] => [
  { type: 'EscalationHalted', data: { alertId: state.alertId, at, round, reason, fact } },
];

const nobodyFound = (
  state: RunningEscalation,
  step: EscalationStep,
  problems: readonly ReachabilityProblem[],
  retryAt: Instant | undefined,
  at: Instant,
  fact: number,
): readonly EscalationEvent[] => [
  { type: 'NobodyFound', data: { alertId: state.alertId, at, step, problems, ...(retryAt === undefined ? {} : { retryAt }), fact } },
  ...(retryAt === undefined
    ? halt(state, 'nobody-on-call', at, fact)
    : [{ type: 'RetryPlanned' as const, data: { alertId: state.alertId, at, dueAt: retryAt, fact } }]),
];

/** Whether anything is under way that an answer would stop. */
const isPending = (state: RunningEscalation): boolean => nextEscalationDue(state) !== null;

/** The level after `step`: the next rule, or the first one of the next pass while the policy still has passes. */
const stepAfter = (state: RunningEscalation, step: EscalationStep): EscalationStep | undefined => {
  if (step.level + 1 < state.policy.rules.length) return { ...step, level: step.level + 1 };
  return step.pass - state.uncountedPasses < passesOf(state.policy) ? { ...step, pass: step.pass + 1, level: 0 } : undefined;
};

const topOfNextPass = (state: RunningEscalation): EscalationStep => ({
  round: state.round,
  pass: (state.fired?.round === state.round ? state.fired.pass : 0) + 1,
  level: 0,
});

const activated = (
  state: RunningEscalation,
  data: AlertEventOf<'RespondersActivated'>['data'],
  at: Instant,
  fact: number,
): readonly EscalationEvent[] => {
  if (state.status !== 'awaiting' || !sameStep(state.step, data.step)) return [];
  if (state.priority === 'LOW') return halt(state, 'low-priority', at, fact);
  const dueAt = plusMinutes(data.at, state.policy.rules[data.step.level]?.escalationTimeoutMin ?? 0);
  const step = stepAfter(state, data.step);
  if (step !== undefined) return planLevel(state, { step, dueAt, cause: 'no-answer' }, at, fact);
  const { alertId } = state;
  if (dueAt <= at) return [{ type: 'EscalationExhausted', data: { alertId, at, step: data.step, fact } }];
  return [{ type: 'EndPlanned', data: { alertId, at, step: data.step, dueAt, fact } }];
};

const skipped = (
  state: RunningEscalation,
  data: AlertEventOf<'LevelSkipped'>['data'],
  at: Instant,
  fact: number,
): readonly EscalationEvent[] => {
  if (state.status !== 'awaiting' || !sameStep(state.step, data.step)) return [];
  const shiftStarts = [
    data.nextShiftStart,
    ...data.problems.map((problem) => (problem.type === 'schedule-gap' ? problem.nextShiftStart : undefined)),
  ];
  // A shift that had started when the level fired is not one to wait for: retrying at it would spin. One that has started
  // since then is: whoever it brings was not asked yet.
  const nextShiftStart = shiftStarts
    .filter((shiftStart): shiftStart is Instant => shiftStart !== undefined && shiftStart > state.firedAt)
    .reduce<Instant | undefined>(earliest, undefined);
  const isLastOfPass = data.step.level + 1 >= state.policy.rules.length;
  if (isLastOfPass && state.pass.empty) {
    const { problems, retryAt } = withSkipped(state.pass, data.problems, nextShiftStart);
    return nobodyFound(state, data.step, problems, retryAt, at, fact);
  }
  const step = stepAfter(state, data.step);
  if (step === undefined) return [{ type: 'EscalationExhausted', data: { alertId: state.alertId, at, step: data.step, fact } }];
  const level: SkippedLevel = { step: data.step, problems: data.problems, ...(nextShiftStart === undefined ? {} : { nextShiftStart }) };
  // The level after an empty one was due when that one was, so that its lateness is the whole one (P6).
  return planLevel(state, { step, dueAt: state.dueAt, cause: 'skipped', skipped: level }, at, fact);
};

/** The timer fires to the second: so late it does only after a time in which nothing ran, and nobody could have resolved the level. */
const DOWNTIME_MS = 30_000;

/**
 * A resolution that is lost or parked must not end in silence (B11): the level is left like one that nobody answered. It stays
 * open to be resolved late. After downtime the wait begins again, so that one level fires and not two at once.
 */
const unresolved = (state: Extract<RunningEscalation, { status: 'awaiting' }>, at: Instant): readonly EscalationEvent[] => {
  const { alertId, step, leaveAt } = state;
  if (at - leaveAt > DOWNTIME_MS) {
    return [{ type: 'LevelAwaited', data: { alertId, at, step, leaveAt: plusMinutes(at, resolutionWaitMin(state.policy, step)) } }];
  }
  const left: EscalationEvent = { type: 'LevelUnresolved', data: { alertId, at, step, dueAt: state.dueAt } };
  const next = stepAfter(state, step);
  if (next === undefined) return [left, { type: 'EscalationExhausted', data: { alertId, at, step } }];
  return [left, ...planLevel(state, { step: next, dueAt: leaveAt, cause: 'unresolved' }, at)];
};

/** Alerts may know an earlier moment to try again than the skipped levels told. */
const nobodyOnCall = (
  state: RunningEscalation,
  data: AlertEventOf<'NobodyOnCall'>['data'],
  at: Instant,
  fact: number,
): readonly EscalationEvent[] => {
  const { retryAt } = data;
  if (retryAt === undefined || state.fired === undefined || !sameStep(state.fired, data.step)) return [];
  const isSooner = state.status === 'retrying' ? retryAt < state.dueAt : state.status === 'halted' && state.reason === 'nobody-on-call';
  return isSooner ? [{ type: 'RetryPlanned', data: { alertId: state.alertId, at, dueAt: retryAt, fact } }] : [];
};

const raised = (
  state: RunningEscalation,
  data: AlertEventOf<'AlertPriorityRaised'>['data'],
  at: Instant,
  fact: number,
): readonly EscalationEvent[] => {
  if (data.status !== 'PENDING' || state.priority === 'HIGH') return [];
  if (state.status === 'halted' && state.reason !== 'low-priority' && state.reason !== 'nobody-on-call') return [];
  // Within the delay nobody was paged yet: the plan stays, with the rules of HIGH. Else all are paged again, from the top (B15).
  const plan = state.status === 'planned' ? { step: state.step, dueAt: state.dueAt } : { step: topOfNextPass(state), dueAt: data.at };
  return planLevel(state, { ...plan, cause: 'raised', priority: 'HIGH' }, at, fact);
};

const requested = (
  state: RunningEscalation,
  data: AlertEventOf<'EscalationRequested'>['data'],
  at: Instant,
  fact: number,
): readonly EscalationEvent[] => {
  const asked: EscalationStep = { round: data.round, ...data.to };
  if (state.status === 'awaiting' && sameStep(state.step, asked)) {
    // Fired already, and nothing changes; on record, or the same request would ask for one more pass once timers have moved on.
    return [{ type: 'LevelAwaited', data: { alertId: state.alertId, at, step: state.step, leaveAt: state.leaveAt, fact } }];
  }
  // A step that fired already would be taken for a redelivery by the alert: the same level of a further pass is meant.
  const step =
    state.fired === undefined || isLater(asked, state.fired) ? asked : { ...asked, round: state.fired.round, pass: state.fired.pass + 1 };
  // On a LOW alert the request is refused (B15), so that one that is on record was made on a HIGH one.
  return planLevel(state, { step, dueAt: data.at, cause: 'requested', priority: 'HIGH' }, at, fact);
};

const observe = (state: Escalation, fact: EscalationFact, revision: number, at: Instant): readonly EscalationEvent[] => {
  if (state.status !== 'absent' && revision <= state.lastFact) return [];
  if (fact.type === 'AlertRaised') return state.status === 'absent' ? start(fact, revision, at) : [];
  if (fact.type === 'AlertAssigned' && fact.data.to.type === 'policy') return start(fact, revision, at);
  if (state.status === 'absent') return [];
  switch (fact.type) {
    case 'RespondersActivated':
      return activated(state, fact.data, at, revision);
    case 'LevelSkipped':
      return skipped(state, fact.data, at, revision);
    case 'NobodyOnCall':
      return nobodyOnCall(state, fact.data, at, revision);
    case 'AlertPriorityRaised':
      return raised(state, fact.data, at, revision);
    case 'EscalationRequested':
      return requested(state, fact.data, at, revision);
    case 'AlertAssigned':
      return halt(state, 'assigned', at, revision, fact.data.round);
    case 'AlertAccepted':
      return isPending(state) && fact.data.round >= state.round ? halt(state, 'accepted', at, revision) : [];
    case 'AlertResolved':
      return isPending(state) ? halt(state, 'resolved', at, revision) : [];
    default:
      return assertNever(fact);
  }
};

const fireDue = (state: Escalation, at: Instant): readonly EscalationEvent[] => {
  if (state.status === 'absent') return [];
  const dueAt = nextEscalationDue(state);
  if (dueAt === null || dueAt > at) return [];
  const { alertId, priority } = state;
  switch (state.status) {
    case 'planned':
      return [levelDue(state, { step: state.step, dueAt, priority }, at)];
    case 'awaiting':
      return unresolved(state, at);
    case 'ending':
      return [{ type: 'EscalationExhausted', data: { alertId, at, step: state.step } }];
    case 'retrying':
      return planLevel(state, { step: topOfNextPass(state), dueAt, cause: 'retry' }, at);
    default:
      return [];
  }
};

/**
 * Walks an alert through its policy. It never waits and never calls: each decision follows from one fact of the alert or
 * from its timer, and whoever runs it acts on the stored events only.
 */
export const escalationDecider: Decider<EscalationCommand, Escalation, EscalationEvent> = {
  initial: initialEscalation,
  decide: (command, state) =>
    command.type === 'fireDue' ? fireDue(state, command.at) : observe(state, command.fact, command.revision, command.at),
  evolve: evolveEscalation,
};
