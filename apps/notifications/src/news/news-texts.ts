import type { Language } from '@tocsin/channels';
import type { Actor, AlertEvent, Instant, UserId } from '@tocsin/domain';

/** How people and times are called in the sentence. */
export interface Wording {
  readonly language: Language;
  actor(actor: Actor): string;
  person(userId: UserId): string;
  time(at: Instant): string;
}

/** What happened to an alert, in one sentence; undefined for what is told to nobody. */
export const newsText = (fact: AlertEvent, { language, actor, person, time }: Wording): string | undefined => {
  const german = language === 'de';
  switch (fact.type) {
    case 'AlertRaised': {
      const when = time(fact.data.at);
      if (fact.data.by.type !== 'user') return german ? `Neuer Alarm um ${when}.` : `New alert at ${when}.`;
      const who = actor(fact.data.by);
      return german ? `Neuer Alarm, von ${who} um ${when}.` : `New alert, raised by ${who} at ${when}.`;
    }
    case 'AlertAccepted':
    case 'ResponderAccepted': {
      const [who, when] = [actor(fact.data.by), time(fact.data.at)];
      return german ? `Angenommen von ${who} um ${when}.` : `Accepted by ${who} at ${when}.`;
    }
    case 'AlertResolved': {
      const [who, when] = [actor(fact.data.by), time(fact.data.at)];
      return german ? `Gelöst von ${who} um ${when}.` : `Resolved by ${who} at ${when}.`;
    }
    case 'RespondersActivated': {
      const { step, responders } = fact.data;
      const who = responders.map(({ userId }) => person(userId)).join(', ');
      return german ? `Eskaliert zu Stufe ${step.level + 1}: ${who}.` : `Escalated to level ${step.level + 1}: ${who}.`;
    }
    case 'AlertAssigned': {
      const { to, by } = fact.data;
      const whom = to.type === 'policy' ? to.policy.name : person(to.userId);
      return german ? `Von ${actor(by)} zugewiesen an ${whom}.` : `Assigned by ${actor(by)} to ${whom}.`;
    }
    case 'AlertPriorityRaised':
      return german ? `Die Priorität ist jetzt hoch.` : `The priority is high now.`;
    case 'KeyJoined':
      return german ? `Dazugekommen: ${fact.data.summary}` : `Also: ${fact.data.summary}`;
    default:
      return undefined;
  }
};
