import type { AlertSourceId, EscalationPolicyId, EscalationTarget, ScheduleId } from '@tocsin/domain';
import { oncallServer } from '../testing/oncall-server';
import type { Answer, Caller, OncallServer } from '../testing/oncall-server';

/** Monday, 2 March 2026, 12:00 in UTC and 13:00 in Berlin. */
let server: OncallServer;
let ana: Caller;
let ben: Caller;
let cleo: Caller;

beforeEach(async () => {
  server = await oncallServer();
  ana = await server.person('ana', 'ADMIN');
  ben = await server.person('ben', 'USER');
  cleo = await server.person('cleo', 'STAKEHOLDER');
});
afterEach(() => server.stop());

const get = async (path: string): Promise<Answer['body']> => (await server.call('GET', path, cleo)).body;

const schedule = async (body: Readonly<Record<string, unknown>>): Promise<ScheduleId> => {
  const made = await server.call('POST', '/api/schedules', ana, { name: 'Primary', timezone: 'Europe/Berlin', ...body });
  expect(made.status).toBe(201);
  return made.body['id'] as ScheduleId;
};
/** Ana and Ben, eight hours each, on weekdays only. */
const eightHours = (): Promise<ScheduleId> =>
  schedule({
    type: 'RECURRING',
    scheduleLayers: [
      {
        startsOn: '2026-03-01T00:00',
        users: [{ id: ana.id }, { id: ben.id }],
        rotation: 'PT8H',
        restrictions: [{ from: { dayOfWeek: 'MONDAY', time: '00:00' }, to: { dayOfWeek: 'SATURDAY', time: '00:00' } }],
      },
    ],
  });

const policy = async (...levels: (readonly EscalationTarget[])[]): Promise<EscalationPolicyId> => {
  const made = await server.platform.configurationStore.create(
    'policy',
    (id: EscalationPolicyId, now) => ({
      id,
      name: `policy ${id}`,
      rules: levels.map((targets) => ({ escalationTimeoutMin: 5, targets })),
      repeating: false,
      frequency: 1,
      delayMin: 0,
      teamIds: [],
      createdAt: now,
      updatedAt: now,
    }),
    server.context(),
  );
  return made.id;
};
const source = (escalationPolicyId: EscalationPolicyId) =>
  server.platform.configurationStore.create(
    'source',
    (id: AlertSourceId, now) => ({
      id,
      name: 'tool',
      integrationType: 'API',
      integrationKey: { hash: String(id), cipher: '' },
      escalationPolicyId,
      alertCreation: 'ONE_ALERT_PER_EMAIL',
      alertPriorityRule: 'HIGH',
      active: true,
      teamIds: [],
      echoed: {},
      createdAt: now,
      updatedAt: now,
    }),
    server.context(),
  );
const bySchedule = (scheduleId: ScheduleId): EscalationTarget => ({ type: 'schedule', scheduleId });
const byUser = ({ id }: Caller): EscalationTarget => ({ type: 'user', userId: id });

describe('who is on call', () => {
  it('is one answer: of the schedule, in it, in its list, and among all who are on call', async () => {
    const id = await eightHours();
    await source(await policy([bySchedule(id)]));
    const seen = new Set<number | null>();
    const check = async () => {
      const current = await server.call('GET', `/api/schedules/${id}/user-on-call`, cleo);
      const shift = current.status === 204 ? undefined : current.body;
      expect([200, 204]).toContain(current.status);
      const now = server.clock.now();
      const listed = (await get(`/api/schedules/${id}/shifts`)).filter(
        ({ start, end }) => Date.parse(String(start)) <= now && now < Date.parse(String(end)),
      );
      expect(listed).toEqual(shift === undefined ? [] : [shift]);
      const inSchedule = (await get(`/api/schedules/${id}?include=currentShift`))['currentShift'];
      const all = await get('/api/on-calls?expand=user');
      if (shift === undefined) expect([inSchedule, all]).toEqual([undefined, []]);
      else {
        const { user, start, end } = shift as unknown as { user: { id: number }; start: string; end: string };
        expect(inSchedule).toMatchObject({ user: { id: user.id }, start, end });
        expect(all).toMatchObject([{ user, start, end, schedule: { id }, escalationLevel: 1 }]);
      }
      seen.add((shift?.['user'] as { id: number } | undefined)?.id ?? null);
    };
    for (const step of ['0s', '2h', '1ms', '8h', '3d']) {
      await server.clock.advance(step);
      await check();
    }
    await server.call('PUT', `/api/schedules/${id}/overrides`, ana, {
      user: { id: cleo.id },
      start: '2026-03-05T00:00',
      end: '2026-04-01T00:00',
    });
    await check();
    await server.clock.advance('60d');
    await check();
    await server.platform.configurationStore.remove('user', ben.id, () => undefined, server.context());
    for (const step of ['1h', '8h', '8h']) {
      await server.clock.advance(step);
      await check();
    }
    expect(seen).toEqual(new Set([ana.id, ben.id, cleo.id, null]));
  });

  it('hands over at the very instant (B14)', async () => {
    const id = await eightHours();
    const first = await get(`/api/schedules/${id}/user-on-call`);
    await server.clock.advance(`${Date.parse(String(first['end'])) - server.clock.now()}ms`);
    const second = await get(`/api/schedules/${id}/user-on-call`);
    expect(second['start']).toBe(first['end']);
    expect(second['user']).not.toEqual(first['user']);
  });

  it('is nobody outside of the hours of a schedule: 204 without a body', async () => {
    const id = await eightHours();
    await server.clock.advance('5d');
    const answer = await server.call('GET', `/api/schedules/${id}/user-on-call`, cleo);
    expect([answer.status, answer.body]).toEqual([204, undefined]);
    expect((await server.call('GET', '/api/schedules/4711/user-on-call', cleo)).status).toBe(404);
  });
});

