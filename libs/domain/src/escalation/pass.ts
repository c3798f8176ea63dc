import type { EscalationStep } from '../alert/alert-events';
import type { PolicySnapshot } from '../configuration/resources';
import type { ReachabilityProblem } from '../oncall/responder-reason';
import type { Instant } from '../time';
import type { EscalationEventOf, PlanCause } from './escalation-events';

/** One run through the levels of a policy, as far as it has come. */
export interface Pass {
  /** It began at the top and gave nobody yet. */
  readonly empty: boolean;
  readonly problems: readonly ReachabilityProblem[];
  readonly retryAt?: Instant;
}

export const freshPass: Pass = { empty: true, problems: [] };

export const earliest = (a: Instant | undefined, b: Instant | undefined): Instant | undefined =>
  a === undefined ? b : b === undefined || a <= b ? a : b;

/** Everything the pass found out about why nobody is there, with one more level that was tried. */
export const withSkipped = (pass: Pass, problems: readonly ReachabilityProblem[], nextShiftStart: Instant | undefined): Pass => {
  const retryAt = earliest(pass.retryAt, nextShiftStart);
  return { empty: pass.empty, problems: [...pass.problems, ...problems], ...(retryAt === undefined ? {} : { retryAt }) };
};

export const passAfter = (pass: Pass, { step, cause, skipped }: EscalationEventOf<'LevelPlanned'>['data']): Pass => {
  if (step.level === 0) return freshPass;
  return cause === 'skipped' && skipped !== undefined
    ? withSkipped(pass, skipped.problems, skipped.nextShiftStart)
    : { empty: false, problems: [] };
};

/** A new round counts its passes afresh, and so does an alert that was LOW until now. */
export const uncountedFrom = (
  run: { readonly round: number; readonly uncountedPasses: number },
  { step, cause }: { readonly step: EscalationStep; readonly cause: PlanCause },
): number => {
  if (step.round !== run.round) return 0;
  return cause === 'raised' ? step.pass - 1 : run.uncountedPasses;
};

/** How often the policy runs through its rules. */
export const passesOf = (policy: PolicySnapshot): number => (policy.repeating ? Math.max(1, policy.frequency) : 1);

/** 0-based in the rules expanded `frequency` times, as the API counts. */
export const ruleIndexOf = (policy: PolicySnapshot, step: EscalationStep, uncountedPasses: number): number =>
  Math.max(0, step.pass - 1 - uncountedPasses) * policy.rules.length + step.level;

export const sameStep = (a: EscalationStep, b: EscalationStep): boolean => a.round === b.round && a.pass === b.pass && a.level === b.level;

export const isLater = (a: EscalationStep, b: EscalationStep): boolean =>
  a.round > b.round || (a.round === b.round && (a.pass > b.pass || (a.pass === b.pass && a.level > b.level)));
