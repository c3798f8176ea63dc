import type { Language } from '@tocsin/channels';
import type { Actor, ConfigurationLookup } from '@tocsin/domain';
import { answerTexts } from './answer-texts';

/** Who did it, as people read it. */
export const actorName = (actor: Actor, language: Language, configuration: ConfigurationLookup): string => {
  const t = answerTexts[language];
  if (actor.type !== 'user') return actor.type === 'source' ? t.source : t.system;
  const user = configuration.get('user', actor.userId);
  if (user === undefined) return configuration.hidden?.('user', actor.userId) === undefined ? t.deletedUser : t.hiddenUser;
  return `${user.firstName} ${user.lastName}`.trim();
};
