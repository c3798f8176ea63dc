import { createParamDecorator } from '@nestjs/common';
import { parseInstant } from '@tocsin/domain';
import type { Instant } from '@tocsin/domain';
import { invalidField } from './problem';

/** As Fastify reads it: a repeated parameter is a list. */
export type QueryParameters = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface Page {
  readonly startIndex: number;
  readonly maxResults: number;
}

/** `start-index` and `max-results`. More than the cap is refused, never cut down in silence. @throws ProblemException 400 */
export const readPage = (query: QueryParameters, { usual, cap }: { readonly usual: number; readonly cap: number }): Page => ({
  startIndex: readInteger(query, 'start-index', { min: 0 }) ?? 0,
  maxResults: readInteger(query, 'max-results', { min: 0, max: cap }) ?? usual,
});

/** The last value given; blank counts as not given. */
export const readText = (query: QueryParameters, ...names: readonly string[]): string | undefined => readAll(query, names).at(-1);

/** All values, whether the parameter is repeated or its values stand between commas; of all the names, old ones included. */
export const readMany = (query: QueryParameters, ...names: readonly string[]): readonly string[] => [
  ...new Set(
    readAll(query, names).flatMap((value) =>
      value
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    ),
  ),
];

/** @throws ProblemException 400 that lists what is possible */
export const readManyOf = <const T extends string>(query: QueryParameters, names: readonly string[], choices: readonly T[]): readonly T[] =>
  readMany(query, ...names).map((value) => {
    const choice = choices.find((each) => each.toLowerCase() === value.toLowerCase());
    if (choice === undefined) throw invalidField(names[0] ?? '', `must be one of ${choices.join(', ')}`);
    return choice;
  });

/** The last one given. @throws ProblemException 400 that lists what is possible */
export const readOneOf = <const T extends string>(query: QueryParameters, name: string, choices: readonly T[]): T | undefined =>
  readManyOf(query, [name], choices).at(-1);

const LANGUAGES = ['en', 'de'] as const;

/** Of the sentences in an answer. @throws ProblemException 400 that lists what is possible */
export const readLanguage = (query: QueryParameters): (typeof LANGUAGES)[number] => readOneOf(query, 'lang', LANGUAGES) ?? 'en';

/** @throws ProblemException 400 that lists what is possible */
export const readInclude = <const T extends string>(query: QueryParameters, choices: readonly T[]): ReadonlySet<T> =>
  new Set(readManyOf(query, ['include'], choices));

/** @throws ProblemException 400 */
export const readIds = <Id extends number>(query: QueryParameters, ...names: readonly string[]): readonly Id[] =>
  readMany(query, ...names).map((value) => idIn<Id>(value, names[0] ?? ''));

/** @throws ProblemException 400 */
export const readId = <Id extends number>(query: QueryParameters, ...names: readonly string[]): Id | undefined => {
  const value = readText(query, ...names);
  return value === undefined ? undefined : idIn<Id>(value, names[0] ?? '');
};

/** @throws ProblemException 400 */
export const readInteger = (
  query: QueryParameters,
  name: string,
  { min, max }: { readonly min: number; readonly max?: number },
): number | undefined => {
  const text = readText(query, name);
  if (text === undefined) return undefined;
  const value = /^[+ ]?\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= (max ?? Number.MAX_SAFE_INTEGER)) return value;
  throw invalidField(
    name,
    max === undefined ? `must be a whole number of at least ${min}` : `must be a whole number from ${min} to ${max}`,
  );
};

/** @throws ProblemException 400 */
export const readFlag = (query: QueryParameters, name: string): boolean | undefined => {
  const text = readText(query, name)?.toLowerCase();
  if (text === undefined) return undefined;
  if (text !== 'true' && text !== 'false') throw invalidField(name, 'must be true or false');
  return text === 'true';
};

/** @throws ProblemException 400 */
export const readInstant = (query: QueryParameters, name: string): Instant | undefined => {
  const text = readText(query, name);
  if (text === undefined) return undefined;
  try {
    // The plus of an offset that was not encoded arrives as a blank.
    return parseInstant(text.replace(/ (?=\d\d:?\d\d$)/, '+'));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw invalidField(name, 'must be a date-time with an offset or Z, like 2026-05-17T08:30:00Z');
  }
};

/** A numeric id in the path: `@ResourceId('id') id: AlertId`. Anything else is 400. */
export const ResourceId = createParamDecorator((name: string, context): number => {
  const { params } = context.switchToHttp().getRequest<{ readonly params: Readonly<Record<string, string | undefined>> }>();
  return idIn(params[name] ?? '', name);
});

const idIn = <Id extends number>(text: string, name: string): Id => {
  const id = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(id) || id < 1) throw invalidField(name, 'must be a positive whole number');
  return id as Id;
};

const readAll = (query: QueryParameters, names: readonly string[]): readonly string[] =>
  names.flatMap((name) =>
    [query[name] ?? []]
      .flat()
      .map((value) => value.trim())
      .filter((value) => value !== ''),
  );
