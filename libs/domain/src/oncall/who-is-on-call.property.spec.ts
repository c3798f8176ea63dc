import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import type { OverrideId } from '../ids';
import { onCallsBetween } from './on-calls';
import { peopleOnCall, peoplesShifts } from './peoples-shifts';
import { created, local, userId, type RecurringSchedule, type StaticSchedule } from '../testing/schedule-builders';
import { instant, plusMs, type Instant } from '../time';
import type { DayOfWeek, Schedule, ScheduleLayer, ScheduleOverride, StaticShift, TimeOfWeek } from './schedule';
import { currentAndNextShift, gapsBetween, nextShiftStart, shiftsBetween } from './shifts';
import { whoIsOnCall } from './who-is-on-call';

/**
 * The oracle counts turns one by one from the start and looks at every window of the surrounding weeks, with nothing but
 * Temporal. It is slow and shares no code with what it judges.
 */
const DAYS: readonly DayOfWeek[] = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'];
const asked = new Map<string, number>();
const at = (zone: string, wall: Temporal.PlainDateTime): number => {
  const key = `${zone} ${wall.toString()}`;
  const known = asked.get(key) ?? wall.toZonedDateTime(zone, { disambiguation: 'compatible' }).epochMilliseconds;
  asked.set(key, known);
  return known;
};

const userOfLayer = (zone: string, layer: ScheduleLayer, when: number): number | undefined => {
  const first = Temporal.PlainDateTime.from(layer.startsOn);
  const starts = at(zone, first);
  if (when < starts || (layer.endsOn !== undefined && when >= at(zone, Temporal.PlainDateTime.from(layer.endsOn)))) return undefined;
  if (layer.restrictions?.length && !isRestrictedTo(zone, layer.restrictions, when)) return undefined;
  const period = Temporal.Duration.from(layer.rotation);
  const exactMs = period.total({ unit: 'milliseconds', relativeTo: '2026-01-01' });
  for (let turn = 0; ; turn += 1) {
    const days = (period.days + 7 * period.weeks) * (turn + 1);
    const end = layer.rotation.startsWith('PT') ? starts + exactMs * (turn + 1) : at(zone, first.add({ days }));
    if (when < end) return layer.users[turn % layer.users.length];
  }
};

/** Restrictions that overlap or meet on the wall are one; only then are their edges asked for their instants. */
const isRestrictedTo = (zone: string, restrictions: NonNullable<ScheduleLayer['restrictions']>, when: number): boolean => {
  const today = Temporal.Instant.fromEpochMilliseconds(when).toZonedDateTimeISO(zone).toPlainDate();
  const monday = today.subtract({ days: today.dayOfWeek - 1 });
  const compare = (a: Temporal.PlainDateTime, b: Temporal.PlainDateTime) => Temporal.PlainDateTime.compare(a, b);
  const edge = (week: Temporal.PlainDate, { dayOfWeek, time }: TimeOfWeek) =>
    week.add({ days: DAYS.indexOf(dayOfWeek) }).toPlainDateTime(time);
  const windows = [-3, -2, -1, 0, 1, 2].flatMap((weeks) =>
    restrictions.map(({ from, to }) => {
      const [start, end] = [edge(monday.add({ weeks }), from), edge(monday.add({ weeks }), to)];
      return { start, end: compare(end, start) > 0 ? end : end.add({ weeks: 1 }) };
    }),
  );
  for (let grown = true; grown;) {
    grown = false;
    for (const a of windows) {
      for (const b of windows) {
        if (compare(b.start, a.end) <= 0 && compare(b.start, a.start) >= 0 && compare(b.end, a.end) > 0) {
          a.end = b.end;
          grown = true;
        }
      }
    }
  }
  const roots = windows.filter((a) => !windows.some((b) => compare(b.start, a.start) < 0 && compare(b.end, a.start) >= 0));
  return roots.some(({ start, end }) => at(zone, start) <= when && when < at(zone, end));
};

