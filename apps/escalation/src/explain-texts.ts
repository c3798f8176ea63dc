import type { TextLanguage } from '@tocsin/contracts';
import { toIso } from '@tocsin/domain';
import type { ExplainedEnding, Instant } from '@tocsin/domain';

/** How an escalation ends that nobody answers. */
export const endingText = (ending: ExplainedEnding, language: TextLanguage): string => {
  const german = language === 'de';
  switch (ending.type) {
    case 'ended':
      return german
        ? 'Alle Stufen sind durchlaufen: der Alarm bleibt offen, die Ersatzkontakte werden benachrichtigt'
        : 'All levels have been paged: the alert stays pending, and the fallback contacts are told';
    case 'low-priority':
      return german
        ? 'Niedrige Priorität benachrichtigt eine Stufe und eskaliert nicht weiter'
        : 'Low priority pages one level and escalates no further';
    case 'nobody-on-call': {
      const next =
        ending.retryAt === undefined
          ? ''
          : german
            ? `, und ab ${toIso(ending.retryAt)} wird es erneut versucht`
            : `, and it is tried again at ${toIso(ending.retryAt)}`;
      return german
        ? `Auf keiner Stufe ist jemand erreichbar: die Ersatzkontakte werden benachrichtigt${next}`
        : `Nobody can be reached on any level: the fallback contacts are told${next}`;
    }
  }
};

/** Why a page that is planned may not be sent (B29). */
export const repeatsText = (before: Instant, language: TextLanguage): string =>
  language === 'de'
    ? `Wird weggelassen, wenn dieselbe Nachricht von ${toIso(before)} dort angekommen ist`
    : `Left out if the same page of ${toIso(before)} has arrived there`;
