import type { ActivatedResponder, AlertId, AlertPriority, EscalationStep, Instant, ReachabilityProblem, UserId } from '@tocsin/domain';

/** `LevelResolved` version 1, topic `resolutions`: oncall's answer to an escalation's `LevelDue`. */
export interface LevelResolved {
  readonly alertId: AlertId;
  readonly step: EscalationStep;
  readonly at: Instant;
  readonly dueAt: Instant;
  readonly priority: AlertPriority;
  /** Those who can be paged. */
  readonly responders: readonly ActivatedResponder[];
  readonly problems: readonly ReachabilityProblem[];
  /** Fallback contacts, should the whole policy turn out to have nobody (default: the admins). */
  readonly fallback: readonly UserId[];
  /** Earliest coming shift start in the level's schedules. */
  readonly nextShiftStart?: Instant;
}
