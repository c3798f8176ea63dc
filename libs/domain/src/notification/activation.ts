import type { AlertEvent, EscalationStep } from '../alert/alert-events';
import type { AlertPriority } from '../configuration/resources';
import type { AlertId, UserId } from '../ids';
import type { Instant } from '../time';
import type { NotificationPurpose } from './notification-events';

/** What one fact of an alert asks for: these people are to be paged now (B8). */
export interface Activation {
  readonly alertId: AlertId;
  readonly activation: number;
  readonly userIds: readonly UserId[];
  readonly step?: EscalationStep;
  readonly priority: AlertPriority;
  readonly purpose: Extract<NotificationPurpose, 'page' | 'fallback'>;
  readonly at: Instant;
  /** Revision of the fact in the alert's stream. */
  readonly alertRevision: number;
}

/** Whom this fact makes responder, and what their plan follows from; undefined: nobody. */
export const activationOf = (fact: AlertEvent, alertRevision: number): Activation | undefined => {
  const people = (userIds: readonly UserId[]) => ({ alertId: fact.data.alertId, at: fact.data.at, userIds, alertRevision });
  switch (fact.type) {
    case 'RespondersActivated': {
      const { activation, step, priority, responders } = fact.data;
      return { ...people(responders.map(({ userId }) => userId)), activation, step, priority, purpose: 'page' };
    }
    case 'ResponderAdded':
      return { ...people([fact.data.userId]), activation: fact.data.activation, priority: fact.data.priority, purpose: 'page' };
    case 'AlertAssigned': {
      const { to, activation, priority } = fact.data;
      return activation === undefined || to.type === 'policy'
        ? undefined
        : { ...people([to.userId]), activation, priority, purpose: 'page' };
    }
    case 'NobodyOnCall':
    case 'EscalationEnded': {
      const { activation, step, fallback } = fact.data;
      return { ...people(fallback), activation, step, priority: 'HIGH', purpose: 'fallback' };
    }
    default:
      return undefined;
  }
};
