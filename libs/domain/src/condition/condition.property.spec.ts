import * as fc from 'fast-check';
import { instant } from '../time';
import { holds } from './evaluate';
import type { ConditionFacts } from './evaluate';
import { isCondition, placesIn } from './expression';
import type { Expression, Literal, Value } from './expression';
import { parseCondition } from './parse';
import { patternOf } from './pattern';
import type { Pattern } from './pattern';

const facts = (alert: Value): ConditionFacts => ({ alert, now: instant(1_772_438_400_000), isWithin: ({ id }, at) => (at + id) % 2 === 0 });

const read = (text: string): Expression => {
  const parsed = parseCondition(text);
  if ('problem' in parsed) throw new Error(`${text}: ${JSON.stringify(parsed.problem)}`);
  return parsed.expression;
};

/** As somebody would write it who trusts no precedence. */
const written = (expression: Expression): string => {
  switch (expression.type) {
    case 'value':
      return literal(expression.value);
    case 'now':
      return 'now';
    case 'list':
      return `[${expression.items.map(literal).join(', ')}]`;
    case 'path':
      return `alert${expression.steps.map((step) => `[${quoted(step)}]`).join('')}`;
    case 'not':
      return `not ${inBrackets(expression.of)}`;
    case 'and':
    case 'or':
      return expression.parts.map(inBrackets).join(` ${expression.type} `);
    case 'number':
      return `${operand(expression.left)} ${expression.operator} ${operand(expression.right)}`;
    case 'text': {
      const { operator, any, left, right } = expression;
      const withAny = operator === '==' ? 'in' : `${operator}_any`;
      return `${operand(left)} ${any ? withAny : operator} ${operand(right)}`;
    }
    case 'regex':
      return `${operand(expression.left)} regex_any [${expression.patterns.map(({ source }) => quoted(source)).join(',')}]`;
    case 'within':
      return `${operand(expression.time)} is_in ${JSON.stringify(expression.place)}`;
  }
};
const inBrackets = (expression: Expression): string => `(${written(expression)})`;
const operand = (expression: Expression): string =>
  ['value', 'now', 'list', 'path'].includes(expression.type) ? written(expression) : inBrackets(expression);
const quoted = (text: string): string => `'${text.replace(/[\\']/gu, (char) => `\\${char}`)}'`;
const literal = (value: Literal): string => {
  if (typeof value === 'string') return quoted(value);
  return value === null ? 'nil' : String(value);
};

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom('and', 'HIGH', '\\', "'", "\\'", '\n', 'trigger_count', ''),
);
const number = fc.integer({ min: -1_000_000, max: 1_000_000 }).map((n) => n / 4);
const literals: fc.Arbitrary<Literal> = fc.oneof(text, number, fc.boolean(), fc.constant(null));
const patterns = fc.constantFrom('^a+$', 'disk|cpu', "it's", '\\d{2}', '[^\\]]').map((source) => patternOf(source) as Pattern);
const path = fc.array(text, { minLength: 1, maxLength: 4 }).map((steps): Expression => ({ type: 'path', steps }));
const list = fc.array(literals, { maxLength: 4 }).map((items): Expression => ({ type: 'list', items }));

