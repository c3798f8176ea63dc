import { ana, ben, cleo, created, during, layer, local, override, recurring, shift, utc, withShifts } from '../testing/schedule-builders';
import { toIso, type Instant } from '../time';
import type { Schedule, ScheduleLayer } from './schedule';
import { LONGEST_WINDOW_MS, currentAndNextShift, nextShiftStart, shiftsBetween } from './shifts';
import { whoIsOnCall } from './who-is-on-call';

const at = (schedule: Schedule, iso: string) => whoIsOnCall(schedule, utc(iso));
const starts = (schedule: Schedule, from: string, until: string) =>
  shiftsBetween(schedule, utc(from), utc(until)).map(({ start }) => toIso(start).slice(0, 16));
const inZone = (timezone: string, changes: Partial<ScheduleLayer>) => recurring([layer(changes)], { timezone });

describe('a weekly rotation with hand-over on Monday at 09:00 in Berlin', () => {
  const weekly = recurring([layer()]);

  it('has the incoming person on call at the instant of the hand-over (B14)', () => {
    expect(at(weekly, '2026-01-12T07:59:59.999Z').userId).toBe(ana);
    expect(at(weekly, '2026-01-12T08:00:00Z').userId).toBe(ben);
  });
  it('hands over at 09:00 before and after the clocks change', () => {
    expect(starts(weekly, '2026-03-23T08:00:00Z', '2026-04-07T00:00:00Z')).toEqual([
      '2026-03-23T08:00',
      '2026-03-30T07:00',
      '2026-04-06T07:00',
    ]);
    expect(starts(weekly, '2026-10-19T07:00:00Z', '2026-11-03T00:00:00Z')).toEqual([
      '2026-10-19T07:00',
      '2026-10-26T08:00',
      '2026-11-02T08:00',
    ]);
  });
  it('says which layer and which turn it is', () => {
    expect(at(recurring([layer({ name: 'weekly' })]), '2026-01-13T00:00:00Z')).toEqual({
      userId: ben,
      reason: { type: 'layer', layer: 0, layerName: 'weekly', start: utc('2026-01-12T08:00:00Z'), end: utc('2026-01-19T08:00:00Z') },
    });
  });
  it('has not started before its first hand-over, and says when it will', () => {
    expect(at(weekly, '2026-01-05T07:59:59Z')).toEqual({ userId: null, gap: 'not-started', nextShiftStart: utc('2026-01-05T08:00:00Z') });
  });
  it('is over at its end, for good', () => {
    expect(at(recurring([layer({ endsOn: local('2026-02-02T09:00') })]), '2026-02-02T08:00:00Z')).toEqual({ userId: null, gap: 'ended' });
  });
  it('gives each turn of its only person a shift of its own', () => {
    expect(starts(recurring([layer({ users: [ana] })]), '2026-01-06T00:00:00Z', '2026-01-20T00:00:00Z')).toEqual([
      '2026-01-05T08:00',
      '2026-01-12T08:00',
      '2026-01-19T08:00',
    ]);
  });
  it('gives a person who is named twice two turns', () => {
    const weighted = recurring([layer({ users: [ana, ana, ben] })]);
    expect(['2026-01-06', '2026-01-13', '2026-01-20', '2026-01-27'].map((day) => at(weighted, `${day}T12:00:00Z`).userId)).toEqual([
      ana,
      ana,
      ben,
      ana,
    ]);
  });
});

describe('a hand-over at a time that the clocks skip or repeat', () => {
  it.each([
    ['Europe/Berlin', '2026-03-28T02:30', ['2026-03-28T01:30', '2026-03-29T01:30', '2026-03-30T00:30']],
    ['Europe/Berlin', '2026-10-24T02:30', ['2026-10-24T00:30', '2026-10-25T00:30', '2026-10-26T01:30']],
    ['America/New_York', '2026-03-07T02:30', ['2026-03-07T07:30', '2026-03-08T07:30', '2026-03-09T06:30']],
    ['Australia/Lord_Howe', '2026-10-03T02:15', ['2026-10-02T15:45', '2026-10-03T15:45', '2026-10-04T15:15']],
    ['Africa/Casablanca', '2026-02-14T09:00', ['2026-02-14T08:00', '2026-02-15T09:00', '2026-02-16T09:00']],
    ['Asia/Kolkata', '2026-03-28T02:30', ['2026-03-27T21:00', '2026-03-28T21:00', '2026-03-29T21:00']],
  ])('is moved in %s from %s on, and the days after keep their time', (timezone, startsOn, expected) => {
    const daily = inZone(timezone, { startsOn: local(startsOn), rotation: 'P1D' });
    const from = `${expected[0]}:00Z`;
    expect(starts(daily, from, `${expected[2]}:01Z`)).toEqual(expected);
  });
});

