import type { Language, SlackAlert } from '@tocsin/channels';
import type { AlertEvent, AlertId, Instant, SlackLink, TriggerType, UserId } from '@tocsin/domain';
import { eventOf } from '@tocsin/event-store';
import { ConfigurationReader } from '@tocsin/messaging';
import type { AlertHistory } from '@tocsin/read-models';
import { actorName } from '../actor-name';
import { namesOf, shownAlert } from '../shown-alert';
import { slackTexts } from './slack-texts';

/** What stands in channels and threads, made when it is sent: names stay where they can be erased. */
export class SlackComposer {
  constructor(private readonly configuration: ConfigurationReader) {}

  alert({ document }: AlertHistory, language: Language): SlackAlert {
    return shownAlert(document, language, this.configuration);
  }

  /** The same where it has a channel of its own. */
  inOwnChannel(history: AlertHistory, language: Language): SlackAlert {
    return { ...this.alert(history, language), isInOwnChannel: true };
  }

  /** What alerts look like in the channel. */
  test({ language }: Pick<SlackLink, 'language'>, sourceName: string, reportTime: Instant): SlackAlert {
    const about = { id: 0 as AlertId, status: 'PENDING', priority: 'HIGH', links: [], standing: [], isTest: true } as const;
    return { type: 'alert', language, ...about, summary: slackTexts[language].testSummary, sourceName, reportTime };
  }

  /** What the thread tells of the alert's fact at this revision; undefined when there is none. */
  update({ events }: AlertHistory, alertRevision: number, language: Language): string | undefined {
    const stored = events.find(({ revision }) => revision === alertRevision);
    return stored === undefined ? undefined : this.told(eventOf<AlertEvent>(stored), language);
  }

  /** What the thread tells when an action was set off by the fact at this revision, by time, or by hand. */
  news(trigger: TriggerType | 'manual', history: AlertHistory, alertRevision: number, language: Language): string | undefined {
    const t = slackTexts[language];
    switch (trigger) {
      case 'manual':
        return t.askedFor;
      case 'v-alert-not-resolved':
        return t.notResolved;
      case 'alert-channel-attached':
        return t.channelAttached;
      case 'alert-channel-detached':
        return t.channelDetached;
      default:
        return this.update(history, alertRevision, language) ?? (trigger === 'alert-escalation-ended' ? t.unanswered : undefined);
    }
  }

  private told(fact: AlertEvent, language: Language): string | undefined {
    const t = slackTexts[language];
    const who = (by: Parameters<typeof actorName>[0]): string => actorName(by, language, this.configuration);
    const person = (userId: UserId): string => who({ type: 'user', userId });
    const names = (userIds: readonly UserId[]): string => namesOf(userIds, language, this.configuration);
    switch (fact.type) {
      case 'AlertAccepted':
      case 'ResponderAccepted':
        return t.accepted(who(fact.data.by));
      case 'AlertResolved':
        return t.resolved(who(fact.data.by));
      case 'EscalationRequested':
        return t.escalatedBy(who(fact.data.by), fact.data.to.level + 1);
      case 'RespondersActivated': {
        const { step, responders } = fact.data;
        return t.levelReached(step.level + 1, names(responders.map(({ userId }) => userId)));
      }
      case 'NobodyOnCall':
        return t.nobodyOnCall(names(fact.data.fallback));
      case 'EscalationEnded':
        return t.escalationEnded(names(fact.data.fallback));
      case 'AlertPriorityRaised':
        return t.priorityRaised(who(fact.data.by));
      case 'CommentAdded':
        return t.commented(who(fact.data.by), fact.data.comment.content);
      case 'ResponderRemoved':
        return t.responderRemoved(who(fact.data.by), person(fact.data.userId));
      case 'ResponderAdded':
        return t.responderAdded(who(fact.data.by), person(fact.data.userId));
      case 'AlertAssigned': {
        const { by, to } = fact.data;
        return t.assignedTo(who(by), to.type === 'policy' ? to.policy.name : person(to.userId));
      }
      default:
        return undefined;
    }
  }
}
