import type { Actor, AlertActionId, AlertId, AlertStanding, EscalationPolicyId, Instant } from '@tocsin/domain';

/**
 * `AssignToPolicy` version 1, topic `alert-commands`: an alert goes to a policy, as it is when this is carried out (B16). A message of
 * its own, since a version that does not know it must leave it alone.
 */
export interface AssignToPolicy {
  readonly alertId: AlertId;
  readonly policyId: EscalationPolicyId;
  readonly by: Actor;
  readonly at: Instant;
  /** The alert action that does it; without one, `by` is a person. */
  readonly actionId?: AlertActionId;
  /** How the alert stood for whoever asks: nothing happens to one that stands otherwise by then. */
  readonly from?: AlertStanding;
}
