import { parseInstant } from '../time';
import { isDuringSupportHours, nextSupportEdge } from './support-hours';
import type { SupportTimes } from './support-hours';

const office = { start: '08:00', end: '17:00' };
const wholeDay = { start: '00:00', end: '24:00' };
const times = (more: Partial<SupportTimes> = {}): SupportTimes => ({
  timezone: 'Europe/Berlin',
  supportDays: { MONDAY: office, TUESDAY: office, WEDNESDAY: office, THURSDAY: office, FRIDAY: office },
  exceptions: [],
  ...more,
});
const isOpen = (hours: SupportTimes, at: string): boolean => isDuringSupportHours(hours, parseInstant(at));
const edge = (hours: SupportTimes, after: string, during: boolean): string | undefined => {
  const found = nextSupportEdge(hours, parseInstant(after), during);
  return found === undefined ? undefined : new Date(found).toISOString().slice(0, 16);
};

describe('support hours', () => {
  it.each([
    ['before they begin', '2026-01-05T07:59:59+01:00', false],
    ['from the minute in which they begin', '2026-01-05T08:00:00+01:00', true],
    ['until the minute in which they end', '2026-01-05T16:59:59+01:00', true],
    ['not in it', '2026-01-05T17:00:00+01:00', false],
    ['not on a day that is closed', '2026-01-10T12:00:00+01:00', false],
  ])('hold by the clocks of their zone: %s', (_when, at, open) => expect(isOpen(times(), at)).toBe(open));

  it('begin at the same time on the wall in summer', () => {
    expect(edge(times(), '2026-03-27T20:00:00Z', true)).toBe('2026-03-30T06:00');
    expect(edge(times(), '2026-03-26T20:00:00Z', true)).toBe('2026-03-27T07:00');
  });

  it('are the whole day from 00:00 to 24:00, and nothing begins or ends where such days meet (B31)', () => {
    const hours = times({ supportDays: { MONDAY: wholeDay, TUESDAY: wholeDay } });
    expect(isOpen(hours, '2026-01-05T23:59:59+01:00')).toBe(true);
    expect(edge(hours, '2026-01-05T00:00:00Z', false)).toBe('2026-01-06T23:00');
  });

  it('never begin or end when they are always, or never', () => {
    const all = { ...{ MONDAY: wholeDay, TUESDAY: wholeDay, WEDNESDAY: wholeDay }, ...{ THURSDAY: wholeDay, FRIDAY: wholeDay } };
    const always = times({ supportDays: { ...all, SATURDAY: wholeDay, SUNDAY: wholeDay } });
    const never = times({ supportDays: {} });
    expect([always, never].map((hours) => isOpen(hours, '2026-01-05T03:00:00Z'))).toEqual([true, false]);
    for (const hours of [always, never])
      for (const during of [true, false]) expect(edge(hours, '2026-01-05T03:00:00Z', during)).toBeUndefined();
  });
});

describe('an exception', () => {
  const exception = (start: string, end: string, supportStatus: 'DURING' | 'OUTSIDE' | 'NONE') => ({
    name: 'x',
    start,
    end,
    supportStatus,
  });

  it('closes whole days, the last one with them', () => {
    const hours = times({ exceptions: [exception('2026-01-06', '2026-01-07', 'OUTSIDE')] });
    expect(edge(hours, '2026-01-05T17:00:00Z', true)).toBe('2026-01-08T07:00');
    expect(isOpen(hours, '2026-01-07T12:00:00+01:00')).toBe(false);
  });

  it('opens whole days', () => {
    const hours = times({ exceptions: [exception('2026-01-10', '2026-01-10', 'DURING')] });
    expect(edge(hours, '2026-01-09T20:00:00Z', true)).toBe('2026-01-09T23:00');
    expect(edge(hours, '2026-01-10T12:00:00Z', false)).toBe('2026-01-10T23:00');
  });

  it('that comes later in the list holds where two name a day, and NONE is what the weekday says', () => {
    const closed = exception('2026-01-05', '2026-01-09', 'OUTSIDE');
    const hours = times({ exceptions: [closed, exception('2026-01-07', '2026-01-07', 'NONE')] });
    expect(edge(hours, '2026-01-04T12:00:00Z', true)).toBe('2026-01-07T07:00');
    expect(edge(hours, '2026-01-07T12:00:00Z', false)).toBe('2026-01-07T16:00');
    expect(edge(hours, '2026-01-07T17:00:00Z', true)).toBe('2026-01-12T07:00');
  });
});
