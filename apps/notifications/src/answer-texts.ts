import type { Language } from '@tocsin/channels';
import type { AnswerPurpose } from './answer-links';

/** What a person reads on the answer pages. */
export const answerTexts = {
  en: {
    question: { accept: 'Accept this alert?', resolve: 'Resolve this alert?', escalate: 'Escalate this alert to the next level?' },
    button: { accept: 'Accept', resolve: 'Resolve', escalate: 'Escalate' },
    done: {
      accept: 'You accepted this alert.',
      resolve: 'You resolved this alert.',
      escalate: 'The alert is escalated to the next level.',
    },
    acceptedBefore: (who: string, at: string) => `Already accepted by ${who} at ${at}.`,
    resolvedBefore: (who: string, at: string) => `Already resolved by ${who} at ${at}.`,
    alreadyAtLevel: (level: number) => `The alert is already at level ${level}. Nothing was changed.`,
    nobodyLeft: 'Nobody is left to escalate to. Nothing was changed.',
    lowDoesNotEscalate: 'An alert of low priority is not escalated. Nothing was changed.',
    alsoResponder: (who: string, at: string) => `${who} accepted it at ${at}. You are a responder now, too.`,
    taken: 'Your answer is stored and will be carried out in a moment.',
    expired: 'This link has expired. Answer from a newer message, or sign in.',
    invalid: 'This link is not valid. Answer from the message itself, or sign in.',
    notAllowed: 'You may not answer this alert.',
    gone: 'This alert was over long ago and is in the archive now. There is nothing left to do.',
    source: 'the monitoring tool',
    system: 'Tocsin',
    deletedUser: 'a deleted user',
  },
  de: {
    question: {
      accept: 'Diesen Alarm annehmen?',
      resolve: 'Diesen Alarm lösen?',
      escalate: 'Diesen Alarm an die nächste Stufe eskalieren?',
    },
    button: { accept: 'Annehmen', resolve: 'Lösen', escalate: 'Eskalieren' },
    done: {
      accept: 'Du hast den Alarm angenommen.',
      resolve: 'Du hast den Alarm gelöst.',
      escalate: 'Der Alarm ist an die nächste Stufe eskaliert.',
    },
    acceptedBefore: (who: string, at: string) => `Bereits angenommen von ${who} um ${at}.`,
    resolvedBefore: (who: string, at: string) => `Bereits gelöst von ${who} um ${at}.`,
    alreadyAtLevel: (level: number) => `Der Alarm ist schon auf Stufe ${level}. Nichts wurde geändert.`,
    nobodyLeft: 'Es ist niemand mehr da, an den eskaliert werden könnte. Nichts wurde geändert.',
    lowDoesNotEscalate: 'Ein Alarm mit niedriger Priorität wird nicht eskaliert. Nichts wurde geändert.',
    alsoResponder: (who: string, at: string) => `${who} hat um ${at} angenommen. Du bist jetzt ebenfalls zuständig.`,
    taken: 'Deine Antwort ist gespeichert und wird gleich ausgeführt.',
    expired: 'Dieser Link ist abgelaufen. Antworte aus einer neueren Nachricht oder melde dich an.',
    invalid: 'Dieser Link ist nicht gültig. Antworte aus der Nachricht selbst oder melde dich an.',
    notAllowed: 'Du darfst diesen Alarm nicht beantworten.',
    gone: 'Dieser Alarm ist seit Langem vorbei und liegt im Archiv. Es ist nichts mehr zu tun.',
    source: 'das Überwachungswerkzeug',
    system: 'Tocsin',
    deletedUser: 'ein gelöschter Benutzer',
  },
} as const satisfies Record<Language, { readonly question: Record<AnswerPurpose, string>; readonly [phrase: string]: unknown }>;
