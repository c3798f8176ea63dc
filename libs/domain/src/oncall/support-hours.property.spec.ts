import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { instant, plusMs } from '../time';
import { isDuringSupportHours, nextSupportEdge } from './support-hours';
import type { SupportDay, SupportTimes } from './support-hours';

const DAYS = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'] as const;

/** Looks at the wall of one day, with nothing but Temporal, and shares no code with what it judges. */
const isOpen = ({ timezone, supportDays, exceptions }: SupportTimes, when: number): boolean => {
  const today = Temporal.Instant.fromEpochMilliseconds(when).toZonedDateTimeISO(timezone).toPlainDate();
  const at = (date: Temporal.PlainDate, time: string): number =>
    (time === '24:00' ? date.add({ days: 1 }).toPlainDateTime() : date.toPlainDateTime(time)).toZonedDateTime(timezone).epochMilliseconds;
  // A midnight that is skipped belongs to the day after: its neighbours are looked at, too.
  const around = [-1, 0, 1].map((days) => today.add({ days }));
  const exception = exceptions.findLast(
    ({ start, end }) => at(Temporal.PlainDate.from(start), '00:00') <= when && when < at(Temporal.PlainDate.from(end), '24:00'),
  );
  if (exception !== undefined && exception.supportStatus !== 'NONE') return exception.supportStatus === 'DURING';
  return around.some((date) => {
    const day = supportDays[DAYS[date.dayOfWeek - 1]!];
    return day !== undefined && at(date, day.start) <= when && when < at(date, day.end);
  });
};

const quarter = (from: number, to: number) => fc.integer({ min: from, max: to });
const clock = (quarters: number): string =>
  `${String(Math.floor(quarters / 4)).padStart(2, '0')}:${String((quarters % 4) * 15).padStart(2, '0')}`;
const day: fc.Arbitrary<SupportDay | undefined> = fc.oneof(
  { arbitrary: fc.constant(undefined), weight: 2 },
  { arbitrary: fc.constant({ start: '00:00', end: '24:00' }), weight: 2 },
  {
    arbitrary: quarter(0, 94).chain((start) => quarter(start + 1, 96).map((end) => ({ start: clock(start), end: clock(end) }))),
    weight: 6,
  },
);
const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Africa/Cairo', 'America/Santiago', 'Asia/Kathmandu', 'UTC'];
const FIRST = Date.UTC(2026, 0, 1);
const date = (from: number, length: number) => ({
  start: new Date(FIRST + from * 86_400_000).toISOString().slice(0, 10),
  end: new Date(FIRST + (from + length) * 86_400_000).toISOString().slice(0, 10),
});
const exception = fc
  .tuple(fc.integer({ min: 0, max: 360 }), fc.integer({ min: 0, max: 20 }), fc.constantFrom('DURING', 'OUTSIDE', 'NONE' as const))
  .map(([from, length, supportStatus]) => ({ name: 'x', ...date(from, length), supportStatus }));
const hours = fc
  .tuple(fc.constantFrom(...zones), fc.array(day, { minLength: 7, maxLength: 7 }), fc.array(exception, { maxLength: 5 }))
  .map(([timezone, days, exceptions]): SupportTimes => ({
    timezone,
    supportDays: Object.fromEntries(days.flatMap((each, index) => (each === undefined ? [] : [[DAYS[index]!, each]]))),
    exceptions: exceptions as SupportTimes['exceptions'],
  }));
const moment = fc.integer({ min: 0, max: 365 * 96 }).map((quarters) => instant(FIRST + quarters * 900_000));

describe('support hours in any zone, over every change of the clocks', () => {
  it('are what the clocks on the wall say', () => {
    fc.assert(
      fc.property(hours, moment, (times, at) => expect(isDuringSupportHours(times, at)).toBe(isOpen(times, at))),
      { numRuns: 500 },
    );
  });

  it('begin and end where they say so, and stay as they are until then', () => {
    fc.assert(
      fc.property(hours, moment, fc.boolean(), (times, after, during) => {
        const edge = nextSupportEdge(times, after, during);
        if (edge === undefined) return;
        expect(edge).toBeGreaterThan(after);
        expect([isDuringSupportHours(times, plusMs(edge, -1)), isDuringSupportHours(times, edge)]).toEqual([!during, during]);
        // Between now and then there is at most one change, the other way.
        const other = nextSupportEdge(times, after, !during);
        const isSame = (from: number, to: number, expected: boolean): boolean =>
          [0.25, 0.5, 0.75].every((part) => isDuringSupportHours(times, instant(Math.floor(from + (to - from) * part))) === expected);
        if (other === undefined || other > edge) expect(isSame(after, edge, !during)).toBe(true);
        else expect(isSame(other, edge, !during)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
