import type { AlertEvent, AlertEventOf } from '../alert/alert-events';
import type { AlertId } from '../ids';
import type { Instant } from '../time';

/** The facts of an alert that can move its escalation. */
const factTypes = [
  'AlertRaised',
  'RespondersActivated',
  'LevelSkipped',
  'NobodyOnCall',
  'AlertAccepted',
  'AlertAssigned',
  'EscalationRequested',
  'AlertPriorityRaised',
  'AlertResolved',
] as const;

export type EscalationFact = AlertEventOf<(typeof factTypes)[number]>;

export const concernsEscalation = (event: AlertEvent): event is EscalationFact => (factTypes as readonly string[]).includes(event.type);

export type EscalationCommand =
  /** A fact of the alert's stream, in order; `revision` is its place there, `at` the moment it is handled. */
  | { readonly type: 'observe'; readonly fact: EscalationFact; readonly revision: number; readonly at: Instant }
  /** The durable timer of the stream. Firing early, twice or for a plan that was replaced does no harm. */
  | { readonly type: 'fireDue'; readonly at: Instant };

/** The stream of an alert's escalation. */
export const escalationStream = (alertId: AlertId): string => `escalation-${alertId}`;
