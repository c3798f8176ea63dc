import fc from 'fast-check';
import type { OverrideId, ScheduleId, TeamId, UserId } from '../ids';
import {
  ana,
  ben,
  cleo,
  created,
  during,
  everybodyExists,
  layer,
  local,
  override,
  recurring,
  recurringRequest,
  shift,
  staticRequest,
  utc,
  withShifts,
} from '../testing/schedule-builders';
import { plusMs, type Instant } from '../time';
import { addOverride, deleteOverride } from './overrides';
import type { Schedule } from './schedule';
import { SCHEDULE_LIMITS, type ScheduleRequest } from './schedule-request';
import { createSchedule, replaceSchedule } from './schedule-rules';
import { whoIsOnCall } from './who-is-on-call';

const now = utc('2026-02-10T12:00:00Z');
const change = { now, references: everybodyExists };
const create = (request: ScheduleRequest, abortOnGaps = false): Schedule =>
  createSchedule(1 as ScheduleId, request, { ...change, abortOnGaps });
const replace = (schedule: Schedule, request: ScheduleRequest, at: Instant = now): Schedule =>
  replaceSchedule(schedule, request, { ...change, now: at });
const invalid = (field: string) => expect.objectContaining({ code: 'invalid', details: [{ field, message: expect.any(String) }] });
const refused = (field: string, attempt: () => unknown): void => expect(attempt).toThrow(invalid(field));

describe('a request for a schedule', () => {
  it.each<[string, ScheduleRequest]>([
    ['name', recurringRequest([], { name: '' })],
    ['name', recurringRequest([], { name: '  ' })],
    ['name', recurringRequest([], { name: 'x'.repeat(256) })],
    ['timezone', recurringRequest([], { timezone: 'Mars/Olympus' })],
    ['timezone', recurringRequest([], { timezone: '+01:00' })],
    ['scheduleLayers[0].users', recurringRequest([layer({ users: [] })])],
    ['scheduleLayers[0].rotation', recurringRequest([layer({ rotation: 'PT59M' })])],
    ['scheduleLayers[0].rotation', recurringRequest([layer({ rotation: 'P1M' })])],
    ['scheduleLayers[0].rotation', recurringRequest([layer({ rotation: 'P1DT12H' })])],
    ['scheduleLayers[0].rotation', recurringRequest([layer({ rotation: 'P0D' })])],
    ['scheduleLayers[0].startsOn', recurringRequest([layer({ startsOn: local('2026-02-30T00:00') })])],
    ['scheduleLayers[1].endsOn', recurringRequest([layer(), layer({ endsOn: local('2026-01-05T09:00') })])],
    ['scheduleLayers[0].restrictions[0].to', recurringRequest([layer({ restrictions: [during('MONDAY 09:00', 'MONDAY 25:00')] })])],
    ['scheduleLayers', recurringRequest(Array.from({ length: SCHEDULE_LIMITS.layers + 1 }, () => layer()))],
    ['shifts[0].end', staticRequest([shift(ana, '2026-03-01T09:00', '2026-03-01T09:00')])],
    ['shifts[0].end', staticRequest([shift(ana, '2026-03-29T02:15', '2026-03-29T03:00')])],
    ['shifts[1]', staticRequest([shift(ana, '2026-03-01T09:00', '2026-03-02T09:00'), shift(ben, '2026-03-02T08:59', '2026-03-03T09:00')])],
    ['shifts[0]', staticRequest([shift(ana, '2026-02-01T09:00', '2026-02-02T09:00')])],
    ['defaultShiftDuration', staticRequest([], { defaultShiftDuration: 'a week' })],
  ])('is refused for its %s', (field, request) => refused(field, () => create(request)));

  it('is refused when it names a user or a team that does not exist', () => {
    const references = { userExists: (id: UserId) => id !== ben, teamExists: () => false };
    refused('scheduleLayers[0].users[1]', () => createSchedule(1 as ScheduleId, recurringRequest([layer()]), { now, references }));
    refused('teams[0]', () => createSchedule(1 as ScheduleId, recurringRequest([], { teamIds: [3 as TeamId] }), { now, references }));
  });
  it('may have no layers or shifts yet', () => {
    expect(create(recurringRequest([]))).toMatchObject({ plans: [{ from: now, layers: [] }] });
    expect(create(staticRequest([]))).toMatchObject({ plans: [{ from: now, shifts: [] }] });
  });
  it('keeps times as they were written', () => {
    expect(create(recurringRequest([layer({ startsOn: local('2026-01-05T09:00:00') })]))).toMatchObject({
      plans: [{ layers: [{ startsOn: '2026-01-05T09:00:00' }] }],
    });
  });
  it('may hold a shift that has begun', () => {
    expect(whoIsOnCall(create(staticRequest([shift(ana, '2026-02-10T00:00', '2026-02-11T00:00')])), now).userId).toBe(ana);
  });
});

