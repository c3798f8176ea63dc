import fc from 'fast-check';
import { local } from '../testing/schedule-builders';
import { instant, parseInstant, toIso, type Instant } from '../time';
import { DAY_MS, instantToLocal, isTimeZone, localToInstant, parseLocal, toInstant, toWallTime, type WallTime } from './time-zone';

const ZONES = [
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Africa/Casablanca',
  'Asia/Kolkata',
  'America/Santiago',
  'Pacific/Apia',
];

/** What the platform's own calendar shows, asked without any of the code under test. */
const shownByIntl = (zone: string): ((at: number) => number) => {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'gregory',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (at) => {
    const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? Number.NaN;
    return (
      Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second')) + (((at % 1000) + 1000) % 1000)
    );
  };
};

/** Instants within twelve hours after a change of the offset, from 2010 to 2030. */
const changesOf = (zone: string): readonly Instant[] => {
  const shown = shownByIntl(zone);
  const changes: Instant[] = [];
  const step = 12 * 3_600_000;
  for (let at = Date.UTC(2010, 0, 1); at < Date.UTC(2030, 0, 1); at += step) {
    if (shown(at) - at !== shown(at - step) - (at - step)) changes.push(instant(at));
  }
  return changes;
};

jest.setTimeout(60_000);

describe.each(ZONES)('the clocks of %s', (zone) => {
  const shown = shownByIntl(zone);
  const changes = changesOf(zone);
  const anyInstant = fc
    .integer({ min: Date.UTC(1975, 0, 1) / 60_000, max: Date.UTC(2190, 0, 1) / 60_000 })
    .map((minute) => minute * 60_000);
  const nearChange =
    changes.length === 0
      ? anyInstant
      : fc.tuple(fc.constantFrom(...changes), fc.integer({ min: -2880, max: 2880 })).map(([at, minutes]) => at + minutes * 60_000);
  const instants = fc.oneof(anyInstant, nearChange);

  it('show what the calendar of the platform shows', () => {
    fc.assert(
      fc.property(instants, (at) => {
        expect(toWallTime(zone, instant(at))).toBe(shown(at));
      }),
      { numRuns: 150 },
    );
  });

  it('lead back to the first instant that shows a time, and past what was skipped', () => {
    fc.assert(
      fc.property(instants, (near) => {
        const wall = Math.floor(near / 60_000) * 60_000;
        // No zone is further than 16 hours from UTC; offsets of our days are multiples of a quarter of an hour, and 1972 is over.
        const showing: number[] = [];
        for (let at = wall - 16 * 3_600_000; at <= wall + 16 * 3_600_000; at += 900_000) if (shown(at) === wall) showing.push(at);
        const skipped = wall - (shown(wall - DAY_MS) - (wall - DAY_MS));
        expect(toInstant(zone, wall as WallTime)).toBe(showing[0] ?? skipped);
      }),
      { numRuns: 40 },
    );
  });

  it('never show an earlier time after the same offset', () => {
    fc.assert(
      fc.property(instants, (at) => {
        const there = toInstant(zone, toWallTime(zone, instant(at)));
        expect(there).toBeLessThanOrEqual(at);
        expect(toWallTime(zone, there)).toBe(toWallTime(zone, instant(at)));
      }),
    );
  });
});

describe('a local date-time', () => {
  it.each([
    ['Europe/Berlin', '2026-03-29T02:30', '2026-03-29T01:30:00.000Z', 'is moved forward by the skipped hour'],
    ['Europe/Berlin', '2026-10-25T02:30', '2026-10-25T00:30:00.000Z', 'is the first of two'],
    ['America/New_York', '2026-03-08T02:00', '2026-03-08T07:00:00.000Z', 'is moved forward by the skipped hour'],
    ['America/New_York', '2026-11-01T01:59:59', '2026-11-01T05:59:59.000Z', 'is the first of two'],
    ['Australia/Lord_Howe', '2026-10-04T02:15', '2026-10-03T15:45:00.000Z', 'is moved forward by the skipped half hour'],
    ['Australia/Lord_Howe', '2026-04-05T01:45', '2026-04-04T14:45:00.000Z', 'is the first of two'],
    ['Africa/Casablanca', '2026-02-15T02:30', '2026-02-15T01:30:00.000Z', 'is the first of two when Ramadan begins'],
    ['Africa/Casablanca', '2026-03-22T02:30', '2026-03-22T02:30:00.000Z', 'is moved forward when Ramadan is over'],
    ['Asia/Kolkata', '2026-03-29T02:30', '2026-03-28T21:00:00.000Z', 'is plain where the clocks never change'],
    ['Pacific/Apia', '2011-12-30T12:00', '2011-12-30T22:00:00.000Z', 'is moved by a whole day where a day was left out'],
  ])('in %s, %s (%s) %s', (zone, text, iso) => {
    expect(toIso(localToInstant(zone, local(text)))).toBe(iso);
  });

  it('is read back with seconds', () =>
    expect(instantToLocal('Europe/Berlin', parseInstant('2026-07-01T07:00:00Z'))).toBe('2026-07-01T09:00:00'));

  it.each([
    '2026-02-30T00:00',
    '2026-13-01T00:00',
    '2026-01-01T24:00',
    '2026-01-01T00:60',
    '2026-01-01',
    '2026-01-01T00:00Z',
    '2026-01-01T00:00+01:00',
    '1969-12-31T00:00',
    '2200-01-01T00:00',
    '',
  ])('is not %j', (text) => expect(parseLocal(text)).toBeUndefined());
});

describe('the name of a time zone', () => {
  it.each(['Europe/Berlin', 'UTC', 'America/Argentina/Buenos_Aires'])('may be %s', (name) => expect(isTimeZone(name)).toBe(true));
  it.each(['+01:00', '', 'Europe/Atlantis', 'Berlin', '__proto__'])('is not %j', (name) => expect(isTimeZone(name)).toBe(false));
});
