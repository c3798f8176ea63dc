import { RE2JS } from 're2js';
import { instant } from '../time';
import { holds } from './evaluate';
import type { ConditionFacts } from './evaluate';
import type { Value } from './expression';
import { parseCondition } from './parse';
import { patternOf } from './pattern';

const alert: Value = {
  id: 4711,
  summary: "Disk FULL: it's /var",
  details: null,
  status: 'PENDING',
  priority: 'HIGH',
  severity: 2,
  alertKey: 'Straße 5',
  labels: { team: 'db', 'app.kubernetes.io/name': 'Postgres', 'a b]c': 'odd', '0': 'zero', code: '0042', on: 'true' },
  customDetails: { list: ['u-turn', 'left', 3, null], flag: true, ratio: 0.54, deep: [{ x: [1, 2] }], at: '2026-03-02T08:30:00Z' },
  responders: [{ user: { id: 7 }, status: 'ACCEPTED' }],
};
/** Monday, 2 March 2026, 08:00 UTC. */
const now = instant(1_772_438_400_000);
const facts = (changes: Partial<ConditionFacts> = {}): ConditionFacts => ({
  alert,
  now,
  isWithin: ({ type, id }, at) => (type === 'ON_CALL_SCHEDULE' && id === 5 ? at >= now && at < now + 3_600_000 : undefined),
  ...changes,
});
const result = (text: string, changes: Partial<ConditionFacts> = {}): unknown => {
  const parsed = parseCondition(text);
  return 'expression' in parsed ? holds(parsed.expression, facts(changes)) : parsed.problem;
};

describe('a condition that holds', () => {
  it.each([
    // Equality takes no notice of upper and lower case, and of how a number or a truth is written.
    "alert.priority == 'high'",
    'alert.priority == HIGH',
    'alert.priority matches hIgH',
    'alert.priority != LOW',
    'alert.priority not matches LOW',
    'alert.priority not_matches LOW',
    'alert.priority not == LOW',
    'alert.priority not != HIGH',
    'alert.severity == 2',
    "alert.severity == '2'",
    'alert.severity == 2.0',
    'alert.labels.code == 42',
    "'1' == 1",
    'alert.customDetails.flag == true',
    "alert.customDetails.flag == 'True'",
    'alert.labels.on == true',
    "alert.alertKey == 'STRASSE 5'",
    'alert.details == nil',
    'alert.nowhere.at.all == nil',
    'alert.summary != nil',
    'nil == nil',
    // Numbers.
    'alert.severity > 1',
    'alert.severity >= 2',
    'alert.severity < 3',
    'alert.severity <= 2.0',
    'alert.severity not > 2',
    'alert.customDetails.ratio < 1',
    'alert.labels.code >= 42',
    '-3 < -2.5',
    // Texts.
    "alert.summary contains 'disk full'",
    'alert.summary starts_with disk',
    "alert.summary ends_with '/VAR'",
    "alert.summary exact_contains 'Disk FULL'",
    "alert.summary not exact_contains 'disk full'",
    "alert.summary exact_matches 'Disk FULL: it\\'s /var'",
    "alert.summary not_exact_matches 'disk full: it\\'s /var'",
    "alert.alertKey contains 'STRASSE'",
    'alert.severity contains 2',
    "'x' not contains 'y'",
    'alert.nowhere not contains x',
    // One of several.
    "alert.summary contains_any ['cpu', 'disk']",
    'alert.summary contains_any ["cpu", "DISK"]',
    'alert.summary starts_with_any [cpu, disk]',
    "alert.summary ends_with_any ['/tmp', '/var']",
    'alert.priority matches_any [low, high]',
    "alert.summary exact_contains_any ['disk', 'Disk']",
    'alert.summary not_contains_any [cpu, memory]',
    'alert.summary not contains_any []',
    'alert.priority in [HIGH, CRITICAL]',
    "'U-TURN' in alert.customDetails.list",
    '3 in alert.customDetails.list',
    'nil in alert.customDetails.list',
    'alert.priority not in [LOW]',
    'alert.priority not_in [LOW]',
    // Regular expressions.
    "alert.summary regex '^disk.*var$'",
    "alert.alertKey regex '\\d'",
    "alert.summary not regex '^var'",
    "alert.summary regex_any ['^cpu', 'full']",
    "alert.severity regex '2'",
    // Paths.
    "alert.labels[app.kubernetes.io/name] == 'postgres'",
    "alert.labels['app.kubernetes.io/name'] == 'postgres'",
    'alert.labels["app.kubernetes.io/name"] == postgres',
    'alert.labels[a\\ b\\]c] == odd',
    'alert.labels[0] == zero',
    'alert.customDetails.list[1] == left',
    'alert.customDetails.deep[0].x[1] == 2',
    'alert.responders[0].user.id == 7',
    'alert.customDetails.list[9] == nil',
    'alert.customDetails.list.length == nil',
    'alert.summary.length == nil',
    'alert.summary[0] == nil',
    'alert.labels.constructor == nil',
    'alert.labels.__proto__ == nil',
    // Joined.
    'true or false and false',
    '(alert.severity > 1) and (alert.priority == LOW or alert.status == PENDING)',
    'not alert.severity > 2',
    'not not true',
    'not (true and false)',
    'not false and true',
    "3 >= 'three' or 3 < 9",
    'alert.customDetails.flag',
    '(alert.severity) > 1',
    '(1 < 2) == true',
    '\n alert.severity\t>\n1 ',
    // Times.
    'now is_in {"id": 5, "type": "ON_CALL_SCHEDULE"}',
    'now is_in {id: 5, type: ON_CALL_SCHEDULE}',
    "now is_in {'type': 'ON_CALL_SCHEDULE', 'id': '5'}",
    "'2026-03-02T08:59:59Z' is_in {id: 5, type: ON_CALL_SCHEDULE}",
    "'2026-03-02T09:59:59+01:00' is_in {id: 5, type: ON_CALL_SCHEDULE}",
    'alert.customDetails.at is_in {id: 5, type: ON_CALL_SCHEDULE}',
    '1772438400 is_in {id: 5, type: ON_CALL_SCHEDULE}',
    '1772438400000 is_in {id: 5, type: ON_CALL_SCHEDULE}',
    "'1772438400' is_in {id: 5, type: ON_CALL_SCHEDULE}",
    "'2026-03-02T09:00:00Z' not is_in {id: 5, type: ON_CALL_SCHEDULE}",
    "'2026-03-02T09:00:00Z' not_is_in {id: 5, type: ON_CALL_SCHEDULE}",
  ])('%s', (text) => {
    expect(result(text)).toBe(true);
  });
});

