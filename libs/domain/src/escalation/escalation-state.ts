import type { EscalationStep } from '../alert/alert-events';
import type { AlertPriority, PolicySnapshot } from '../configuration/resources';
import { passedOver } from '../decider';
import type { AlertId } from '../ids';
import { plusMinutes, type Instant } from '../time';
import type { EscalationEvent, EscalationEventOf, HaltReason } from './escalation-events';
import { freshPass, passAfter, ruleIndexOf, uncountedFrom, type Pass } from './pass';

/** What one run through a policy has to remember. */
interface Run {
  readonly alertId: AlertId;
  readonly round: number;
  readonly policy: PolicySnapshot;
  readonly priority: AlertPriority;
  /** Revision of the newest alert fact acted on; one at or below it is a redelivery (P4). */
  readonly lastFact: number;
  /** The level that fired last. Steps only go up from here within a round: a step is recorded on the alert once. */
  readonly fired?: EscalationStep;
  /** How many passes of this round do not count against the policy's frequency: nobody was there, or the alert was LOW. */
  readonly uncountedPasses: number;
  readonly pass: Pass;
}

export type Escalation =
  | { readonly status: 'absent' }
  /** Nothing is due yet: the decision that started it is not read to its end. */
  | ({ readonly status: 'started' } & Run)
  | ({ readonly status: 'planned'; readonly step: EscalationStep; readonly dueAt: Instant } & Run)
  /** A level fired; whether it has somebody, the alert will say. If it does not until `leaveAt`, the escalation goes on. */
  | ({
      readonly status: 'awaiting';
      readonly step: EscalationStep;
      readonly dueAt: Instant;
      readonly firedAt: Instant;
      readonly leaveAt: Instant;
    } & Run)
  | ({ readonly status: 'ending'; readonly step: EscalationStep; readonly dueAt: Instant } & Run)
  | ({ readonly status: 'deserted'; readonly step: EscalationStep } & Run)
  | ({ readonly status: 'retrying'; readonly dueAt: Instant } & Run)
  | ({ readonly status: 'halted'; readonly reason: HaltReason } & Run)
  | ({ readonly status: 'exhausted'; readonly step: EscalationStep } & Run);

export type RunningEscalation = Exclude<Escalation, { status: 'absent' }>;

export const initialEscalation: Escalation = { status: 'absent' };

const runOf = (state: RunningEscalation, fact: number | undefined): Run => ({
  alertId: state.alertId,
  round: state.round,
  policy: state.policy,
  priority: state.priority,
  lastFact: fact === undefined ? state.lastFact : Math.max(state.lastFact, fact),
  ...(state.fired === undefined ? {} : { fired: state.fired }),
  uncountedPasses: state.uncountedPasses,
  pass: state.pass,
});

const SHORTEST_WAIT_MIN = 1;
const LONGEST_WAIT_MIN = 5;

/** For whom a level leads to, which takes milliseconds: as long as the level itself would wait for an answer, within bounds. */
export const resolutionWaitMin = (policy: PolicySnapshot, { level }: EscalationStep): number =>
  Math.min(LONGEST_WAIT_MIN, Math.max(SHORTEST_WAIT_MIN, policy.rules[level]?.escalationTimeoutMin ?? 0));

const leaveAtOf = ({ at, leaveAt }: EscalationEventOf<'LevelDue'>['data']): Instant => leaveAt ?? plusMinutes(at, LONGEST_WAIT_MIN);

export const evolveEscalation = (state: Escalation, event: EscalationEvent): Escalation => {
  if (event.type === 'EscalationStarted') {
    const { alertId, round, policy, priority, fact } = event.data;
    return { status: 'started', alertId, round, policy, priority, lastFact: fact, uncountedPasses: 0, pass: freshPass };
  }
  if (state.status === 'absent') return state;
  const run = runOf(state, 'fact' in event.data ? event.data.fact : undefined);
  switch (event.type) {
    case 'LevelPlanned': {
      const { step, dueAt, priority } = event.data;
      return {
        ...run,
        status: 'planned',
        step,
        dueAt,
        priority,
        round: step.round,
        uncountedPasses: uncountedFrom(state, event.data),
        pass: passAfter(state.pass, event.data),
      };
    }
    case 'LevelDue': {
      const { step, dueAt, at: firedAt } = event.data;
      return { ...run, status: 'awaiting', step, dueAt, firedAt, leaveAt: leaveAtOf(event.data), fired: step };
    }
    case 'LevelAwaited':
      return state.status === 'awaiting' ? { ...state, ...run, leaveAt: event.data.leaveAt } : state;
    // Left in the same append: what comes next is planned, or there is nothing more.
    case 'LevelUnresolved':
      return { ...run, status: 'started' };
    case 'EndPlanned':
      return { ...run, status: 'ending', step: event.data.step, dueAt: event.data.dueAt };
    case 'NobodyFound':
      return { ...run, status: 'deserted', step: event.data.step, uncountedPasses: run.uncountedPasses + 1 };
    case 'RetryPlanned':
      return { ...run, status: 'retrying', dueAt: event.data.dueAt };
    case 'EscalationHalted':
      return { ...run, status: 'halted', reason: event.data.reason, round: event.data.round };
    case 'EscalationExhausted':
      return { ...run, status: 'exhausted', step: event.data.step };
    default:
      return passedOver(event, state);
  }
};

/** When the escalation wants to be woken; null: only a fact can move it. */
export const nextEscalationDue = (state: Escalation): Instant | null =>
  state.status === 'awaiting'
    ? state.leaveAt
    : state.status === 'planned' || state.status === 'ending' || state.status === 'retrying'
      ? state.dueAt
      : null;

/** The next level that will page somebody, as the API shows it; absent once nothing comes by itself any more. */
export const nextEscalation = (
  state: Escalation,
): { readonly at: Instant; readonly ruleIndex: number; readonly step: EscalationStep } | undefined =>
  state.status === 'planned'
    ? { at: state.dueAt, step: state.step, ruleIndex: ruleIndexOf(state.policy, state.step, state.uncountedPasses) }
    : undefined;

/**
 * What the durable timer of the stream holds after this event, told from the event alone, so that timers are a projection
 * that can be rebuilt: null clears it, undefined leaves it.
 */
export const escalationDueOf = (event: EscalationEvent): { readonly dueAt: Instant | null } | undefined => {
  switch (event.type) {
    case 'LevelPlanned':
    case 'EndPlanned':
    case 'RetryPlanned':
      return { dueAt: event.data.dueAt };
    case 'LevelDue':
      return { dueAt: leaveAtOf(event.data) };
    case 'LevelAwaited':
      return { dueAt: event.data.leaveAt };
    case 'EscalationStarted':
    case 'LevelUnresolved':
    case 'NobodyFound':
    case 'EscalationHalted':
    case 'EscalationExhausted':
      return { dueAt: null };
    default:
      return passedOver(event, undefined);
  }
};
