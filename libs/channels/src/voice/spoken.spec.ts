import type { PageContent } from '../message';
import { speakable, spokenCode, spokenMessage, spokenPage, spokenPages } from './spoken';

const page = (changes: Partial<PageContent> = {}): PageContent => ({
  type: 'page',
  language: 'en',
  personName: 'Ana',
  alert: {
    id: 7,
    summary: 'disk full',
    priority: 'HIGH',
    sourceName: 'Monitor',
    reportTime: '10:00 CET on Mon, 5 Jan 2026',
    links: [{ href: 'https://wiki.example.org' }],
  },
  reason: 'You are on call.',
  lateSec: 0,
  possiblyDuplicate: false,
  answers: { accept: 'https://t.test/a', resolve: 'https://t.test/r' },
  ...changes,
});

describe('a page that is heard', () => {
  it('says what happened, where and when, and no links', () =>
    expect(spokenPage(page())).toEqual(['Alert 7: disk full.', 'From Monitor, at 10:00 CET on Mon, 5 Jan 2026.']));
  it('says that it is late, or maybe a repetition', () =>
    expect(spokenPage(page({ lateSec: 90, possiblyDuplicate: true })).slice(2)).toEqual([
      'This page is 90 s late.',
      'You may have received this page before.',
    ]));
  it('says that its priority is low', () =>
    expect(spokenPage(page({ alert: { ...page().alert, priority: 'LOW' } }))[0]).toBe('Alert of low priority 7: disk full.'));
  it('is in German', () => expect(spokenPage(page({ language: 'de' }))[0]).toBe('Alarm 7: disk full.'));
});

describe('several pages that are heard at once', () => {
  const many = (count: number) => Array.from({ length: count }, (_, index) => page({ alert: { ...page().alert, id: index + 1 } }));

  it('are counted and told, shorter than one by itself', () => {
    expect(spokenPages('en', many(2))).toEqual(['There are 2 alerts.', 'Alert 1: disk full.', 'Alert 2: disk full.']);
    const long = page({ alert: { ...page().alert, summary: 'a'.repeat(500) } });
    expect(spokenPages('en', [long, page()])[1]?.length).toBeLessThan(100);
  });
  it('are five at most, and the others counted', () =>
    expect(spokenPages('de', many(8)).slice(-2)).toEqual(['Alarm 5: disk full.', 'Und 3 weitere.']));
  it('say that one of them may be a repetition', () =>
    expect(spokenPages('en', [page(), page({ possiblyDuplicate: true })]).at(-1)).toBe('You may have received this page before.'));
});

describe('a code that is heard', () => {
  it('is read digit by digit, three times', () =>
    expect(spokenCode({ type: 'verification', language: 'en', personName: 'Ana', code: '012345', validMinutes: 10 })).toEqual(
      Array.from({ length: 3 }, () => 'Your code is: 0, 1, 2, 3, 4, 5.'),
    ));
});

describe('any other message', () => {
  it('is its short text', () =>
    expect(spokenMessage({ type: 'test', list: 'alerts', language: 'de', personName: 'Ana' })).toEqual([
      'Das ist die angeforderte Testbenachrichtigung. Alarme erreichen dich hier.',
    ]));
});

describe('what a tool wrote', () => {
  it.each([
    ['disk\u0000 full\n\n on `db1`', 'disk full on db1'],
    ['<b>load</b> | high', 'b load /b high'],
    ['a\uD800b', 'a b'],
    ['***', '-'],
    ['', '-'],
  ])('can be said: %j', (text, said) => expect(speakable(text)).toBe(said));
  it('ends', () => expect(speakable('a'.repeat(5_000))).toHaveLength(254));
});