const expectedUser = (schedule: Schedule, when: number): number | null => {
  const override = schedule.overrides.findLast(({ start, end }) => start <= when && when < end);
  if (override) return override.userId;
  const zone = schedule.timezone;
  if (schedule.type === 'STATIC') {
    const { shifts } = schedule.plans.findLast(({ from }) => from <= when) ?? schedule.plans[0]!;
    return (
      shifts.findLast(
        ({ start, end }) => at(zone, Temporal.PlainDateTime.from(start)) <= when && when < at(zone, Temporal.PlainDateTime.from(end)),
      )?.userId ?? null
    );
  }
  const { layers } = schedule.plans.findLast(({ from }) => from <= when) ?? schedule.plans[0]!;
  for (const layer of layers.toReversed()) {
    const user = userOfLayer(zone, layer, when);
    if (user !== undefined) return user;
  }
  return null;
};

/** Here the clocks change in 2026. */
const CHANGES: Readonly<Record<string, readonly string[]>> = {
  'Europe/Berlin': ['2026-03-29T01:00Z', '2026-10-25T01:00Z'],
  'America/New_York': ['2026-03-08T07:00Z', '2026-11-01T06:00Z'],
  'Australia/Lord_Howe': ['2026-04-04T15:00Z', '2026-10-03T15:30Z'],
  'Africa/Casablanca': ['2026-02-15T02:00Z', '2026-03-22T02:00Z'],
  'Asia/Kolkata': ['2026-03-29T01:00Z'],
  'America/St_Johns': ['2026-03-08T05:30Z', '2026-11-01T04:30Z'],
};

const QUARTER = 900_000;
const quarters = (days: number) => fc.integer({ min: -days * 96, max: days * 96 }).map((count) => count * QUARTER);
const users = fc.array(fc.integer({ min: 1, max: 5 }).map(userId), { minLength: 1, maxLength: 4 });
const rotation = fc.constantFrom('P1D', 'P2D', 'P7D', 'P1W', 'P2W', 'PT1H', 'PT8H', 'PT12H', 'PT36H', 'PT90M');
const timeOfWeek: fc.Arbitrary<TimeOfWeek> = fc.record({
  dayOfWeek: fc.oneof(fc.constantFrom(...DAYS), fc.constant<DayOfWeek>('SUNDAY')),
  time: fc
    .oneof(fc.integer({ min: 0, max: 95 }), fc.integer({ min: 4, max: 14 }))
    .map((quarter) => `${String(Math.floor(quarter / 4)).padStart(2, '0')}:${String((quarter % 4) * 15).padStart(2, '0')}`),
});
const restrictions = fc.oneof(fc.constant(undefined), fc.array(fc.record({ from: timeOfWeek, to: timeOfWeek }), { maxLength: 3 }));

/** Days apart, and mostly at a time of day that is skipped or repeated when the clocks change. */
const handOvers = fc.oneof(
  quarters(20),
  fc.tuple(fc.integer({ min: -20, max: 5 }), fc.integer({ min: -6, max: 6 })).map(([days, count]) => (days * 96 + count) * QUARTER),
);

const wallOf = (change: number, offset: number) => local(new Date(change + offset).toISOString().slice(0, 16));

const layers = (change: number): fc.Arbitrary<readonly ScheduleLayer[]> =>
  fc.array(
    fc
      .record({
        start: handOvers,
        length: fc.option(fc.integer({ min: 1, max: 40 * 96 }), { nil: undefined }),
        users,
        rotation,
        restrictions,
      })
      .map(({ start, length, users: named, rotation: period, restrictions: limits }) => ({
        startsOn: wallOf(change, start),
        ...(length !== undefined && { endsOn: wallOf(change, start + length * QUARTER) }),
        users: named,
        rotation: period,
        ...(limits && { restrictions: limits }),
      })),
    { maxLength: 3 },
  );

