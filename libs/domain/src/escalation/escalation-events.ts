import type { EscalationStep } from '../alert/alert-events';
import type { AlertPriority, EscalationTarget, PolicySnapshot } from '../configuration/resources';
import type { AlertId } from '../ids';
import type { ReachabilityProblem } from '../oncall/responder-reason';
import type { Instant } from '../time';

/** Why a level comes next: it opens the escalation, nobody answered the one before it, that one was empty or never resolved, or somebody or something asked. */
export type PlanCause = 'start' | 'no-answer' | 'skipped' | 'unresolved' | 'requested' | 'raised' | 'retry';

/** A level that gave nobody, as the alert's `LevelSkipped` told it. */
export interface SkippedLevel {
  readonly step: EscalationStep;
  readonly problems: readonly ReachabilityProblem[];
  /** Earliest coming shift start in the level's schedules. */
  readonly nextShiftStart?: Instant;
}

/**
 * The escalation of one alert, in `escalation-<alertId>`. It decides when which level is due; who that is, oncall says;
 * that it happened, the alert's own stream says. Each event carries the revision of the alert fact that it follows from
 * (`fact`), so that a redelivered fact is recognised; those that follow from a timer carry none.
 */
export type EscalationEvent =
  | {
      readonly type: 'EscalationStarted';
      readonly data: {
        readonly alertId: AlertId;
        readonly at: Instant;
        readonly round: number;
        readonly policy: PolicySnapshot;
        readonly priority: AlertPriority;
        readonly fact: number;
      };
    }
  /** The next level and when; replaces the plan before it. `dueAt` at or before `at` means now, and a `LevelDue` follows in the same append. */
  | {
      readonly type: 'LevelPlanned';
      readonly data: {
        readonly alertId: AlertId;
        readonly at: Instant;
        readonly step: EscalationStep;
        readonly dueAt: Instant;
        readonly cause: PlanCause;
        /** The alert's priority from here on: a raise takes effect with the plan that follows it. */
        readonly priority: AlertPriority;
        /** 0-based in the rules expanded `frequency` times: the API's `nextEscalationRuleIndex`. */
        readonly ruleIndex: number;
        /** With `cause: 'skipped'`: the level that was passed over. */
        readonly skipped?: SkippedLevel;
        readonly fact?: number;
      };
    }
  /** The level fired: oncall resolves these targets now. `at` minus `dueAt` is how late. */
  | {
      readonly type: 'LevelDue';
      readonly data: {
        readonly alertId: AlertId;
        readonly at: Instant;
        readonly step: EscalationStep;
        readonly dueAt: Instant;
        readonly priority: AlertPriority;
        readonly targets: readonly EscalationTarget[];
        /** When the escalation goes on if nobody has said by then whom the level leads to; absent in events of older versions. */
        readonly leaveAt?: Instant;
        readonly fact?: number;
      };
    }
  /**
   * The level's resolution is waited for until `leaveAt`: nothing was running when the wait ended, so that it began again, or,
   * with `fact`, somebody asked for the very level that had fired.
   */
  | {
      readonly type: 'LevelAwaited';
      readonly data: {
        readonly alertId: AlertId;
        readonly at: Instant;
        readonly step: EscalationStep;
        readonly leaveAt: Instant;
        readonly fact?: number;
      };
    }
  /** Whom the level leads to was not said in time: lost, parked or very late. The escalation goes on. */
  | {
      readonly type: 'LevelUnresolved';
      readonly data: { readonly alertId: AlertId; readonly at: Instant; readonly step: EscalationStep; readonly dueAt: Instant };
    }
  /** The last level has its responders; if nobody answers until `dueAt`, the escalation is over (B12). */
  | {
      readonly type: 'EndPlanned';
      readonly data: {
        readonly alertId: AlertId;
        readonly at: Instant;
        readonly step: EscalationStep;
        readonly dueAt: Instant;
        readonly fact: number;
      };
    }
  /** A whole pass had nobody: alerts records `NobodyOnCall` from this and pages the fallback contacts (B11). */
  | {
      readonly type: 'NobodyFound';
      readonly data: {
        readonly alertId: AlertId;
        readonly at: Instant;
        /** The last level that was tried. */
        readonly step: EscalationStep;
        /** Those of all levels of the pass. */
        readonly problems: readonly ReachabilityProblem[];
        readonly retryAt?: Instant;
        readonly fact: number;
      };
    }
  /** Nobody on any level: try again then (the next shift start in any schedule of the policy), B11. */
  | {
      readonly type: 'RetryPlanned';
      readonly data: { readonly alertId: AlertId; readonly at: Instant; readonly dueAt: Instant; readonly fact: number };
    }
  /** No further level will come due by itself: accepted, resolved, assigned to a person, LOW has its level, or nobody to wait for. */
  | {
      readonly type: 'EscalationHalted';
      readonly data: {
        readonly alertId: AlertId;
        readonly at: Instant;
        readonly round: number;
        readonly reason: HaltReason;
        readonly fact: number;
      };
    }
  /** The last pass is over without an answer: alerts records it and pages the fallback contacts (B12). */
  | {
      readonly type: 'EscalationExhausted';
      readonly data: { readonly alertId: AlertId; readonly at: Instant; readonly step: EscalationStep; readonly fact?: number };
    };

export type HaltReason = 'accepted' | 'resolved' | 'assigned' | 'low-priority' | 'nobody-on-call';

export type EscalationEventOf<Type extends EscalationEvent['type']> = Extract<EscalationEvent, { type: Type }>;
