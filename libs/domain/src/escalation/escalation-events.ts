import type { EscalationStep } from '../alert/alert-events';
import type { AlertPriority, EscalationTarget, PolicySnapshot } from '../configuration/resources';
import type { AlertId } from '../ids';
import type { Instant } from '../time';

/**
 * The escalation of one alert, in `escalation-<alertId>`. It decides when which level is due; who that is, oncall says;
 * that it happened, the alert's own stream says. Each event carries the revision of the alert fact that it follows from
 * (`fact`), so that a redelivered fact is recognised; timers carry none.
 */
export type EscalationEvent =
  | {
      readonly type: 'EscalationStarted';
      readonly data: { readonly alertId: AlertId; readonly at: Instant; readonly round: number; readonly policy: PolicySnapshot; readonly priority: AlertPriority; readonly fact: number };
    }
  /** The next level and when; replaces the plan before it. `dueAt` at or before `at` means now. */
  | { readonly type: 'LevelPlanned'; readonly data: { readonly alertId: AlertId; readonly at: Instant; readonly step: EscalationStep; readonly dueAt: Instant; readonly fact?: number } }
  /** The level fired: oncall resolves these targets now. */
  | {
      readonly type: 'LevelDue';
      readonly data: {
        readonly alertId: AlertId;
        readonly at: Instant;
        readonly step: EscalationStep;
        readonly dueAt: Instant;
        readonly priority: AlertPriority;
        readonly targets: readonly EscalationTarget[];
        readonly fact?: number;
      };
    }
  /** Nobody on any level: try again then (the next shift start in any schedule of the policy), B11. */
  | { readonly type: 'RetryPlanned'; readonly data: { readonly alertId: AlertId; readonly at: Instant; readonly dueAt: Instant; readonly fact: number } }
  /** No further level will come due: accepted, resolved, reassigned to a person, LOW has its level, or all passes are over. */
  | {
      readonly type: 'EscalationHalted';
      readonly data: { readonly alertId: AlertId; readonly at: Instant; readonly round: number; readonly reason: 'accepted' | 'resolved' | 'assigned' | 'low-priority' | 'ended' | 'nobody-on-call'; readonly fact?: number };
    }
  /** The last pass is over without an answer: alerts records it and pages the fallback contacts (B12). */
  | { readonly type: 'EscalationExhausted'; readonly data: { readonly alertId: AlertId; readonly at: Instant; readonly step: EscalationStep } };
