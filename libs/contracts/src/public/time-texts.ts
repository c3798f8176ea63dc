import type { Instant } from '@tocsin/domain';

export type TextLanguage = 'en' | 'de';

const locales: Readonly<Record<TextLanguage, { readonly name: string; readonly on: string }>> = {
  en: { name: 'en-GB', on: 'on' },
  de: { name: 'de-DE', on: 'am' },
};

const DAY = { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' } as const;
/** With the zone's abbreviation where the language has one, else with its offset: a time without either is somebody else's. */
const TIME = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZoneName: 'short' } as const;

/** A time as a person reads it, by their own clocks and in their language: `10:00 CET on Mon, 5 Jan 2026`. */
export const timeText = (at: Instant, { timezone, language }: { readonly timezone: string; readonly language: TextLanguage }): string => {
  const { name, on } = locales[language];
  const part = (options: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat(name, { timeZone: timezone, ...options }).format(at);
  return `${part(TIME)} ${on} ${part(DAY)}`;
};
