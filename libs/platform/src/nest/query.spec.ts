import { instant } from '@tocsin/domain';
import { ProblemException } from './problem';
import {
  readFlag,
  readId,
  readIds,
  readInclude,
  readInstant,
  readInteger,
  readMany,
  readLanguage,
  readManyOf,
  readOneOf,
  readPage,
  readText,
} from './query';

const problemOf = (read: () => unknown): unknown => {
  try {
    read();
  } catch (error) {
    if (error instanceof ProblemException) return error.problem.message;
    throw error;
  }
  return undefined;
};

describe('a query', () => {
  it('pages with the usual size unless told, blanks being nothing', () => {
    const limits = { usual: 50, cap: 100 };
    expect(readPage({}, limits)).toEqual({ startIndex: 0, maxResults: 50 });
    expect(readPage({ 'start-index': '', 'max-results': ' ' }, limits)).toEqual({ startIndex: 0, maxResults: 50 });
    expect(readPage({ 'start-index': '200', 'max-results': '100' }, limits)).toEqual({ startIndex: 200, maxResults: 100 });
  });

  it.each(['101', '-1', '1.5', 'ten', '99999999999999999999'])('refuses a page size of %s, naming the parameter', (size) => {
    expect(problemOf(() => readPage({ 'max-results': size }, { usual: 50, cap: 100 }))).toBe(
      'max-results: must be a whole number from 0 to 100',
    );
  });

  it('reads lists that are repeated, between commas, under an older name, or all of these', () => {
    expect(readMany({ states: ['PENDING', 'ACCEPTED,RESOLVED'], state: 'PENDING' }, 'states', 'state')).toEqual([
      'PENDING',
      'ACCEPTED',
      'RESOLVED',
    ]);
    expect(readMany({ states: '' }, 'states')).toEqual([]);
  });

  it('knows the words of a list, in any case, and lists them when one is none of them', () => {
    const states = ['PENDING', 'ACCEPTED'] as const;
    expect(readManyOf({ states: 'pending' }, ['states', 'state'], states)).toEqual(['PENDING']);
    expect(problemOf(() => readManyOf({ state: 'OPEN' }, ['states', 'state'], states))).toBe('states: must be one of PENDING, ACCEPTED');
  });

  it('includes what it knows, and lists that when asked for anything else', () => {
    const choices = ['nextEscalationUser', 'vars'] as const;
    expect([...readInclude({ include: 'nextEscalationUser' }, choices)]).toEqual(['nextEscalationUser']);
    const wrong = { include: ['nextEscalationUser', 'future'] };
    expect(problemOf(() => readInclude(wrong, choices))).toBe('include: must be one of nextEscalationUser, vars');
  });

  it('speaks English unless told, and no language that it does not know', () => {
    expect([readLanguage({}), readLanguage({ lang: 'DE' }), readOneOf({ lang: ['en', 'de'] }, 'lang', ['en', 'de'])]).toEqual([
      'en',
      'de',
      'de',
    ]);
    expect(problemOf(() => readLanguage({ lang: 'fr' }))).toBe('lang: must be one of en, de');
  });

  it('reads ids, flags, numbers and texts', () => {
    expect(readId({ 'user-id': '7' }, 'user', 'user-id')).toBe(7);
    expect(readIds({ sources: ['1', '2,3'] }, 'sources')).toEqual([1, 2, 3]);
    expect(readFlag({ active: 'TRUE' }, 'active')).toBe(true);
    expect(readInteger({ n: '+5' }, 'n', { min: 1 })).toBe(5);
    expect(readText({ q: [' a ', 'b'] }, 'q')).toBe('b');
    expect([readId({}, 'user'), readFlag({}, 'active'), readText({}, 'q'), readInstant({}, 'from')]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(problemOf(() => readIds({ sources: '0' }, 'sources'))).toBe('sources: must be a positive whole number');
    expect(problemOf(() => readFlag({ active: '2' }, 'active'))).toBe('active: must be true or false');
  });

  it.each(['2023-11-14T22:13:20Z', '2023-11-14T23:13:20.000+01:00', '2023-11-14T23:13:20 01:00'])('reads the date-time %s', (text) => {
    expect(readInstant({ from: text }, 'from')).toBe(instant(1_700_000_000_000));
  });

  it.each(['yesterday', '2023-11-14', '2023-11-14T22:13:20', '2023-13-01T00:00:00Z'])(
    'names the parameter whose date-time is %s',
    (text) => {
      expect(problemOf(() => readInstant({ until: text }, 'until'))).toBe(
        'until: must be a date-time with an offset or Z, like 2026-05-17T08:30:00Z',
      );
    },
  );
});
