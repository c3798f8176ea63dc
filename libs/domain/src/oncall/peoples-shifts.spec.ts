import { ana, ben, layer, recurring, shift, utc, withShifts } from '../testing/schedule-builders';
import { peopleOnCall, peoplesShifts } from './peoples-shifts';
import { plusMonths, startOfMonth } from './calendar-months';
import { writtenShifts } from './written-shifts';

const now = utc('2026-01-13T12:00:00Z');
const without = (...gone: readonly number[]) => ({ now, userExists: (id: number) => !gone.includes(id) });
const weekly = recurring([layer()]);
const january = { from: utc('2026-01-05T00:00:00Z'), until: utc('2026-02-02T08:00:00Z') };

describe('the shifts of somebody who was deleted (B33)', () => {
  it('stay where they are over and are gaps from now on', () => {
    const people = (gone: number) => peoplesShifts(weekly, january, without(gone)).map(({ userId }) => userId);
    expect(people(ana)).toEqual([ana, ben, ben]);
    expect(people(ben)).toEqual([ana, ana]);
  });

  it('leave nobody on call, and the next shift is that of somebody who is there', () => {
    expect(peopleOnCall(weekly, without(ben))).toMatchObject({ next: { userId: ana, start: utc('2026-01-19T08:00:00Z') } });
    expect(peopleOnCall(weekly, without(ben))).not.toHaveProperty('current');
    expect(peopleOnCall(weekly, without(ana))).toMatchObject({
      current: { userId: ben },
      next: { userId: ben, start: utc('2026-01-26T08:00:00Z') },
    });
    expect(peopleOnCall(weekly, without(ana, ben))).toEqual({});
  });
});

describe('the shifts of a static schedule as they were written', () => {
  const old = shift(ana, '2026-01-05T09:00:00', '2026-01-06T09:00');
  const begun = shift(ben, '2026-01-13T09:00', '2026-01-14T09:00');
  const takenBack = shift(ana, '2026-01-10T09:00', '2026-01-11T09:00');
  const coming = shift(ana, '2026-01-14T09:00', '2026-01-15T09:00');
  const schedule = withShifts([], {
    plans: [
      { from: utc('2026-01-01T00:00:00Z'), shifts: [old, takenBack] },
      { from: utc('2026-01-08T00:00:00Z'), shifts: [begun] },
      { from: utc('2026-01-13T10:00:00Z'), shifts: [{ ...begun, start: shift(ben, '2026-01-13T09:00:00', '').start }, coming] },
    ],
  });

  it('are those that are not over, and keep their seconds', () =>
    expect(writtenShifts(schedule, now, false)).toEqual([{ ...begun, start: '2026-01-13T09:00:00' }, coming]));

  it('are with the past also those that took place, each once', () =>
    expect(writtenShifts(schedule, now, true)).toEqual([old, { ...begun, start: '2026-01-13T09:00:00' }, coming]));
});

describe('months', () => {
  it('begin at midnight of the zone', () => {
    expect(startOfMonth('America/New_York', utc('2026-01-01T04:59:00Z'), -1)).toBe(utc('2025-11-01T04:00:00Z'));
    expect(startOfMonth('Europe/Berlin', utc('2026-03-31T22:00:00Z'), -1)).toBe(utc('2026-02-28T23:00:00Z'));
  });

  it('keep the day and the time of day, or end with the last day', () => {
    expect(plusMonths('Europe/Berlin', utc('2026-01-31T08:30:00.250Z'), 1)).toBe(utc('2026-02-28T08:30:00.250Z'));
    expect(plusMonths('Europe/Berlin', utc('2026-01-15T08:30:00Z'), 3)).toBe(utc('2026-04-15T07:30:00Z'));
    expect(plusMonths('UTC', utc('2026-01-15T08:30:00Z'), -2)).toBe(utc('2025-11-15T08:30:00Z'));
  });
});
