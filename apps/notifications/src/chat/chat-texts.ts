import type { Language } from '@tocsin/channels';

/** What a bot says besides pages. */
export const chatTexts = {
  en: {
    unlinked: (url: string) =>
      `Nothing was changed: this account is not linked to a Tocsin user. Open ${url} where you are signed in, and link it.`,
    linked: (name: string, method: string) =>
      `This account belongs to ${name} now. Pages come here once you add a notification preference with the method ${method}.`,
    invalid: 'This link is not valid, was used before or has expired. Nothing was changed.',
    taken: 'This account belongs to somebody else. Nothing was changed.',
    help: 'Answer a page with the buttons below it.',
  },
  de: {
    unlinked: (url: string) =>
      `Nichts wurde geändert: Dieses Konto ist mit keinem Tocsin-Benutzer verbunden. Öffne ${url}, wo du angemeldet bist, und verbinde es.`,
    linked: (name: string, method: string) =>
      `Dieses Konto gehört jetzt ${name}. Alarme kommen hierher, sobald du eine Benachrichtigungsregel mit dem Weg ${method} anlegst.`,
    invalid: 'Dieser Link ist ungültig, verbraucht oder abgelaufen. Nichts wurde geändert.',
    taken: 'Dieses Konto gehört jemand anderem. Nichts wurde geändert.',
    help: 'Beantworte einen Alarm mit den Knöpfen darunter.',
  },
} as const satisfies Record<Language, unknown>;