describe('the shifts in a schedule', () => {
  it('leave out those that are over unless the past is asked for', async () => {
    const shift = (day: number) => ({ user: { id: ana.id }, start: `2026-03-0${day}T09:00:00`, end: `2026-03-0${day}T17:00` });
    const id = await schedule({ type: 'STATIC', shifts: [shift(2), shift(3)] });
    await server.clock.advance('1d');
    const starts = async (include: string) =>
      ((await get(`/api/schedules/${id}?${include}`))['shifts'] as { start: string }[]).map(({ start }) => start);
    expect(await starts('include=shifts')).toEqual(['2026-03-03T09:00:00']);
    expect(await starts('include=shifts&include=past')).toEqual(['2026-03-02T09:00:00', '2026-03-03T09:00:00']);
  });
});

describe('the list of who is on call', () => {
  it('has the policies that a source uses, by level; a person on a level has no start and no end', async () => {
    const id = await eightHours();
    const used = await policy([bySchedule(id)], [byUser(cleo)]);
    const unused = await policy([byUser(ben)]);
    await source(used);
    const list = await get('/api/on-calls');
    expect(list).toMatchObject([
      { escalationPolicy: { id: used }, escalationLevel: 1, schedule: { id, name: 'Primary' } },
      { user: { id: cleo.id, firstName: 'cleo' }, escalationPolicy: { id: used }, escalationLevel: 2 },
    ]);
    expect(list[1]).not.toHaveProperty('start');
    expect(list[1]).not.toHaveProperty('end');
    expect(await get(`/api/on-calls?policies=${unused}`)).toMatchObject([{ user: { id: ben.id } }]);
    expect(await get(`/api/on-calls?policy-levels=${encodeURIComponent(`{"${used}":[2]}`)}`)).toMatchObject([{ escalationLevel: 2 }]);
    expect(await get('/api/on-calls?users=cleo')).toMatchObject([{ user: { id: cleo.id } }]);
    expect(await get(`/api/on-calls?users=${cleo.id}&users=nobody`)).toHaveLength(1);
    expect(await get('/api/on-calls?users=nobody')).toEqual([]);
    expect(await get('/api/on-calls?start-index=1&max-results=1')).toEqual([list[1]]);
  });

  it('answers for a schedule that is named, whether or not a policy uses it', async () => {
    const id = await eightHours();
    const [only, ...more] = await get(`/api/on-calls?schedules=${id}`);
    expect(only).toMatchObject({ schedule: { id } });
    expect(only).not.toHaveProperty('escalationPolicy');
    expect(more).toEqual([]);
  });

  it('shows in full what is to be expanded', async () => {
    const id = await eightHours();
    await source(await policy([bySchedule(id)]));
    const [entry] = await get('/api/on-calls?expand=user&expand=escalationPolicy&expand=schedule');
    expect(entry).toMatchObject({
      user: { email: expect.stringContaining('@') as unknown },
      escalationPolicy: { escalationRules: [{ schedules: [{ id }] }] },
      schedule: { id, name: 'Primary', type: 'RECURRING' },
    });
  });

  it('has every shift between two times, shown in the zone that is asked for', async () => {
    const id = await eightHours();
    const day = `/api/on-calls?schedules=${id}&from=2026-03-03T00:00&until=2026-03-04T00:00&timezone=Europe/Berlin`;
    expect((await get(day)).map(({ start }) => start)).toEqual([
      '2026-03-03T00:00:00+01:00',
      '2026-03-03T08:00:00+01:00',
      '2026-03-03T16:00:00+01:00',
    ]);
    const newYork = await get(`/api/on-calls?schedules=${id}&timezone=America/New_York`);
    expect(newYork).toMatchObject([{ start: '2026-03-02T02:00:00-05:00' }]);
  });

  it.each([
    ['more than 250 entries', 'max-results=251'],
    ['more than three months', 'from=2026-03-01T00:00:00Z&until=2026-06-03T00:00:00Z'],
    ['an end before its start', 'from=2026-03-02T00:00:00Z&until=2026-03-01T00:00:00Z'],
    ['a time zone nobody knows', 'timezone=Mars/Olympus'],
    ['something that cannot be expanded', 'expand=everything'],
    ['levels that are none', `policy-levels=${encodeURIComponent('{"1":[0]}')}`],
    ['levels that are not JSON', 'policy-levels=1:2'],
    ['a policy that is no number', 'policies=first'],
  ])('refuses %s', async (_what, query) => {
    expect(await server.call('GET', `/api/on-calls?${query}`, cleo)).toMatchObject({ status: 400, body: { code: 'VALIDATION_ERROR' } });
  });

  it('takes three months of any zone', async () =>
    expect((await server.call('GET', '/api/on-calls?from=2026-09-01T00:00:00Z&until=2026-12-01T01:00:00Z', cleo)).status).toBe(200));
});
