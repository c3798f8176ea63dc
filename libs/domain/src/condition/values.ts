import { instant, parseInstant } from '../time';
import type { Instant } from '../time';
import type { Value } from './expression';

/** What cannot be read as a number is none: a comparison with it does not hold. */
export const asNumber = (value: Value): number | undefined => {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || !NUMBER.test(value)) return undefined;
  return Number(value);
};

export const asText = (value: Value): string | undefined => {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
};

/** The same for texts that differ in upper and lower case only, and for two ways to write one letter. */
export const folded = (text: string): string => text.normalize('NFC').toUpperCase();

/** ISO 8601, or seconds or milliseconds since 1970; nothing before that or after 2099. */
export const asInstant = (value: Value): Instant | undefined => {
  const epoch = asNumber(value);
  const ms = epoch === undefined ? isoMs(value) : Math.floor(epoch < FIRST_IN_MS ? epoch * 1_000 : epoch);
  return ms !== undefined && ms >= 0 && ms < YEAR_2100_MS ? instant(ms) : undefined;
};

export const isList = (value: Value): value is readonly Value[] => Array.isArray(value);

/** Where a path leads; nil where there is nothing. */
export const valueAt = (from: Value, steps: readonly string[]): Value => {
  let value: Value = from;
  for (const step of steps) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return null;
    if (isList(value) && !INDEX.test(step)) return null;
    value = (value as Readonly<Record<string, Value | undefined>>)[step] ?? null;
  }
  return value;
};

const NUMBER = /^\s*[+-]?\d+(?:\.\d+)?(?:e[+-]?\d{1,3})?\s*$/iu;
const INDEX = /^\d+$/u;
/** As milliseconds these are in 1973, as seconds after the year 5000. */
const FIRST_IN_MS = 100_000_000_000;
const YEAR_2100_MS = 4_102_444_800_000;

const isoMs = (value: Value): number | undefined => {
  if (typeof value !== 'string') return undefined;
  try {
    return parseInstant(value);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
};