const overrides = (change: number): fc.Arbitrary<readonly ScheduleOverride[]> =>
  fc
    .array(fc.record({ start: quarters(6), length: fc.integer({ min: 1, max: 96 * 3 }), user: fc.integer({ min: 6, max: 8 }) }), {
      maxLength: 4,
    })
    .map((list) =>
      list.map(({ start, length, user }, i) => ({
        id: (i + 1) as OverrideId,
        userId: userId(user),
        start: instant(change + start),
        end: instant(change + start + length * QUARTER),
      })),
    );

const shiftsOnTheWall = (change: number): fc.Arbitrary<readonly StaticShift[]> =>
  fc
    .tuple(
      quarters(5),
      fc.array(
        fc.record({ wait: fc.constantFrom(0, 0, 1, 40), length: fc.integer({ min: 5, max: 200 }), user: fc.integer({ min: 1, max: 3 }) }),
        { maxLength: 8 },
      ),
    )
    .map(([begin, list]) => {
      let offset = begin;
      return list.map(({ wait, length, user }) => {
        const start = offset + wait * QUARTER;
        offset = start + length * QUARTER;
        return { userId: userId(user), start: wallOf(change, start), end: wallOf(change, offset) };
      });
    });

const common = { name: 'any', id: 1 as Schedule['id'], teamIds: [], createdAt: created, updatedAt: created };

/** What a clock on the wall shows there at that instant, written as if it were UTC. */
const shownAt = (zone: string, iso: string): number =>
  Temporal.Instant.from(iso).toZonedDateTimeISO(zone).toPlainDateTime().toZonedDateTime('UTC').epochMilliseconds;

/** None, the same once more, or another. */
const laterPlan = <Plan>(plan: fc.Arbitrary<Plan>) => fc.oneof(fc.constant(undefined), fc.constant('same' as const), plan);

/** A schedule and instants at which something may happen: at quarters of an hour, and just before them. */
interface Situation {
  readonly schedule: Schedule;
  readonly questions: readonly Instant[];
}
const situations: fc.Arbitrary<Situation> = fc
  .constantFrom(...Object.keys(CHANGES))
  .chain((timezone) =>
    fc.constantFrom(...CHANGES[timezone]!).map((change) => ({ timezone, change: Date.parse(change), shown: shownAt(timezone, change) })),
  )
  .chain(({ timezone, change, shown }) => {
    const second = quarters(10).map((offset) => instant(change + offset));
    const recurring: fc.Arbitrary<RecurringSchedule> = fc
      .record({ overrides: overrides(change), before: layers(shown), after: laterPlan(layers(shown)), from: second })
      .map(({ overrides: list, before, after, from }) => ({
        ...common,
        timezone,
        type: 'RECURRING',
        overrides: list,
        plans: [{ from: created, layers: before }, ...(after ? [{ from, layers: after === 'same' ? before : after }] : [])],
      }));
    const fixed: fc.Arbitrary<StaticSchedule> = fc
      .record({ overrides: overrides(change), before: shiftsOnTheWall(shown), after: laterPlan(shiftsOnTheWall(shown)), from: second })
      .map(({ overrides: list, before, after, from }) => ({
        ...common,
        timezone,
        type: 'STATIC',
        showGaps: false,
        overrides: list,
        plans: [{ from: created, shifts: before }, ...(after ? [{ from, shifts: after === 'same' ? before : after }] : [])],
      }));
    const question = fc
      .tuple(
        fc.oneof(
          quarters(12),
          quarters(1),
          fc.integer({ min: -8, max: 8 }).map((count) => count * QUARTER),
        ),
        fc.constantFrom(0, -1, 1),
      )
      .map(([offset, ms]) => instant(change + offset + ms));
    return fc.record({
      schedule: fc.oneof({ weight: 3, arbitrary: recurring }, { weight: 1, arbitrary: fixed }),
      questions: fc.array(question, { minLength: 8, maxLength: 8 }),
    });
  });

const holds = (numRuns: number, property: (situation: Situation) => void): void =>
  fc.assert(fc.property(situations, property), { numRuns });

jest.setTimeout(60_000);

