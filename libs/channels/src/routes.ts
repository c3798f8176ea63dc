import type { NotificationMethod } from '@tocsin/domain';
import { optional } from '@tocsin/platform';
import type { Setting } from '@tocsin/platform';

/** By the beginning of a telephone number (`+49`, or `+` for all others): which providers are asked first, in this order. */
export type Routes = ReadonlyMap<string, readonly string[]>;

const routesSetting = (name: string, about: string): Setting<Routes> => ({
  name,
  about,
  usual: undefined,
  secret: false,
  absent: undefined,
  read: (text) => new Map(text.split(';').flatMap((part) => (part.trim() === '' ? [] : [routeIn(part)]))),
});

const routeIn = (text: string): readonly [string, readonly string[]] => {
  const [, prefix = '', names = ''] = /^\s*(\+\d{0,6}|\*)\s*=\s*([A-Za-z]+(?:\s*,\s*[A-Za-z]+)*)\s*$/.exec(text) ?? [];
  if (prefix === '') throw new RangeError('must be routes by country, like +49=gateway,twilio;*=twilio');
  return [prefix === '*' ? '+' : prefix, names.split(',').map((name) => name.trim())];
};

/** Which providers are asked first for whose number. Those that a route does not name are asked after those it names. */
export const routeSchema = {
  smsRoutes: optional(routesSetting('SMS_ROUTES', 'providers of SMS by country, first choice first: +49=gateway,twilio;*=twilio')),
  voiceRoutes: optional(routesSetting('VOICE_ROUTES', 'providers of calls by country, first choice first')),
} as const;

export type MethodRoutes = Partial<Readonly<Record<NotificationMethod, Routes>>>;

/** What the route of the longest beginning that fits says. */
export const routeOf = (routes: Routes | undefined, number: string): readonly string[] =>
  [...(routes ?? [])]
    .filter(([prefix]) => number.startsWith(prefix))
    .toSorted(([a], [b]) => b.length - a.length)
    .map(([, providers]) => providers)[0] ?? [];
