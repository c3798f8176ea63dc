import fc from 'fast-check';
import { ana, ben, cleo, during, layer, local, override, recurring, shift, utc, withShifts } from '../testing/schedule-builders';
import { plusMinutes, type Instant } from '../time';
import { changedDuties, dutiesDue, nextDutyDue } from './duties';

/** Ana, then Ben, a day each in UTC. */
const days = recurring([layer({ startsOn: local('2026-01-05T09:00'), rotation: 'P1D' })], { timezone: 'UTC' });
const fixed = withShifts([shift(ana, '2026-03-02T09:00', '2026-03-02T17:00'), shift(ana, '2026-03-02T17:00', '2026-03-03T09:00')], {
  timezone: 'UTC',
});
const at = (time: string): Instant => utc(`2026-03-02T${time}:00Z`);

describe('what is due to be told of a shift', () => {
  it('falls due at each of the times before it that can be chosen, once', () => {
    const due = dutiesDue(fixed, utc('2026-03-01T00:00:00Z'), at('09:00'));
    expect(due.map(({ userId, shiftStart, beforeMin }) => ({ userId, shiftStart, beforeMin }))).toEqual(
      [1440, 720, 360, 180, 60, 30, 15, 0].map((beforeMin) => ({ userId: ana, shiftStart: at('09:00'), beforeMin })),
    );
    expect(dutiesDue(fixed, at('08:30'), at('08:45')).map(({ beforeMin }) => beforeMin)).toEqual([15]);
    expect(dutiesDue(fixed, at('08:45'), at('08:59'))).toEqual([]);
  });

  it('is nothing for a turn that only goes on', () => expect(dutiesDue(fixed, at('16:00'), at('18:00'))).toEqual([]));

  it('is nothing any more once the shift is over', () => expect(dutiesDue(fixed, utc('2026-03-01T00:00:00Z'), at('17:00'))).toEqual([]));

  it('is told late while the shift goes on', () =>
    expect(dutiesDue(fixed, at('08:50'), at('12:00')).map(({ beforeMin }) => beforeMin)).toEqual([0]));

  it('follows an override', () => {
    const swapped = { ...days, overrides: [override(1, cleo, '2026-03-03T12:00:00Z', '2026-03-03T14:00:00Z')] };
    const due = dutiesDue(swapped, utc('2026-03-03T11:45:00Z'), utc('2026-03-03T12:00:00Z'));
    expect(due).toMatchObject([{ userId: cleo, beforeMin: 0, shiftStart: utc('2026-03-03T12:00:00Z') }]);
  });

  it('is told once, and completely by whoever looks often enough', () => {
    const begin = utc('2026-03-01T00:00:00Z');
    const name = ({ userId, shiftStart, beforeMin }: ReturnType<typeof dutiesDue>[number]) => `${userId} ${shiftStart} ${beforeMin}`;
    const lookingAt = (stops: readonly Instant[]): readonly string[] =>
      stops.flatMap((stop, index) => dutiesDue(days, stops[index - 1] ?? begin, stop)).map(name);
    const often = lookingAt(Array.from({ length: 1_000 }, (_, index) => plusMinutes(begin, (index + 1) * 5)));
    // Three and a half days: as many shifts, each with its eight times, and those of the next day that fall due before.
    expect(often).toHaveLength(8 * 3 + 6 + 1);
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 1_000 }), { minLength: 1, maxLength: 8 }), (times) => {
        const seen = lookingAt(times.sort((a, b) => a - b).map((time) => plusMinutes(begin, time * 5)));
        expect(new Set(seen).size).toBe(seen.length);
        // Looking rarely leaves out what is over by then, and adds nothing.
        expect(often).toEqual(expect.arrayContaining([...seen]));
      }),
      { numRuns: 30 },
    );
  });
});

describe('when somebody looks next', () => {
  it('is when the next thing is due, and nothing is missed by looking only then', () => {
    let now = utc('2026-03-01T00:00:00Z');
    const until = utc('2026-03-08T00:00:00Z');
    const seen: string[] = [];
    for (let next = nextDutyDue(days, now); next !== undefined && next <= until; next = nextDutyDue(days, now)) {
      seen.push(...dutiesDue(days, now, next).map(({ shiftStart, beforeMin }) => `${shiftStart} ${beforeMin}`));
      now = next;
    }
    const all = dutiesDue(days, utc('2026-03-01T00:00:00Z'), utc('2026-03-01T00:00:01Z'));
    expect(all).toEqual([]);
    expect(seen).toHaveLength(7 * 8);
    expect(new Set(seen).size).toBe(seen.length);
  });

  it('is a day before the next shift, however far away that is', () => {
    const far = withShifts([shift(ben, '2027-06-01T09:00', '2027-06-02T09:00')], { timezone: 'UTC' });
    expect(nextDutyDue(far, at('00:00'))).toBe(utc('2027-05-31T09:00:00Z'));
  });

  it('is never when nothing is to come', () => {
    expect(nextDutyDue(fixed, utc('2026-03-04T00:00:00Z'))).toBeUndefined();
    expect(nextDutyDue(recurring([layer({ users: [] })]), at('00:00'))).toBeUndefined();
  });

  it('is not every turn of somebody who is alone', () => {
    const alone = recurring([layer({ users: [ana], rotation: 'P7D', restrictions: [during('MONDAY 09:00', 'MONDAY 17:00')] })], {
      timezone: 'UTC',
    });
    expect(dutiesDue(alone, utc('2026-03-08T09:00:00Z'), utc('2026-03-09T09:00:00Z'))).toHaveLength(7);
  });
});

describe('an edit of a schedule', () => {
  const now = at('12:00');

  it('is told to those whose turns it changed, with what they gain and lose', () => {
    const before = withShifts([shift(ana, '2026-03-03T09:00', '2026-03-03T17:00')], { timezone: 'UTC' });
    const after = withShifts([shift(ben, '2026-03-03T09:00', '2026-03-03T17:00')], { timezone: 'UTC' });
    const turn = { start: utc('2026-03-03T09:00:00Z'), end: utc('2026-03-03T17:00:00Z') };
    expect(changedDuties(before, after, now)).toEqual([
      { userId: ana, gained: [], lost: [turn] },
      { userId: ben, gained: [turn], lost: [] },
    ]);
    expect(changedDuties(undefined, after, now)).toEqual([{ userId: ben, gained: [turn], lost: [] }]);
    expect(changedDuties(before, undefined, now)).toEqual([{ userId: ana, gained: [], lost: [turn] }]);
  });

  it("is told to nobody when it changes nobody's turns", () => {
    expect(changedDuties(days, { ...days, name: 'renamed' }, now)).toEqual([]);
    const past = withShifts([shift(ana, '2026-03-01T09:00', '2026-03-01T17:00')], { timezone: 'UTC' });
    expect(changedDuties(past, undefined, now)).toEqual([]);
  });
});
