import type { Language, SlackAlert } from '@tocsin/channels';
import type { AlertEvent, AlertId, Instant, SlackLink, UserId } from '@tocsin/domain';
import { eventOf } from '@tocsin/event-store';
import { ConfigurationReader } from '@tocsin/messaging';
import type { AlertHistory } from '@tocsin/read-models';
import { actorName } from '../actor-name';
import { slackTexts } from './slack-texts';

/** Most people are named; a list that nobody reads to its end is no use. */
const MOST_NAMES = 8;

/** What stands in channels and threads, made when it is sent: names stay where they can be erased. */
export class SlackComposer {
  constructor(private readonly configuration: ConfigurationReader) {}

  alert({ document }: AlertHistory, language: Language): SlackAlert {
    const { id, status, priority, summary, details, reportTime, links, step, route, sourceId } = document;
    const canEscalate = status !== 'RESOLVED' && priority === 'HIGH' && route.type === 'policy' && step !== undefined;
    return {
      type: 'alert',
      language,
      ...{ id, status, priority, summary, reportTime, links },
      ...(details === undefined ? {} : { details }),
      sourceName: this.configuration.get('source', sourceId)?.name ?? `#${sourceId}`,
      standing: this.standing(document, language),
      ...(canEscalate ? { step } : {}),
    };
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

  names(userIds: readonly UserId[], language: Language): string {
    const t = slackTexts[language];
    const named = userIds.slice(0, MOST_NAMES).map((userId) => actorName({ type: 'user', userId }, language, this.configuration));
    if (userIds.length > MOST_NAMES) named.push(`+${userIds.length - MOST_NAMES}`);
    const last = named.at(-1);
    if (last === undefined) return t.nobody;
    return named.length === 1 ? last : `${named.slice(0, -1).join(', ')} ${t.and} ${last}`;
  }

  private standing({ status, responders, resolvedBy }: AlertHistory['document'], language: Language): readonly string[] {
    const t = slackTexts[language];
    if (status === 'RESOLVED') return resolvedBy === undefined ? [] : [t.resolvedBy(actorName(resolvedBy, language, this.configuration))];
    const accepted = responders.filter((responder) => responder.status === 'ACCEPTED').map(({ userId }) => userId);
    const pending = responders.filter((responder) => responder.status === 'PENDING').map(({ userId }) => userId);
    return [
      ...(accepted.length === 0 ? [] : [t.acceptedBy(this.names(accepted, language))]),
      ...(status === 'ACCEPTED'
        ? []
        : [pending.length === 0 ? t.nobodyNotified : t.notified(this.names(pending, language), pending.length)]),
    ];
  }

  private told(fact: AlertEvent, language: Language): string | undefined {
    const t = slackTexts[language];
    const who = (by: Parameters<typeof actorName>[0]): string => actorName(by, language, this.configuration);
    const person = (userId: UserId): string => who({ type: 'user', userId });
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
        return t.levelReached(
          step.level + 1,
          this.names(
            responders.map(({ userId }) => userId),
            language,
          ),
        );
      }
      case 'NobodyOnCall':
        return t.nobodyOnCall(this.names(fact.data.fallback, language));
      case 'EscalationEnded':
        return t.escalationEnded(this.names(fact.data.fallback, language));
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