describe('any schedule near a change of the clocks', () => {
  it('has the person on call whom counting one by one gives', () =>
    holds(150, ({ schedule, questions }) => {
      for (const question of questions)
        expect([question, whoIsOnCall(schedule, question).userId]).toEqual([question, expectedUser(schedule, question)]);
    }));

  it('lists as shifts and gaps what it answers at every instant', () =>
    holds(150, ({ schedule, questions }) => {
      const [from, until] = [instant(Math.min(...questions)), instant(Math.max(...questions) + 1)];
      const shifts = shiftsBetween(schedule, from, until);
      const gaps = gapsBetween(schedule, from, until);
      for (const shift of shifts) {
        expect(shift.start).toBeLessThan(shift.end);
        for (const edge of [shift.start, plusMs(shift.end, -1)]) {
          expect(whoIsOnCall(schedule, edge)).toEqual({ userId: shift.userId, reason: shift.reason });
          expect(currentAndNextShift(schedule, edge).current).toEqual(shift);
        }
      }
      for (const gap of gaps) expect(whoIsOnCall(schedule, gap.start)).toMatchObject({ userId: null, gap: gap.gap });
      for (const question of questions) {
        const shift = shifts.find(({ start, end }) => start <= question && question < end);
        expect(whoIsOnCall(schedule, question).userId).toBe(shift?.userId ?? null);
      }
      // Side by side they leave nothing out and meet without overlapping.
      const parts = [...shifts, ...gaps].toSorted((a, b) => a.start - b.start);
      expect(Math.max(from, parts[0]!.start)).toBe(from);
      expect(Math.min(until, parts.at(-1)!.end)).toBe(until);
      parts.slice(1).forEach((part, i) => expect(part.start).toBe(parts[i]!.end));
    }));

  it('names the next shift, and nobody is on call before it when nobody is now', () =>
    holds(100, ({ schedule, questions }) => {
      const end = plusMs(instant(Math.max(...questions)), 100 * 86_400_000);
      for (const question of questions) {
        const next = nextShiftStart(schedule, question);
        const listed = shiftsBetween(schedule, question, end).find(({ start }) => start > question);
        expect(next).toBe(listed?.start);
        const answer = whoIsOnCall(schedule, question);
        if (answer.userId === null) expect(answer.nextShiftStart).toBe(next);
        expect(currentAndNextShift(schedule, question).next).toEqual(listed);
      }
    }));

  it('gives the same shift wherever it is asked: of the schedule, in its list, and among all who are on call', () =>
    holds(100, ({ schedule, questions }) => {
      const window = { from: instant(Math.min(...questions)), until: instant(Math.max(...questions) + 1) };
      for (const now of questions) {
        // Somebody is gone: what is not over of their shifts is a gap, everywhere.
        const people = { now, userExists: (id: number) => id !== 2 };
        const { current } = peopleOnCall(schedule, people);
        const { userId: named } = whoIsOnCall(schedule, now);
        expect(current?.userId ?? null).toBe(named === 2 ? null : named);
        const listed = peoplesShifts(schedule, window, people).filter(({ start, end }) => start <= now && now < end);
        expect(listed).toEqual(current ? [current] : []);
        const duties = onCallsBetween({
          from: now,
          until: now,
          filter: { policies: [], levels: new Map(), schedules: [schedule.id], users: [] },
          people,
          policies: [],
          sources: [],
          getSchedule: () => schedule,
          getTeam: () => undefined,
        });
        const expected = current && { userId: current.userId, scheduleId: schedule.id, start: current.start, end: current.end };
        expect(duties).toEqual(expected ? [expected] : []);
      }
    }));

  it('lists the same shifts in one window as in two', () =>
    holds(60, ({ schedule, questions }) => {
      const [from, middle, until] = questions.toSorted((a, b) => a - b) as [Instant, Instant, Instant];
      const first = shiftsBetween(schedule, from, middle);
      const second = shiftsBetween(schedule, middle, until).filter(({ start }) => start >= middle || from === middle);
      expect([...first, ...second]).toEqual(shiftsBetween(schedule, from, until));
    }));
});