describe('a hand-over at a repeated time', () => {
  it('has happened when the clocks show the hour before it again', () => {
    const daily = recurring([layer({ startsOn: local('2026-10-24T02:30'), rotation: 'P1D' })]);
    const shown = ['2026-10-25T00:10:00Z', '2026-10-25T00:30:00Z', '2026-10-25T01:10:00Z', '2026-10-25T01:30:00Z'];
    expect(shown.map((iso) => at(daily, iso).userId)).toEqual([ana, ben, ben, ben]);
  });
});

describe('a rotation in hours', () => {
  it('lasts exactly as long on the day on which the clocks change', () => {
    const eight = inZone('Europe/Berlin', { startsOn: local('2026-03-28T20:00'), rotation: 'PT8H' });
    expect(starts(eight, '2026-03-28T19:00:00Z', '2026-03-29T12:00:00Z')).toEqual([
      '2026-03-28T19:00',
      '2026-03-29T03:00',
      '2026-03-29T11:00',
    ]);
  });
  it('that is decades old is answered without counting', () => {
    const hourly = inZone('Europe/Berlin', { startsOn: local('1970-01-01T00:00'), rotation: 'PT1H', users: [ana, ben] });
    expect(at(hourly, '2026-06-01T00:30:00Z').userId).not.toBe(at(hourly, '2026-06-01T01:30:00Z').userId);
    expect(nextShiftStart(hourly, utc('2199-01-01T00:30:00Z'))).toBe(utc('2199-01-01T01:00:00Z'));
  });
});

describe('restrictions', () => {
  const office = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY'].map((day) => during(`${day} 09:00`, `${day} 17:00`));

  it('leave a gap that names its end', () => {
    const hours = recurring([layer({ restrictions: office })]);
    expect(at(hours, '2026-03-27T16:00:00Z')).toEqual({ userId: null, gap: 'restricted', nextShiftStart: utc('2026-03-30T07:00:00Z') });
  });
  it('do not stop the rotation from counting', () => {
    const sundays = recurring([
      layer({ users: [ana, ben, cleo], rotation: 'P1D', restrictions: [during('SUNDAY 09:00', 'MONDAY 09:00')] }),
    ]);
    expect(['2026-01-11', '2026-01-18', '2026-01-25'].map((day) => at(sundays, `${day}T12:00:00Z`).userId)).toEqual([ana, ben, cleo]);
  });
  it('may run over the end of the week', () => {
    const weekend = recurring([layer({ restrictions: [during('FRIDAY 17:00', 'MONDAY 09:00')] })]);
    expect(starts(weekend, '2026-01-10T00:00:00Z', '2026-01-19T00:00:00Z')).toEqual(['2026-01-09T16:00', '2026-01-16T16:00']);
    expect(at(weekend, '2026-01-12T07:59:59Z').userId).toBe(ana);
    expect(at(weekend, '2026-01-12T08:00:00Z').userId).toBeNull();
  });
  it('that meet at the end of the week are one shift', () => {
    const restrictions = [during('MONDAY 00:00', 'TUESDAY 00:00'), during('SATURDAY 00:00', 'MONDAY 00:00')];
    const daysOff = recurring([layer({ startsOn: local('2026-01-07T00:00'), restrictions })]);
    expect(starts(daysOff, '2026-01-09T00:00:00Z', '2026-01-16T00:00:00Z')).toEqual(['2026-01-09T23:00']);
  });
  it.each([
    ['from a time to the same time', [during('MONDAY 00:00', 'MONDAY 00:00')]],
    ['from the end of the week to its start', [during('SUNDAY 24:00', 'MONDAY 00:00')]],
    ['that meet around the week', [during('MONDAY 00:00', 'THURSDAY 12:00'), during('THURSDAY 12:00', 'SUNDAY 24:00')]],
    ['that meet over the end of the week', [during('SATURDAY 00:00', 'TUESDAY 00:00'), during('TUESDAY 00:00', 'SATURDAY 00:00')]],
  ])('%s leave nothing out', (_how, restrictions) => {
    expect(starts(recurring([layer({ restrictions })]), '2026-01-12T08:00:00Z', '2026-01-26T08:00:00Z')).toEqual([
      '2026-01-12T08:00',
      '2026-01-19T08:00',
    ]);
  });
  it('leave no gap in a skipped hour in which they overlap', () => {
    const always = [during('MONDAY 00:00', 'SUNDAY 03:00'), during('SUNDAY 02:15', 'MONDAY 00:00')];
    const daily = recurring([layer({ startsOn: local('2026-03-08T03:00'), users: [ana], rotation: 'P1D', restrictions: always })], {
      timezone: 'America/New_York',
    });
    expect(at(daily, '2026-03-08T07:00:00Z').userId).toBe(ana);
  });
  it('leave no gap between two layers that meet at a skipped time', () => {
    const night = layer({ users: [ana], restrictions: [during('SATURDAY 20:00', 'SUNDAY 02:30')] });
    const morning = layer({ users: [ben], restrictions: [during('SUNDAY 02:30', 'SUNDAY 12:00')] });
    const both = recurring([night, morning]);
    expect(at(both, '2026-03-29T01:29:59Z').userId).toBe(ana);
    expect(at(both, '2026-03-29T01:30:00Z').userId).toBe(ben);
  });
});

