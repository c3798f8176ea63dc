import type { ActivatedResponder, AlertId, AlertPriority, EscalationStep, Instant, ReachabilityProblem, UserId } from '@tocsin/domain';

/** `LevelResolved` version 1, topic `resolutions`: oncall's answer to an escalation's `LevelDue`. */
export interface LevelResolved {
  readonly alertId: AlertId;
  readonly step: EscalationStep;
  /** The instant for which schedules were asked: when the level fired. */
  readonly at: Instant;
  readonly dueAt: Instant;
  readonly priority: AlertPriority;
  /** Those who can be paged. */
  readonly responders: readonly ActivatedResponder[];
  readonly problems: readonly ReachabilityProblem[];
  /** Earliest coming shift start in the level's schedules. */
  readonly nextShiftStart?: Instant;
}

/**
 * `FallbackResolved` version 1, topic `resolutions`: whom to page when a policy has nobody, or when it ended without an
 * answer. Default: the administrators.
 */
export interface FallbackResolved {
  readonly alertId: AlertId;
  readonly step: EscalationStep;
  readonly at: Instant;
  readonly cause: 'nobody-on-call' | 'escalation-ended';
  readonly fallback: readonly UserId[];
  readonly problems: readonly ReachabilityProblem[];
  /** With `nobody-on-call`: when the policy is tried again. */
  readonly retryAt?: Instant;
}
