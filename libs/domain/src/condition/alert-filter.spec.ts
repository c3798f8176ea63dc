import { instant } from '../time';
import { conditionOfFilter } from './alert-filter';
import type { AlertPredicate } from './alert-filter';
import { holds } from './evaluate';

const alert = { summary: 'Disk full', details: null, priority: 'HIGH', escalationPolicy: { id: 3, name: 'Nights' } };
const result = (operator: string, ...predicates: readonly (readonly [field: string, criteria: string, value: string])[]): unknown => {
  const filter = conditionOfFilter({
    operator,
    predicates: predicates.map(([field, criteria, value]): AlertPredicate => ({ field, criteria, value })),
  });
  return 'fix' in filter ? filter.field : holds(filter.expression, { alert, now: instant(0), isWithin: () => undefined });
};

describe('a filter of an alert', () => {
  it.each<[string, string, string, boolean]>([
    ['ALERT_SUMMARY', 'CONTAINS_ANY_WORDS', 'cpu, DISK', true],
    ['ALERT_SUMMARY', 'CONTAINS_ANY_WORDS', 'cpu memory', false],
    ['ALERT_SUMMARY', 'CONTAINS_NOT_WORDS', 'cpu disk', false],
    ['ALERT_SUMMARY', 'CONTAINS_NOT_WORDS', 'cpu;memory', true],
    ['ALERT_SUMMARY', 'CONTAINS_STRING', 'k F', true],
    ['ALERT_SUMMARY', 'CONTAINS_NOT_STRING', 'k F', false],
    ['ALERT_SUMMARY', 'IS_STRING', 'disk full', true],
    ['ALERT_SUMMARY', 'IS_STRING', 'disk', false],
    ['ALERT_SUMMARY', 'IS_NOT_STRING', 'disk', true],
    ['ALERT_SUMMARY', 'MATCHES_REGEX', '^disk', true],
    ['ALERT_SUMMARY', 'MATCHES_NOT_REGEX', '^disk', false],
    ['ALERT_DETAILS', 'CONTAINS_STRING', 'x', false],
    ['ALERT_DETAILS', 'CONTAINS_NOT_STRING', 'x', true],
    ['ALERT_PRIORITY', 'IS_STRING', 'HIGH', true],
    ['ESCALATION_POLICY', 'IS_STRING', 'nights', true],
    ['ESCALATION_POLICY', 'IS_STRING', '3', true],
    ['ESCALATION_POLICY', 'IS_NOT_STRING', '3', false],
    ['ESCALATION_POLICY', 'IS_NOT_STRING', '4', true],
  ])('%s %s %s: %s', (field, criteria, value, expected) => {
    expect(result('AND', [field, criteria, value])).toBe(expected);
  });

  const yes = ['ALERT_PRIORITY', 'IS_STRING', 'HIGH'] as const;
  const no = ['ALERT_PRIORITY', 'IS_STRING', 'LOW'] as const;

  it('needs all of its predicates, or one', () => {
    expect([result('AND', yes, no), result('AND', yes, yes), result('OR', yes, no), result('OR', no, no)]).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  it('says which field cannot be read', () => {
    expect(result('XOR', yes)).toBe('operator');
    expect(result('AND')).toBe('predicates');
    expect(result('AND', yes, ['SUMMARY', 'IS_STRING', 'x'])).toBe('predicates[1].field');
    expect(result('AND', ['constructor', 'IS_STRING', 'x'])).toBe('predicates[0].field');
    expect(result('AND', ['ALERT_SUMMARY', 'IS', 'x'])).toBe('predicates[0].criteria');
    expect(result('AND', ['ALERT_SUMMARY', 'MATCHES_REGEX', '('])).toBe('predicates[0].value');
    expect(result('AND', ['ALERT_SUMMARY', 'CONTAINS_ANY_WORDS', ' ,'])).toBe('predicates[0].value');
  });
});