const { condition } = fc.letrec<{ condition: Expression; value: Expression }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'expression' },
    literals.map((value): Expression => ({ type: 'value', value })),
    path,
    fc.constant<Expression>({ type: 'now' }),
    tie('condition'),
  ),
  condition: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'expression' },
    fc.oneof(
      path,
      fc.boolean().map((value): Expression => ({ type: 'value', value })),
    ),
    tie('condition').map((of): Expression => ({ type: 'not', of })),
    fc.record({ type: fc.constantFrom('and' as const, 'or' as const), parts: fc.array(tie('condition'), { minLength: 2, maxLength: 3 }) }),
    fc.record({
      type: fc.constant('number' as const),
      operator: fc.constantFrom('>' as const, '>=' as const, '<' as const, '<=' as const),
      left: tie('value'),
      right: tie('value'),
    }),
    fc.record({
      type: fc.constant('text' as const),
      operator: fc.constantFrom(...(['==', 'contains', 'starts_with', 'ends_with', 'exact_matches', 'exact_contains'] as const)),
      any: fc.constant(false),
      left: tie('value'),
      right: tie('value'),
    }),
    fc.record({
      type: fc.constant('text' as const),
      operator: fc.constantFrom('==' as const, 'contains' as const, 'exact_matches' as const),
      any: fc.constant(true),
      left: tie('value'),
      right: fc.oneof(list, path),
    }),
    fc.record({ type: fc.constant('regex' as const), left: tie('value'), patterns: fc.array(patterns, { maxLength: 2 }) }),
    fc.record({
      type: fc.constant('within' as const),
      time: tie('value'),
      place: fc.record({
        type: fc.constantFrom('ON_CALL_SCHEDULE' as const, 'SUPPORT_HOUR' as const),
        id: fc.integer({ min: 1, max: 99 }),
      }),
    }),
  ),
}));

const pieces = fc.constantFrom(
  ...['alert', '.', 'summary', 'alert.a', '[', ']', '(', ')', '{', '}', ',', ':', "'", '"', '\\', 'and', 'or', 'not', '==', '!=', '>', '='],
  ...[
    'contains',
    'contains_any',
    'in',
    'is_in',
    'regex',
    'now',
    'nil',
    'true',
    '5',
    '-',
    '.5',
    ' ',
    '\n',
    'x',
    'ä',
    '🔥',
    '\uD83D',
    '\u0000',
    '^(a',
  ],
);

describe('a condition', () => {
  it('is read back as what was written, whatever it says', () =>
    fc.assert(
      fc.property(condition, (expression) => {
        const again = read(written(expression));
        expect(written(again)).toBe(written(expression));
        expect(isCondition(again)).toBe(true);
        expect(placesIn(again)).toEqual(placesIn(expression));
      }),
    ));

  it('means what its brackets say, and without brackets: not before and, and before or', () =>
    fc.assert(
      fc.property(
        fc.array(fc.record({ truth: fc.boolean(), negated: fc.boolean(), or: fc.boolean() }), { minLength: 1, maxLength: 12 }),
        (terms) => {
          const line = terms.map(
            ({ truth, negated, or }, index) => `${index === 0 ? '' : or ? ' or ' : ' and '}${negated ? 'not ' : ''}${String(truth)}`,
          );
          const groups: boolean[][] = [];
          terms.forEach(({ truth, negated, or }, index) => {
            if (index === 0 || or) groups.push([]);
            groups.at(-1)?.push(truth !== negated);
          });
          expect(holds(read(line.join('')), facts(null))).toBe(groups.some((group) => group.every(Boolean)));
        },
      ),
    ));

  it('is evaluated to yes or no on every alert, and the opposite of not', () =>
    fc.assert(
      fc.property(condition, fc.jsonValue(), (expression, alert) => {
        const result = holds(expression, facts(alert as Value));
        expect(typeof result).toBe('boolean');
        expect(holds(expression, facts(alert as Value))).toBe(result);
        expect(holds({ type: 'not', of: expression }, facts(alert as Value))).toBe(!result);
      }),
    ));

  it('is read or refused at a character that is there or the end, whatever the text is', () =>
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(pieces, { maxLength: 30 }).map((some) => some.join('')),
          fc.string({ unit: 'binary', maxLength: 60 }),
          fc.tuple(condition.map(written), fc.nat(), pieces).map(([whole, at, piece]) => {
            const cut = at % (whole.length + 1);
            return whole.slice(0, cut) + piece + whole.slice(cut + 1);
          }),
        ),
        (some) => {
          const parsed = parseCondition(some);
          if ('expression' in parsed) return typeof holds(parsed.expression, facts({ a: 5 })) === 'boolean';
          const { position, expected } = parsed.problem;
          return position >= 1 && position <= Array.from(some).length + 1 && expected !== '';
        },
      ),
      { numRuns: 1_000 },
    ));
});