describe('several layers', () => {
  it('let the last one win where it has somebody', () => {
    const layered = recurring([layer({ users: [ana] }), layer({ users: [ben], restrictions: [during('SATURDAY 00:00', 'MONDAY 00:00')] })]);
    expect(at(layered, '2026-01-09T12:00:00Z').userId).toBe(ana);
    expect(at(layered, '2026-01-10T12:00:00Z')).toMatchObject({ userId: ben, reason: { layer: 1 } });
  });
  it('pass over a layer without users', () =>
    expect(at(recurring([layer({ users: [ana] }), layer({ users: [] })]), '2026-01-09T12:00:00Z').userId).toBe(ana));
  it('have nobody when one is over and the other is to come', () => {
    const apart = recurring([layer({ endsOn: local('2026-02-01T00:00') }), layer({ startsOn: local('2026-03-02T09:00') })]);
    expect(at(apart, '2026-02-10T00:00:00Z')).toEqual({
      userId: null,
      gap: 'no-layer-active',
      nextShiftStart: utc('2026-03-02T08:00:00Z'),
    });
  });
});

describe('overrides', () => {
  const overridden = recurring([layer()], {
    overrides: [
      override(1, cleo, '2026-01-13T00:00:00Z', '2026-01-14T00:00:00Z'),
      override(2, ana, '2026-01-13T12:00:00Z', '2026-01-13T18:00:00Z'),
    ],
  });

  it('beat every layer, and the later one the earlier one', () => {
    expect(
      ['2026-01-12T23:59:59Z', '2026-01-13T00:00:00Z', '2026-01-13T12:00:00Z', '2026-01-13T18:00:00Z', '2026-01-14T00:00:00Z'].map(
        (iso) => at(overridden, iso).userId,
      ),
    ).toEqual([ben, cleo, ana, cleo, ben]);
  });
  it('cut the shift below them in two', () => {
    expect(starts(overridden, '2026-01-13T00:00:00Z', '2026-01-15T00:00:00Z')).toEqual([
      '2026-01-13T00:00',
      '2026-01-13T12:00',
      '2026-01-13T18:00',
      '2026-01-14T00:00',
    ]);
  });
  it('can be left out of the list of shifts', () => {
    expect(shiftsBetween(overridden, utc('2026-01-13T00:00:00Z'), utc('2026-01-15T00:00:00Z'), { excludeOverrides: true })).toEqual([
      expect.objectContaining({ userId: ben, start: utc('2026-01-12T08:00:00Z'), end: utc('2026-01-19T08:00:00Z') }),
    ]);
  });
  it('put somebody on call where the schedule has nobody', () => {
    const empty = recurring([], { overrides: [override(1, cleo, '2026-01-13T00:00:00Z', '2026-01-14T00:00:00Z')] });
    expect(at(empty, '2026-01-12T00:00:00Z')).toEqual({
      userId: null,
      gap: 'no-layer-active',
      nextShiftStart: utc('2026-01-13T00:00:00Z'),
    });
    expect(at(empty, '2026-01-13T00:00:00Z').userId).toBe(cleo);
  });
});

