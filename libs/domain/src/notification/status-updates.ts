import type { Actor } from '../actor';
import type { AlertEvent } from '../alert/alert-events';
import type { Alert } from '../alert/alert-state';
import type { UpdatePreference } from '../configuration/resources';
import type { UserId } from '../ids';

/** What a fact means for those who are on the alert already. */
export interface StatusUpdate {
  readonly type: UpdatePreference['type'];
  /** Those on the alert who did not do it themselves, and are not paged by it. */
  readonly userIds: readonly UserId[];
}

/**
 * Whom a fact is news for (B29, SEMANTICS 8.3): the responders as they were before it. `before` is the alert's state then,
 * `earlier` the facts before it. Undefined: it is nobody's news.
 */
export const statusUpdateOf = (fact: AlertEvent, before: Alert, earlier: readonly AlertEvent[]): StatusUpdate | undefined => {
  if (before.status === 'absent') return undefined;
  const told = (type: StatusUpdate['type'], ...besides: readonly (UserId | undefined)[]): StatusUpdate | undefined => {
    const userIds = before.responders.map(({ userId }) => userId).filter((userId) => !besides.includes(userId));
    return userIds.length === 0 ? undefined : { type, userIds };
  };
  switch (fact.type) {
    case 'AlertAccepted':
    case 'ResponderAccepted':
      return told('ALERT_ACCEPTED', userOf(fact.data.by));
    case 'AlertResolved':
      return told('ALERT_RESOLVED', userOf(fact.data.by));
    case 'RespondersActivated': {
      const { step, responders } = fact.data;
      // A repetition of the policy pages the same people once more: that is their page, and news for nobody else.
      const isNews = responders.some(({ userId }) => !before.responders.some((known) => known.userId === userId));
      return isNews ? told('ALERT_ESCALATED', askedBy(step.round, earlier), ...responders.map(({ userId }) => userId)) : undefined;
    }
    case 'AlertAssigned': {
      const { by, to } = fact.data;
      return told('ALERT_ESCALATED', userOf(by), to.type === 'policy' ? undefined : to.userId);
    }
    // Whoever has it in hand hears that there is more to it (B17).
    case 'AlertPriorityRaised':
    case 'KeyJoined':
      return before.status === 'accepted'
        ? told('ALERT_ESCALATED', fact.type === 'KeyJoined' ? undefined : userOf(fact.data.by))
        : undefined;
    default:
      return undefined;
  }
};

/** Facts that can be news: all others cost nothing. The first level of an alert is news for nobody. */
export const mayBeNews = (fact: AlertEvent): boolean => {
  switch (fact.type) {
    case 'RespondersActivated':
      return fact.data.activation > 1;
    case 'AlertAccepted':
    case 'ResponderAccepted':
    case 'AlertResolved':
    case 'AlertAssigned':
    case 'KeyJoined':
      return true;
    case 'AlertPriorityRaised':
      return fact.data.status === 'ACCEPTED';
    default:
      return false;
  }
};

/** What those who follow an alert hear of: that it is there, that somebody has it in hand, that it is over. Who did it knows. */
export const isNewsForSubscribers = (fact: AlertEvent): boolean => subscribersHear.includes(fact.type);

/** Who did what the fact says, where it was a person. */
export const actingPerson = (fact: AlertEvent): UserId | undefined => ('by' in fact.data ? userOf(fact.data.by) : undefined);

const subscribersHear: readonly AlertEvent['type'][] = ['AlertRaised', 'AlertAccepted', 'AlertResolved'];

const userOf = (by: Actor): UserId | undefined => (by.type === 'user' ? by.userId : undefined);

/** Who asked for the level whose people are paged now. */
const askedBy = (round: number, earlier: readonly AlertEvent[]): UserId | undefined => {
  const request = earlier.findLast((event) => event.type === 'EscalationRequested' && event.data.round === round);
  return request?.type === 'EscalationRequested' ? userOf(request.data.by) : undefined;
};
