import type { Instant } from '@tocsin/domain';
import { formatInTimeZone } from 'date-fns-tz';
import { de } from 'date-fns/locale/de';
import { enGB } from 'date-fns/locale/en-GB';
import type { Language } from './message';

/** With the zone's abbreviation where the language has one, else with its offset: a time without either is somebody else's. */
const formats = {
  en: { pattern: "HH:mm zzz 'on' EEE, d MMM yyyy", locale: enGB },
  de: { pattern: "HH:mm zzz 'am' EEE, d. MMM yyyy", locale: de },
} as const satisfies Record<Language, unknown>;

const MINUTE_MS = 60_000;
const MOST_TEXTS = 500;
/** The zone's abbreviation costs a formatter of its own each time, and in a storm all pages tell the same few minutes. */
const texts = new Map<string, string>();

/**
 * A time as a person reads it, by their own clocks and in their language: `10:00 CET on Mon, 5 Jan 2026`. Around the changes
 * of clocks it is right in a process whose own zone is UTC, which every program here sets first.
 */
export const timeText = (at: Instant, { timezone, language }: { readonly timezone: string; readonly language: Language }): string => {
  const key = `${language} ${timezone} ${Math.floor(at / MINUTE_MS)}`;
  const known = texts.get(key);
  if (known !== undefined) return known;
  const { pattern, locale } = formats[language];
  const text = formatInTimeZone(at, timezone, pattern, { locale });
  if (texts.size >= MOST_TEXTS) texts.clear();
  texts.set(key, text);
  return text;
};
