import type { AlertEvent } from '../alert/alert-events';
import { passedOver } from '../decider';
import type { AlertId, UserId } from '../ids';

/** What a fact means for the channel of its alert: who is on the alert by it, and whether it is over. */
export interface AlertChannelNews {
  readonly members: readonly UserId[];
  readonly isResolved: boolean;
}

export const alertChannelNewsOf = (fact: AlertEvent): AlertChannelNews | undefined => {
  switch (fact.type) {
    case 'RespondersActivated':
      return joined(fact.data.responders.map(({ userId }) => userId));
    case 'NobodyOnCall':
    case 'EscalationEnded':
      return joined(fact.data.fallback);
    case 'ResponderAdded':
      return joined([fact.data.userId]);
    case 'AlertAssigned':
      return joined(fact.data.to.type === 'policy' ? [] : [fact.data.to.userId]);
    case 'AlertAccepted':
    case 'ResponderAccepted':
      return joined(fact.data.by.type === 'user' ? [fact.data.by.userId] : []);
    case 'AlertResolved':
      return { members: [], isResolved: true };
    case 'AlertRaised':
    case 'AlertRepeated':
    case 'AlertSummaryChanged':
    case 'AlertPriorityRaised':
    case 'ToolEventIgnored':
    case 'KeyJoined':
    case 'KeyResolved':
    case 'CommentAdded':
    case 'LevelSkipped':
    case 'AlertFollowed':
    case 'AlertUnfollowed':
    case 'EscalationRequested':
    case 'ResponderRemoved':
      return undefined;
    default:
      return passedOver(fact, undefined);
  }
};

const joined = (members: readonly UserId[]): AlertChannelNews | undefined =>
  members.length === 0 ? undefined : { members, isResolved: false };

const LONGEST = 60;

/** Small letters, digits and `-`, as Slack wants them; `taken`: so many of these names are somebody else's. */
export const alertChannelName = (alertId: AlertId, summary: string, taken: number): string => {
  const words = summary
    .normalize('NFKD')
    .replaceAll(/\p{Mn}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, LONGEST)
    .replaceAll(/^-+|-+$/g, '');
  return [`alert-${alertId}`, ...(words === '' ? [] : [words]), ...(taken === 0 ? [] : [String(taken + 1)])].join('-');
};