describe('a condition that does not hold', () => {
  it.each([
    'alert.priority == LOW',
    'alert.severity != 2',
    "3 > 'three'",
    "3 <= 'three' and 3 < 9",
    'alert.summary > 1',
    'nil > 0',
    'true > 0',
    'true == 1',
    'alert.labels == alert.labels',
    'alert.customDetails.list == alert.customDetails.list',
    'alert.labels contains db',
    'alert.nowhere contains x',
    'alert.nowhere == 0',
    "alert.nowhere == ''",
    'alert.nowhere',
    // It says `true`, and is a text.
    'alert.labels.on',
    'alert.severity',
    'alert.priority in alert.priority',
    'alert.priority in alert.nowhere',
    'alert.priority contains_any alert.nowhere',
    'alert.priority in []',
    'alert.labels regex db',
    'now is_in {id: 6, type: ON_CALL_SCHEDULE}',
    'now is_in {id: 5, type: SUPPORT_HOUR}',
    "'yesterday' is_in {id: 5, type: ON_CALL_SCHEDULE}",
    "'2026-03-02T08:30:00' is_in {id: 5, type: ON_CALL_SCHEDULE}",
    '-1 is_in {id: 5, type: ON_CALL_SCHEDULE}',
    '99999999999999999999 is_in {id: 5, type: ON_CALL_SCHEDULE}',
    'nil is_in {id: 5, type: ON_CALL_SCHEDULE}',
    'alert.labels is_in {id: 5, type: ON_CALL_SCHEDULE}',
  ])('%s', (text) => {
    expect(result(text)).toBe(false);
  });
});

