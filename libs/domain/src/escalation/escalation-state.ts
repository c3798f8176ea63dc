import type { EscalationStep } from '../alert/alert-events';
import type { AlertPriority, PolicySnapshot } from '../configuration/resources';
import { assertNever } from '../decider';
import type { AlertId } from '../ids';
import type { Instant } from '../time';
import type { EscalationEvent, HaltReason } from './escalation-events';
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
  /** A level fired; whether it has somebody, the alert will say. */
  | ({ readonly status: 'awaiting'; readonly step: EscalationStep; readonly dueAt: Instant; readonly firedAt: Instant } & Run)
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

export const evolveEscalation = (state: Escalation, event: EscalationEvent): Escalation => {
  if (event.type === 'EscalationStarted') {
    const { alertId, round, policy, priority, fact } = event.data;
    return { status: 'started', alertId, round, policy, priority, lastFact: fact, uncountedPasses: 0, pass: freshPass };
  }
  if (state.status === 'absent') return state;
  const run = runOf(state, event.data.fact);
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
    case 'LevelDue':
      return { ...run, status: 'awaiting', step: event.data.step, dueAt: event.data.dueAt, firedAt: event.data.at, fired: event.data.step };
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
      return assertNever(event);
  }
};

/** When the escalation wants to be woken; null: only a fact can move it. */
export const nextEscalationDue = (state: Escalation): Instant | null =>
  state.status === 'planned' || state.status === 'ending' || state.status === 'retrying' ? state.dueAt : null;

/** The next level that will page somebody, as the API shows it; absent once nothing comes by itself any more. */
export const nextEscalation = (
  state: Escalation,
): { readonly at: Instant; readonly ruleIndex: number; readonly step: EscalationStep } | undefined =>
  state.status === 'planned'
    ? { at: state.dueAt, step: state.step, ruleIndex: ruleIndexOf(state.policy, state.step, state.uncountedPasses) }
    : undefined;

/**
 * What the durable timer of the stream holds after this event, told from the event alone, so that timers are a projection
 * that can be rebuilt: null clears it.
 */
export const escalationDueOf = (event: EscalationEvent): { readonly dueAt: Instant | null } => {
  switch (event.type) {
    case 'LevelPlanned':
    case 'EndPlanned':
    case 'RetryPlanned':
      return { dueAt: event.data.dueAt };
    case 'EscalationStarted':
    case 'LevelDue':
    case 'NobodyFound':
    case 'EscalationHalted':
    case 'EscalationExhausted':
      return { dueAt: null };
    default:
      return assertNever(event);
  }
};