describe('a request that must not leave gaps', () => {
  const office = layer({ restrictions: [during('MONDAY 09:00', 'FRIDAY 17:00')] });

  it.each<[string, ScheduleRequest]>([
    ['scheduleLayers', recurringRequest([office])],
    ['scheduleLayers', recurringRequest([])],
    ['scheduleLayers', recurringRequest([layer({ endsOn: local('2026-03-01T00:00') }), layer({ startsOn: local('2026-03-02T00:00') })])],
    ['shifts', staticRequest([shift(ana, '2026-03-01T09:00', '2026-03-02T09:00'), shift(ben, '2026-03-02T09:01', '2026-03-03T09:00')])],
  ])('is refused for its %s', (field, request) => {
    refused(field, () => create(request, true));
    expect(create(request)).toBeDefined();
  });
  it.each<[string, ScheduleRequest]>([
    ['always has somebody', recurringRequest([layer(), office])],
    ['starts later', recurringRequest([layer({ startsOn: local('2026-03-02T09:00') })])],
    ['ends one day', recurringRequest([layer({ endsOn: local('2026-03-02T09:00') })])],
    [
      'has shifts that meet',
      staticRequest([shift(ana, '2026-03-01T09:00', '2026-03-02T09:00'), shift(ben, '2026-03-02T09:00', '2026-03-03T09:00')]),
    ],
  ])('is taken when it %s', (_why, request) => expect(create(request, true)).toBeDefined());
  it('is refused when a running schedule would pause', () => {
    const paused = recurringRequest([layer({ startsOn: local('2026-03-02T09:00') })]);
    refused('scheduleLayers', () => replaceSchedule(recurring([layer()]), paused, { ...change, abortOnGaps: true }));
  });
});

describe('replacing a schedule', () => {
  const before = recurring([layer()]);

  it('changes neither type nor time zone', () => {
    refused('type', () => replace(before, staticRequest([])));
    refused('timezone', () => replace(before, recurringRequest([layer()], { timezone: 'Europe/Paris' })));
  });
  it('starts a new plan now and keeps the old one', () => {
    const after = replace(before, recurringRequest([layer({ users: [cleo] })], { name: 'secondary' }));
    expect(after).toMatchObject({
      name: 'secondary',
      createdAt: created,
      updatedAt: now,
      plans: [{ from: created }, { from: now, layers: [{ users: [cleo] }] }],
    });
  });
  it('starts no new plan when the layers are the same', () =>
    expect(replace(before, recurringRequest([layer()], { name: 'x' })).plans).toEqual(before.plans));
  it('drops a plan that was never in force', () => {
    const once = replace(before, recurringRequest([layer({ users: [cleo] })]));
    expect(replace(once, recurringRequest([layer({ users: [ana] })])).plans).toMatchObject([
      { from: created },
      { from: now, layers: [{ users: [ana] }] },
    ]);
    expect(replace(once, recurringRequest([layer()])).plans).toEqual(before.plans);
  });
  it('in the instant of its creation leaves nothing of the first plan, also not for the time before', () => {
    const corrected = replace(before, recurringRequest([layer({ users: [cleo] })]), created);
    expect(corrected.plans).toMatchObject([{ from: created, layers: [{ users: [cleo] }] }]);
    const older = recurring([layer({ startsOn: local('2025-12-01T00:00') })]);
    expect(whoIsOnCall(replace(older, recurringRequest([layer()]), created), plusMs(created, -1)).userId).toBeNull();
  });
  it('keeps overrides', () => {
    const overridden = { ...before, overrides: [override(1, cleo, '2026-03-01T00:00:00Z', '2026-03-02T00:00:00Z')] };
    expect(replace(overridden, recurringRequest([])).overrides).toEqual(overridden.overrides);
  });
});

describe('replacing static shifts', () => {
  const [past, running, coming] = [
    shift(ana, '2026-02-01T00:00', '2026-02-02T00:00'),
    shift(ben, '2026-02-10T00:00', '2026-02-11T00:00'),
    shift(cleo, '2026-02-12T00:00', '2026-02-13T00:00'),
  ];
  const before = withShifts([past, running, coming]);
  const planned = (schedule: Schedule) => (schedule.type === 'STATIC' ? schedule.plans.at(-1)?.shifts : undefined);

  it('keeps the one that has begun, whether it is repeated or left out', () => {
    expect(planned(replace(before, staticRequest([])))).toEqual([running]);
    expect(planned(replace(before, staticRequest([shift(ben, '2026-02-10T00:00:00', '2026-02-11T00:00:00')])))).toHaveLength(1);
  });
  it('takes back what is over as it was, and nothing new in the past', () => {
    expect(planned(replace(before, staticRequest([past, running])))).toEqual([running]);
    refused('shifts[0]', () => replace(before, staticRequest([shift(cleo, '2026-02-01T00:00', '2026-02-02T00:00')])));
  });
  it('refuses to change the one that has begun', () => {
    refused('shifts[0]', () => replace(before, staticRequest([shift(ben, '2026-02-10T00:00', '2026-02-12T00:00')])));
    refused('shifts[0]', () => replace(before, staticRequest([shift(cleo, '2026-02-10T00:00', '2026-02-11T00:00')])));
  });
  it('is free in what is to come', () => {
    const other = shift(ana, '2026-02-11T00:00', '2026-02-14T00:00');
    expect(planned(replace(before, staticRequest([other])))).toEqual([running, other]);
  });
  it('sets and removes the usual length of a shift', () => {
    const withLength = replace(before, staticRequest([coming], { defaultShiftDuration: 'P7D' }));
    expect(withLength).toHaveProperty('defaultShiftDuration', 'P7D');
    expect(replace(withLength, staticRequest([coming]))).not.toHaveProperty('defaultShiftDuration');
  });
});

