import type { AlertEvent } from '../alert/alert-events';
import { passedOver } from '../decider';
import type { SlackUpdateKind } from './slack-post-events';

/** Whether a fact changes what an alert's message shows, and what the thread tells of it, if anything. */
export interface SlackNews {
  readonly tells?: SlackUpdateKind;
}

export const slackNewsOf = (fact: AlertEvent): SlackNews | undefined => {
  switch (fact.type) {
    case 'AlertSummaryChanged':
    case 'AlertPriorityRaised':
    case 'ResponderRemoved':
      return {};
    case 'RespondersActivated': {
      const { pass, level, round } = fact.data.step;
      // Whom the alert goes to at first stands in the message.
      return round === 1 && pass === 1 && level === 0 ? {} : { tells: 'escalations' };
    }
    case 'NobodyOnCall':
    case 'EscalationEnded':
    case 'EscalationRequested':
      return { tells: 'escalations' };
    case 'AlertAssigned':
    case 'ResponderAdded':
      return { tells: 'assignments' };
    case 'AlertAccepted':
    case 'ResponderAccepted':
    case 'AlertResolved':
      return { tells: 'actions' };
    case 'AlertRaised':
    case 'AlertRepeated':
    case 'ToolEventIgnored':
    case 'KeyJoined':
    case 'KeyResolved':
    case 'CommentAdded':
    case 'LevelSkipped':
    case 'AlertFollowed':
    case 'AlertUnfollowed':
      return undefined;
    default:
      return passedOver(fact, undefined);
  }
};