describe('static shifts', () => {
  const fixed = withShifts([
    shift(ana, '2026-03-28T09:00', '2026-03-29T09:00'),
    shift(ben, '2026-03-29T09:00', '2026-03-30T09:00'),
    shift(cleo, '2029-01-01T00:00', '2029-01-02T00:00'),
  ]);

  it('begin and end at the local times that were written', () => {
    expect(at(fixed, '2026-03-29T06:59:59Z').userId).toBe(ana);
    expect(at(fixed, '2026-03-29T07:00:00Z')).toEqual({
      userId: ben,
      reason: { type: 'shift', start: utc('2026-03-29T07:00:00Z'), end: utc('2026-03-30T07:00:00Z') },
    });
  });
  it.each([
    ['2026-03-01T00:00:00Z', 'not-started', utc('2026-03-28T08:00:00Z')],
    ['2026-03-30T07:00:00Z', 'no-shift', utc('2028-12-31T23:00:00Z')],
    ['2030-01-01T00:00:00Z', 'ended', undefined],
  ])('have nobody at %s: %s', (iso, gap, next) =>
    expect(at(fixed, iso)).toEqual({ userId: null, gap, ...(next && { nextShiftStart: next }) }),
  );
  it('give way to the next one where a skipped hour moves their end into it, in whatever order they were sent', () => {
    const [early, late] = [shift(ana, '2026-03-29T00:30', '2026-03-29T02:30'), shift(ben, '2026-03-29T03:00', '2026-03-29T05:00')];
    for (const shifts of [
      [early, late],
      [late, early],
    ]) {
      expect(at(withShifts(shifts), '2026-03-29T00:59:59Z').userId).toBe(ana);
      expect(at(withShifts(shifts), '2026-03-29T01:00:00Z').userId).toBe(ben);
    }
  });
  it('are found however far apart they are', () => {
    expect(currentAndNextShift(fixed, utc('2026-03-30T00:00:00Z'))).toMatchObject({ current: { userId: ben }, next: { userId: cleo } });
    expect(currentAndNextShift(fixed, utc('2030-01-01T00:00:00Z'))).toEqual({});
  });
});

describe('a schedule whose plan was changed', () => {
  const changedAt = utc('2026-01-14T12:00:00Z');
  const changed = (before: readonly ScheduleLayer[], after: readonly ScheduleLayer[]) =>
    recurring(before, {
      plans: [
        { from: created, layers: before },
        { from: changedAt, layers: after },
      ],
    });

  it('answers by the plan that was in force', () => {
    const handedOver = changed([layer()], [layer({ users: [cleo] })]);
    expect(at(handedOver, '2026-01-14T11:59:59.999Z').userId).toBe(ben);
    expect(at(handedOver, '2026-01-14T12:00:00Z').userId).toBe(cleo);
  });
  it('does not cut a shift that the change left alone', () => {
    const renamed = changed([layer()], [layer({ name: 'weekly' })]);
    expect(starts(renamed, '2026-01-14T00:00:00Z', '2026-01-15T00:00:00Z')).toEqual(['2026-01-12T08:00']);
    expect(currentAndNextShift(renamed, utc('2026-01-15T00:00:00Z')).current?.start).toBe(utc('2026-01-12T08:00:00Z'));
  });
  it('is not "not started" again when its new plan begins later', () => {
    const later = changed([layer()], [layer({ startsOn: local('2026-02-02T09:00') })]);
    expect(at(later, '2026-01-20T00:00:00Z')).toEqual({
      userId: null,
      gap: 'no-layer-active',
      nextShiftStart: utc('2026-02-02T08:00:00Z'),
    });
  });
});

describe('many short windows around a skipped hour', () => {
  it('are all found, though some are moved past others', () => {
    const minute = (hour: number, at: number) => `SUNDAY 0${hour}:${String(at).padStart(2, '0')}`;
    const odd = [1, 5, 9, 13, 17, 21].map((at) => during(minute(2, at), minute(2, at + 1)));
    const even = [3, 7, 11, 15, 19, 23].map((at) => during(minute(3, at), minute(3, at + 1)));
    const busy = recurring([layer({ restrictions: [...odd, ...even] })]);
    expect(starts(busy, '2026-03-29T00:00:00Z', '2026-03-29T01:12:00Z')).toEqual(
      ['01', '03', '05', '07', '09', '11'].map((at) => `2026-03-29T01:${at}`),
    );
  });
});

describe('a window before 1970 or of more than two years', () => {
  it('is refused, whatever the schedule', () => {
    const from = utc('2026-01-01T00:00:00Z');
    expect(() => shiftsBetween(recurring([layer()]), utc('1969-12-31T00:00:00Z'), from)).toThrow(
      expect.objectContaining({ details: [expect.objectContaining({ field: 'from' })] }),
    );
    expect(() => shiftsBetween(recurring([layer()]), from, (from + LONGEST_WINDOW_MS + 1) as Instant)).toThrow(
      expect.objectContaining({ code: 'invalid', details: [expect.objectContaining({ field: 'until' })] }),
    );
  });
});
