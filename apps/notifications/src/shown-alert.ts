import type { Language, ShownAlert } from '@tocsin/channels';
import type { ConfigurationLookup, UserId } from '@tocsin/domain';
import type { AlertDocument } from '@tocsin/read-models';
import { actorName } from './actor-name';

const standingTexts = {
  en: {
    notified: (names: string, count: number) => `${names} ${count === 1 ? 'is' : 'are'} notified.`,
    nobodyNotified: 'Nobody is notified yet.',
    acceptedBy: (who: string) => `Accepted by ${who}.`,
    resolvedBy: (who: string) => `Resolved by ${who}.`,
    and: 'and',
    nobody: 'nobody',
  },
  de: {
    notified: (names: string, count: number) => `${names} ${count === 1 ? 'wird' : 'werden'} benachrichtigt.`,
    nobodyNotified: 'Noch wird niemand benachrichtigt.',
    acceptedBy: (who: string) => `Angenommen von ${who}.`,
    resolvedBy: (who: string) => `Gelöst von ${who}.`,
    and: 'und',
    nobody: 'niemand',
  },
} as const satisfies Record<Language, unknown>;

/** Most people are named; a list that nobody reads to its end is no use. */
const MOST_NAMES = 8;

/** An alert as chats show it, made when it is sent: names stay where they can be erased. */
export const shownAlert = (document: AlertDocument, language: Language, configuration: ConfigurationLookup): ShownAlert => {
  const { id, status, priority, summary, details, reportTime, links, step, route, sourceId } = document;
  const canEscalate = status !== 'RESOLVED' && priority === 'HIGH' && route.type === 'policy' && step !== undefined;
  return {
    type: 'alert',
    language,
    ...{ id, status, priority, summary, reportTime, links },
    ...(details === undefined ? {} : { details }),
    sourceName: configuration.get('source', sourceId)?.name ?? `#${sourceId}`,
    standing: standing(document, language, configuration),
    ...(canEscalate ? { step } : {}),
  };
};

export const namesOf = (userIds: readonly UserId[], language: Language, configuration: ConfigurationLookup): string => {
  const t = standingTexts[language];
  const named = userIds.slice(0, MOST_NAMES).map((userId) => actorName({ type: 'user', userId }, language, configuration));
  if (userIds.length > MOST_NAMES) named.push(`+${userIds.length - MOST_NAMES}`);
  const last = named.at(-1);
  if (last === undefined) return t.nobody;
  return named.length === 1 ? last : `${named.slice(0, -1).join(', ')} ${t.and} ${last}`;
};

const standing = (
  { status, responders, resolvedBy }: AlertDocument,
  language: Language,
  configuration: ConfigurationLookup,
): readonly string[] => {
  const t = standingTexts[language];
  if (status === 'RESOLVED') return resolvedBy === undefined ? [] : [t.resolvedBy(actorName(resolvedBy, language, configuration))];
  const accepted = responders.filter((responder) => responder.status === 'ACCEPTED').map(({ userId }) => userId);
  const pending = responders.filter((responder) => responder.status === 'PENDING').map(({ userId }) => userId);
  return [
    ...(accepted.length === 0 ? [] : [t.acceptedBy(namesOf(accepted, language, configuration))]),
    ...(status === 'ACCEPTED'
      ? []
      : [pending.length === 0 ? t.nobodyNotified : t.notified(namesOf(pending, language, configuration), pending.length)]),
  ];
};
