import type { NumberOperator, TextOperator } from './expression';

const NUMBERS: readonly string[] = ['>', '>=', '<', '<='] satisfies NumberOperator[];
const TEXTS: Readonly<Record<string, TextOperator>> = {
  '==': '==',
  matches: '==',
  contains: 'contains',
  starts_with: 'starts_with',
  ends_with: 'ends_with',
  exact_matches: 'exact_matches',
  exact_contains: 'exact_contains',
};
/** Each has a way of its own to its right side. */
const OTHERS: readonly string[] = ['regex', 'in', 'is_in'];
/** A word of their own goes with lists, or none does. */
const NEVER_ANY: readonly string[] = ['in', 'is_in', '==', ...NUMBERS];

export const OPERATORS =
  'an operator: ==, !=, >, >=, <, <=, matches, contains, starts_with, ends_with, exact_matches, exact_contains, regex, in, is_in, ' +
  'or one of them with not before it or with _any behind it';

/** As it was written: with `not` before it, and `_any` behind it. */
export interface Operator {
  readonly name: string;
  readonly negated: boolean;
  readonly any: boolean;
}

/** Undefined: it compares something else than texts. */
export const textOperator = (name: string): TextOperator | undefined => (Object.hasOwn(TEXTS, name) ? TEXTS[name] : undefined);

/** Undefined: there is none of this name. */
export const operatorNamed = (written: string): Operator | undefined => {
  if (written === '!=') return { name: '==', negated: true, any: false };
  const negated = written.startsWith('not_');
  const positive = negated ? written.slice('not_'.length) : written;
  const any = positive.endsWith('_any');
  const name = any ? positive.slice(0, -'_any'.length) : positive;
  const isKnown = NUMBERS.includes(name) || Object.hasOwn(TEXTS, name) || OTHERS.includes(name);
  return isKnown && !(any && NEVER_ANY.includes(name)) ? { name, negated, any } : undefined;
};
