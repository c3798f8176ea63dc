import type { Language } from './message';

/** Every phrase that a person reads in a message, by language. */
export const texts = {
  en: {
    accept: 'Accept',
    resolve: 'Resolve',
    escalate: 'Escalate',
    page: (id: number, priority: string, summary: string) => `[#${id}] ${priority === 'HIGH' ? '' : 'Low priority: '}${summary}`,
    greeting: (name: string) => `Hello ${name},`,
    raised: (source: string, time: string) => `Raised by ${source} at ${time}.`,
    late: (seconds: number) => `This page is ${seconds} s late.`,
    duplicate: 'You may have received this page before.',
    confirm: 'Each link opens a page that asks you once more before anything happens.',
    testSubject: 'Test notification from Tocsin',
    testBody: 'This is the test notification you asked for. Pages for alerts will reach you here.',
    signInSubject: 'Your sign-in link for Tocsin',
    signInBody: (minutes: number) => `Use this link to sign in. It works once, for ${minutes} minutes.`,
    signIn: 'Sign in',
    news: 'Update',
    verificationSubject: 'Your code for Tocsin',
    verificationBody: (code: string, minutes: number) =>
      `Your code is ${code}. Enter it in Tocsin within ${minutes} minutes, so that alerts can reach you here. If you did not ask for it, ignore this message.`,
    verificationShort: (code: string, minutes: number) => `Tocsin: your code is ${code}, valid for ${minutes} minutes.`,
  },
  de: {
    accept: 'Annehmen',
    resolve: 'Lösen',
    escalate: 'Eskalieren',
    page: (id: number, priority: string, summary: string) => `[#${id}] ${priority === 'HIGH' ? '' : 'Niedrige Priorität: '}${summary}`,
    greeting: (name: string) => `Hallo ${name},`,
    raised: (source: string, time: string) => `Gemeldet von ${source} um ${time}.`,
    late: (seconds: number) => `Diese Nachricht kommt ${seconds} s zu spät.`,
    duplicate: 'Vielleicht hast du diese Nachricht schon einmal erhalten.',
    confirm: 'Jeder Link öffnet eine Seite, die noch einmal nachfragt, bevor etwas geschieht.',
    testSubject: 'Testbenachrichtigung von Tocsin',
    testBody: 'Das ist die angeforderte Testbenachrichtigung. Alarme erreichen dich hier.',
    signInSubject: 'Dein Anmeldelink für Tocsin',
    signInBody: (minutes: number) => `Mit diesem Link meldest du dich an. Er gilt einmal und ${minutes} Minuten lang.`,
    signIn: 'Anmelden',
    news: 'Neuigkeit',
    verificationSubject: 'Dein Code für Tocsin',
    verificationBody: (code: string, minutes: number) =>
      `Dein Code ist ${code}. Gib ihn innerhalb von ${minutes} Minuten in Tocsin ein, damit Alarme dich hier erreichen. Wenn du ihn nicht angefordert hast, beachte diese Nachricht nicht.`,
    verificationShort: (code: string, minutes: number) => `Tocsin: dein Code ist ${code}, ${minutes} Minuten lang.`,
  },
} as const satisfies Record<Language, unknown>;