describe('adding an override', () => {
  const schedule = recurring([layer()]);
  const add = (start: string, end: string, to: Schedule = schedule) =>
    addOverride(to, { id: 7 as OverrideId, userId: cleo, start: utc(start), end: utc(end) }, change);

  it('begins now when its start has passed (B31)', () => {
    expect(add('2026-02-01T00:00:00Z', '2026-02-11T00:00:00Z').overrides).toEqual([
      { id: 7, userId: cleo, start: now, end: utc('2026-02-11T00:00:00Z') },
    ]);
  });
  it('is refused when it never ends', () => refused('end', () => add('2026-02-12T00:00:00Z', '2200-01-01T00:00:00Z')));
  it('is refused when it is over', () => refused('end', () => add('2026-02-01T00:00:00Z', '2026-02-10T12:00:00Z')));
  it('is refused when it does not end after it starts', () => refused('end', () => add('2026-02-12T00:00:00Z', '2026-02-12T00:00:00Z')));
  it('is refused for an unknown user', () => {
    const request = { id: 7 as OverrideId, userId: cleo, start: now, end: plusMs(now, 1) };
    refused('user', () => addOverride(schedule, request, { now, references: { userExists: () => false } }));
  });
});

describe('deleting an override', () => {
  const overridden = recurring([layer()], {
    overrides: [
      override(1, cleo, '2026-02-01T00:00:00Z', '2026-02-02T00:00:00Z'),
      override(2, cleo, '2026-02-10T00:00:00Z', '2026-02-11T00:00:00Z'),
      override(3, cleo, '2026-02-12T00:00:00Z', '2026-02-13T00:00:00Z'),
    ],
  });
  const remove = (id: number) => deleteOverride(overridden, id as OverrideId, now);

  it('removes one that is to come', () => expect(remove(3).overrides.map(({ id }) => id)).toEqual([1, 2]));
  it('ends a running one now, so that it still explains who was on call', () => {
    expect(remove(2).overrides[1]).toMatchObject({ id: 2, start: utc('2026-02-10T00:00:00Z'), end: now });
    expect(whoIsOnCall(remove(2), plusMs(now, -1)).userId).toBe(cleo);
    expect(whoIsOnCall(remove(2), now).userId).toBe(ben);
  });
  it('leaves one that is over', () => refused('override', () => remove(1)));
  it('is refused for an unknown one', () => expect(() => remove(4)).toThrow(expect.objectContaining({ code: 'not-found' })));
});

describe('any series of changes', () => {
  const users = fc.array(fc.constantFrom(ana, ben, cleo), { minLength: 1, maxLength: 3 });
  const hour = 3_600_000;
  const changes = fc.array(
    fc.oneof(
      fc.record({
        wait: fc.integer({ min: 0, max: 100 }),
        kind: fc.constant('replace' as const),
        users,
        rotation: fc.constantFrom('P1D', 'P7D', 'PT5H'),
      }),
      fc.record({
        wait: fc.integer({ min: 0, max: 100 }),
        kind: fc.constant('override' as const),
        start: fc.integer({ min: -50, max: 50 }),
        hours: fc.integer({ min: 51, max: 120 }),
      }),
      fc.record({ wait: fc.integer({ min: 0, max: 100 }), kind: fc.constant('delete' as const), which: fc.nat(5) }),
    ),
    { maxLength: 12 },
  );

  it('never changes who was on call before it', () => {
    fc.assert(
      fc.property(changes, fc.array(fc.integer({ min: 0, max: 1200 }), { minLength: 5, maxLength: 5 }), (list, questions) => {
        let at = created;
        let schedule: Schedule = recurring([layer({ startsOn: local('2025-12-01T00:00') })]);
        list.forEach((step, i) => {
          at = plusMs(at, step.wait * hour);
          const before = schedule;
          const deletable = schedule.overrides.filter(({ end }) => end > at);
          if (step.kind === 'replace')
            schedule = replace(schedule, recurringRequest([layer({ users: step.users, rotation: step.rotation })]), at);
          else if (step.kind === 'override') {
            const start = plusMs(at, step.start * hour);
            schedule = addOverride(
              schedule,
              { id: i as OverrideId, userId: cleo, start, end: plusMs(start, step.hours * hour) },
              { ...change, now: at },
            );
          } else if (deletable.length > 0) schedule = deleteOverride(schedule, deletable[step.which % deletable.length]!.id, at);
          for (const question of [...questions.map((hours) => plusMs(created, hours * hour)), plusMs(at, -1)]) {
            if (question >= created && question < at)
              expect(whoIsOnCall(schedule, question).userId).toBe(whoIsOnCall(before, question).userId);
          }
        });
      }),
    );
  });
});
