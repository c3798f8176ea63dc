import type { Expression } from './expression';
import { patternOf } from './pattern';

/** The older way to say it: what clients send and need back as they sent it. */
export interface AlertFilter {
  readonly operator: string;
  readonly predicates: readonly AlertPredicate[];
}
export interface AlertPredicate {
  readonly field: string;
  readonly criteria: string;
  readonly value: string;
}

export interface FilterProblem {
  /** Below `alertFilter`. */
  readonly field: string;
  readonly fix: string;
}

type Means = (path: Expression, value: string) => Expression | string;

/** Where a predicate looks; one of the places is enough. */
const FIELDS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  ALERT_SUMMARY: [['summary']],
  ALERT_DETAILS: [['details']],
  ALERT_PRIORITY: [['priority']],
  ESCALATION_POLICY: [
    ['escalationPolicy', 'name'],
    ['escalationPolicy', 'id'],
  ],
};

const literal = (value: string): Expression => ({ type: 'value', value });
const is: Means = (left, value) => ({ type: 'text', operator: '==', any: false, left, right: literal(value) });
const contains: Means = (left, value) => ({ type: 'text', operator: 'contains', any: false, left, right: literal(value) });
const containsWord: Means = (left, value) => {
  const items = value.split(/[\s,;]+/u).filter((word) => word !== '');
  if (items.length === 0) return 'words with blanks or commas between them';
  return { type: 'text', operator: 'contains', any: true, left, right: { type: 'list', items } };
};
const matches: Means = (left, value) => {
  const pattern = patternOf(value);
  return typeof pattern === 'string' ? pattern : { type: 'regex', left, patterns: [pattern] };
};

const CRITERIA: Readonly<Record<string, { readonly means: Means; readonly negated: boolean }>> = {
  CONTAINS_ANY_WORDS: { means: containsWord, negated: false },
  CONTAINS_NOT_WORDS: { means: containsWord, negated: true },
  CONTAINS_STRING: { means: contains, negated: false },
  CONTAINS_NOT_STRING: { means: contains, negated: true },
  IS_STRING: { means: is, negated: false },
  IS_NOT_STRING: { means: is, negated: true },
  MATCHES_REGEX: { means: matches, negated: false },
  MATCHES_NOT_REGEX: { means: matches, negated: true },
};

/** The same as a condition. */
export const conditionOfFilter = ({ operator, predicates }: AlertFilter): { readonly expression: Expression } | FilterProblem => {
  if (operator !== 'AND' && operator !== 'OR') return { field: 'operator', fix: 'must be AND or OR' };
  if (predicates.length === 0) return { field: 'predicates', fix: 'must have at least one entry: without any leave alertFilter out' };
  const parts: Expression[] = [];
  for (const [index, predicate] of predicates.entries()) {
    const part = conditionOfPredicate(predicate);
    if ('fix' in part) return { field: `predicates[${index}].${part.field}`, fix: part.fix };
    parts.push(part.expression);
  }
  return { expression: { type: operator === 'AND' ? 'and' : 'or', parts } };
};

const conditionOfPredicate = ({ field, criteria, value }: AlertPredicate): { readonly expression: Expression } | FilterProblem => {
  const paths = Object.hasOwn(FIELDS, field) ? FIELDS[field] : undefined;
  if (paths === undefined) return { field: 'field', fix: `must be one of ${Object.keys(FIELDS).join(', ')}` };
  const criterion = Object.hasOwn(CRITERIA, criteria) ? CRITERIA[criteria] : undefined;
  if (criterion === undefined) return { field: 'criteria', fix: `must be one of ${Object.keys(CRITERIA).join(', ')}` };
  const parts: Expression[] = [];
  for (const steps of paths) {
    const part = criterion.means({ type: 'path', steps }, value);
    if (typeof part === 'string') return { field: 'value', fix: `must be ${part}` };
    parts.push(part);
  }
  const expression: Expression = { type: 'or', parts };
  return { expression: criterion.negated ? { type: 'not', of: expression } : expression };
};