describe('a text that is no condition says where and what was expected:', () => {
  it.each<[string, number, RegExp]>([
    ['', 1, /a path that begins with alert/],
    ['   ', 4, /a path that begins with alert/],
    ['alert.summary contains disk full', 29, /`and`, `or` or the end; a text with blanks in it stands in single quotes/],
    ['alert.summary contain disk', 15, /an operator: ==, /],
    ['alert.summary = disk', 15, /an operator/],
    ["alert.summary 'disk'", 15, /an operator/],
    ['alert.summary ==', 17, /a path/],
    ["alert.summary == 'disk", 18, /a quote at its end/],
    ['alert', 6, /a field of the alert/],
    ['alert.', 7, /the name of a field/],
    ['alert.labels[a b] == 1', 14, /\\ before each blank/],
    ['alert.labels[ == 1', 14, /a number, a key/],
    ['event.summary == x', 1, /a path that begins with alert\./],
    ['context.event.x == 1', 1, /a path that begins with alert\./],
    ['alert.a == db.example', 12, /single quotes/],
    ['alert.a == 10.0.0.1', 12, /single quotes/],
    ['alert.a == 3m', 12, /single quotes/],
    ['alert.a == for', 12, /the word for stands in single quotes/],
    ['alert.a == and', 12, /the word and stands/],
    ['(alert.a == 1', 14, /`and`, `or` or \)/],
    ['alert.a == 1)', 13, /the end/],
    ['alert.a == 1 and', 17, /a path/],
    ['and alert.a == 1', 1, /the word and/],
    ["'HIGH'", 1, /a comparison/],
    ['alert.a == 1 or HIGH', 17, /a comparison/],
    ['(3) > 1', 2, /a comparison/],
    ['now', 1, /a comparison/],
    ['[1] == 1', 1, /a list to the right/],
    ['alert.a == [1]', 12, /one value/],
    ['alert.a in 5', 12, /a list behind in/],
    ['alert.a contains_any x', 22, /a list behind contains_any/],
    ['alert.a in [1, 2', 17, /a comma or \]/],
    ['alert.a in [now]x', 17, /the end/],
    ['alert.a in_any [1]', 9, /an operator/],
    ['alert.a == 1 == 1', 14, /`and`, `or` or the end/],
    ["alert.a regex 'a('", 15, /RE2: .*missing closing \)/],
    ["alert.a regex '(?=a)'", 15, /RE2/],
    ["alert.a regex '((a{60}){60}){60}'", 15, /RE2/],
    ["alert.a regex 'a{900}'", 15, /smaller repetitions/],
    ['alert.a regex alert.b', 15, /a text in single quotes/],
    ['alert.a regex 5', 15, /regular expression/],
    ['now is_in 5', 11, /"type": "ON_CALL_SCHEDULE"/],
    ['now is_in {"id": 5}', 11, /ON_CALL_SCHEDULE/],
    ['now is_in {"id": 5, "type": "TEAM"}', 11, /ON_CALL_SCHEDULE/],
    ['now is_in {"id": 5, "id": 6}', 21, /ON_CALL_SCHEDULE/],
    ['now is_in {"id": -5, "type": "ON_CALL_SCHEDULE"}', 11, /ON_CALL_SCHEDULE/],
    ['trigger_count.3m > 5', 1, /no trigger_count: .*alertGroupingWindow.*v-alert-not-resolved/],
    ['5 < resetting_trigger_count.PT3M', 5, /no resetting_trigger_count/],
    ['alert.a == 1 and "\\q" == 1', 18, /JSON/],
    // Positions count what people count.
    ["alert.summary == '🔥🔥' x", 23, /the end/],
  ])('%s', (text, position, expected) => {
    expect(result(text)).toEqual({ position, expected: expect.stringMatching(expected) as string });
  });

  it('too deep', () => {
    expect(result(`${'('.repeat(65)}true${')'.repeat(65)}`)).toMatchObject({ expected: expect.stringMatching(/64 levels/) as string });
    expect(result(`${'not '.repeat(65)}true`)).toMatchObject({ expected: expect.stringMatching(/64 levels/) as string });
    expect(result(`${'('.repeat(64)}true${')'.repeat(64)}`)).toBe(true);
  });

  it('too long', () => {
    const text = `alert.a == '${'x'.repeat(16_384)}'`;
    expect(result(text)).toEqual({ position: 16_385, expected: 'at most 16384 characters' });
    expect(result(text.slice(0, 16_383) + "'")).toBe(false);
  });
});

describe('what an evaluation may cost', () => {
  it('is bounded: more than that does not hold, and neither does its opposite', () => {
    const details = 'ä'.repeat(200_000);
    const many = Array.from({ length: 400 }, (_, index) => `alert.details contains x${index}`).join(' or ');
    expect(result(`alert.details contains ${'ä'}`, { alert: { details } })).toBe(true);
    expect(result(`(${many}) or true`, { alert: { details } })).toBe(false);
    expect(result(`not (${many})`, { alert: { details } })).toBe(false);
  });

  it.each(['a{1000}'.repeat(142), '(\\pL{1,1000})'.repeat(20), 'a{300,}'])('refuses %s without compiling it', (pattern) => {
    const compile = jest.spyOn(RE2JS, 'compile');
    expect(patternOf(pattern)).toBe('a regular expression with fewer or smaller repetitions');
    expect(compile).not.toHaveBeenCalled();
    compile.mockRestore();
  });

  it.each(['a{150}', 'x\\{999}', '[a-f]{8}(-[a-f]{4}){3}'])('takes %s', (pattern) =>
    expect(patternOf(pattern)).toMatchObject({ source: pattern }),
  );

  it('counts what regular expressions look at by their size', () => {
    const never = (last: string): string => `not (alert.summary regex 'a{150}${last}')`;
    const long = { alert: { summary: 'a'.repeat(16_384) } };
    expect(result(never('x'), long)).toBe(true);
    expect(result(`${never('x')} and ${never('y')}`, long)).toBe(false);
  });

  it('does not explode by a regular expression that backtracking would try in every way', () => {
    const text = `alert.summary regex '^(a+)+$'`;
    expect(result(text, { alert: { summary: `${'a'.repeat(10_000)}!` } })).toBe(false);
    expect(result(text, { alert: { summary: 'a'.repeat(10_000) } })).toBe(true);
  });

  it('leaves the rest of a very long text unseen by regular expressions', () => {
    expect(result(`alert.summary regex x`, { alert: { summary: `${'a'.repeat(16_384)}x` } })).toBe(false);
    expect(result(`alert.summary contains x`, { alert: { summary: `${'a'.repeat(16_384)}x` } })).toBe(true);
  });
});
