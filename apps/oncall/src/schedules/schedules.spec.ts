import type { EscalationPolicyId, TeamId } from '@tocsin/domain';
import { oncallServer } from '../testing/oncall-server';
import type { Answer, Caller, OncallServer } from '../testing/oncall-server';

/** Monday, 2 March 2026, 12:00 in UTC and 13:00 in Berlin. */
let server: OncallServer;
let ana: Caller;
let ben: Caller;
let responder: Caller;
let watcher: Caller;

beforeAll(async () => {
  server = await oncallServer();
  ana = await server.person('ana', 'USER');
  ben = await server.person('ben', 'USER');
  responder = await server.person('rita', 'RESPONDER');
  watcher = await server.person('sam', 'STAKEHOLDER');
});
afterAll(() => server.stop());

const ref = ({ id }: Caller) => ({ id });
const weekly = (changes: Readonly<Record<string, unknown>> = {}) => ({
  id: 0,
  name: 'Primary',
  type: 'RECURRING',
  timezone: 'Europe/Berlin',
  scheduleLayers: [
    {
      name: 'Week',
      startsOn: '2026-03-02T00:00:00',
      users: [{ ...ref(ana), firstName: '', lastName: '' }, ref(ben)],
      rotation: 'P7D',
      restrictions: null,
    },
  ],
  teams: null,
  ...changes,
});
const fixed = (changes: Readonly<Record<string, unknown>> = {}) => ({
  name: 'Rota',
  type: 'STATIC',
  timezone: 'Europe/Berlin',
  defaultShiftDuration: 'P7D',
  shifts: [
    { user: ref(ana), start: '2026-03-02T09:00', end: '2026-03-03T09:00:00' },
    { user: ref(ben), start: '2026-03-03T09:00:00', end: '2026-03-04T09:00' },
  ],
  ...changes,
});
const make = async (body: object): Promise<string> => {
  const answer = await server.call('POST', '/api/schedules', ana, body);
  expect(answer.status).toBe(201);
  return `/api/schedules/${String(answer.body['id'])}`;
};
const get = async (path: string): Promise<Answer['body']> => (await server.call('GET', path, watcher)).body;

describe('a schedule', () => {
  it('is created where Location says and answers with what was written, seconds as they were', async () => {
    const made = await server.call('POST', '/api/schedules', ana, weekly({ name: 'Bereitschaft Süd' }));
    expect(made.status).toBe(201);
    expect(made.headers.get('location')).toBe(`/api/schedules/${String(made.body['id'])}`);
    expect(made.body).toMatchObject({
      type: 'RECURRING',
      teams: [],
      scheduleLayers: [
        { name: 'Week', startsOn: '2026-03-02T00:00:00', users: [{ id: ana.id, firstName: 'ana' }, { id: ben.id }], rotation: 'P7D' },
      ],
      currentShift: { user: { id: ana.id }, start: '2026-03-01T23:00:00.000Z', end: '2026-03-08T23:00:00.000Z' },
      nextShift: { user: { id: ben.id }, start: '2026-03-08T23:00:00.000Z' },
    });
    const layer = (made.body['scheduleLayers'] as object[])[0];
    for (const field of ['endsOn', 'restrictionType', 'restrictions']) expect(layer).not.toHaveProperty(field);
    expect(await get(`/api/schedules/name/${encodeURIComponent('Bereitschaft Süd')}?include=scheduleLayers`)).toMatchObject({
      id: made.body['id'],
      scheduleLayers: made.body['scheduleLayers'],
    });
    expect((await server.call('GET', '/api/schedules/name/nothing', watcher)).status).toBe(404);
  });

  it('leaves out what is not asked for', async () => {
    const path = await make(weekly());
    const bare = await get(path);
    for (const field of ['scheduleLayers', 'shifts', 'currentShift', 'nextShift']) expect(bare).not.toHaveProperty(field);
    expect(Object.keys(await get(`${path}?include=currentShift&include=nextShift`))).toEqual(
      expect.arrayContaining(['currentShift', 'nextShift']),
    );
    expect(await get(`${path}?include=something-newer`)).toMatchObject({ code: 'VALIDATION_ERROR', details: [{ field: 'include' }] });
  });

  it('of fixed shifts echoes each as it was written', async () => {
    const path = await make(
      fixed({ shifts: [...fixed().shifts, { user: ref(ana), start: '2026-03-04T09:00:00', end: '2026-03-05T09:00:00' }] }),
    );
    expect(await get(`${path}?include=shifts`)).toMatchObject({
      showGaps: false,
      defaultShiftDuration: 'P7D',
      shifts: [
        { user: { id: ana.id }, start: '2026-03-02T09:00', end: '2026-03-03T09:00:00' },
        { user: { id: ben.id }, start: '2026-03-03T09:00:00', end: '2026-03-04T09:00' },
        { start: '2026-03-04T09:00:00', end: '2026-03-05T09:00:00' },
      ],
    });
    expect(await make(fixed({ shifts: [], showGaps: true })).then(get)).toMatchObject({ showGaps: true });
  });

  it('keeps its restrictions as times of the week', async () => {
    const restrictions = [{ from: { dayOfWeek: 'MONDAY', time: '09:00' }, to: { dayOfWeek: 'FRIDAY', time: '17:00' } }];
    const path = await make(
      weekly({ scheduleLayers: [{ ...weekly().scheduleLayers[0], restrictionType: 'TIMES_OF_WEEK', restrictions }] }),
    );
    expect(await get(`${path}?include=scheduleLayers`)).toMatchObject({
      scheduleLayers: [{ restrictionType: 'TIMES_OF_WEEK', restrictions }],
    });
  });

  it('stands in a list of at most 20', async () => {
    expect((await server.call('GET', '/api/schedules?max-results=21', watcher)).status).toBe(400);
    const all = await get('/api/schedules');
    expect(await get('/api/schedules?start-index=1&max-results=1')).toEqual([all[1]]);
  });

  it.each([
    ['without a type', () => ({ ...weekly(), type: '' }), 'type'],
    ['without a time zone', () => ({ ...weekly(), timezone: null }), 'timezone'],
    ['in a time zone nobody knows', () => weekly({ timezone: 'Mars/Olympus' }), 'timezone'],
    ['without a name', () => weekly({ name: '' }), 'name'],
    [
      'with somebody nobody knows',
      () => weekly({ scheduleLayers: [{ ...weekly().scheduleLayers[0], users: [{ id: 4711 }] }] }),
      'scheduleLayers[0].users[0]',
    ],
    [
      'with an offset in a local time',
      () => weekly({ scheduleLayers: [{ ...weekly().scheduleLayers[0], startsOn: '2026-03-02T00:00:00Z' }] }),
      'scheduleLayers[0].startsOn',
    ],
    [
      'restricted to times of the day',
      () => weekly({ scheduleLayers: [{ ...weekly().scheduleLayers[0], restrictionType: 'TIMES_OF_DAY' }] }),
      'scheduleLayers[0].restrictionType',
    ],
    ['with shifts that overlap', () => fixed({ shifts: [fixed().shifts[0], fixed().shifts[0]] }), 'shifts[1]'],
    ['with a team nobody knows', () => weekly({ teams: [{ id: 4711 }] }), 'teams[0]'],
  ])('%s is refused with the field', async (_what, body, field) => {
    const { status, body: answer } = await server.call('POST', '/api/schedules', ana, body());
    expect([status, answer['code']]).toEqual([400, 'VALIDATION_ERROR']);
    expect(JSON.stringify(answer['details'])).toContain(`"field":"${field}"`);
  });

  it('that leaves gaps is refused when that is asked for', async () => {
    const gaps = fixed({ shifts: [fixed().shifts[0], { user: ref(ben), start: '2026-03-05T09:00', end: '2026-03-06T09:00' }] });
    expect(await server.call('POST', '/api/schedules?abort-on-gaps=true', ana, gaps)).toMatchObject({
      status: 400,
      body: { code: 'VALIDATION_ERROR' },
    });
    expect((await server.call('POST', '/api/schedules?abort-on-gaps=false', ana, gaps)).status).toBe(201);
  });
});

describe('replacing a schedule', () => {
  it('takes a whole one back as it was read', async () => {
    const path = await make(fixed());
    const read = await get(`${path}?include=shifts&include=currentShift`);
    const put = await server.call('PUT', path, ana, { ...read, name: 'Renamed' });
    expect(put).toMatchObject({ status: 200, body: { name: 'Renamed', shifts: read['shifts'] } });
  });

  it('leaves its type and its time zone', async () => {
    const path = await make(weekly());
    expect(await server.call('PUT', path, ana, weekly({ timezone: 'Asia/Istanbul' }))).toMatchObject({
      status: 400,
      body: { details: [{ field: 'timezone' }] },
    });
    expect(await server.call('PUT', path, ana, fixed())).toMatchObject({ status: 400, body: { details: [{ field: 'type' }] } });
    expect((await server.call('PUT', path, ana, { name: 'x', scheduleLayers: weekly().scheduleLayers })).status).toBe(200);
  });

  it.each<[string, string, () => object]>([
    ['layers of fixed shifts', 'scheduleLayers', () => fixed({ scheduleLayers: weekly().scheduleLayers })],
    ['fixed shifts in place of layers', 'shifts', () => weekly({ scheduleLayers: [], shifts: fixed().shifts })],
    ['gaps to show of layers', 'showGaps', () => weekly({ showGaps: true })],
    ['a usual length of the shifts of layers', 'defaultShiftDuration', () => weekly({ defaultShiftDuration: 'P7D' })],
  ])('refuses what would be left out in silence: %s (B6)', async (_what, field, body) => {
    const refused = await server.call('POST', '/api/schedules', ana, body());
    expect(refused).toMatchObject({ status: 400, body: { code: 'SETTING_WITHOUT_EFFECT', details: [{ field }] } });
  });

  it('never takes everybody off call by leaving the plan out', async () => {
    const path = await make(weekly());
    expect(await server.call('PUT', path, ana, { ...(await get(path)) })).toMatchObject({
      status: 400,
      body: { details: [{ field: 'scheduleLayers' }] },
    });
    expect((await server.call('PUT', path, ana, weekly({ scheduleLayers: [] }))).body).toMatchObject({ scheduleLayers: [] });
    expect((await server.call('PUT', path, ana, { name: 'empty already' })).status).toBe(200);
  });

  it('leaves the teams when they are not named, and clears them with an empty list', async () => {
    const team = await server.platform.configurationStore.create(
      'team',
      (id: TeamId, now) => ({ id, name: 'Ops', visibility: 'PUBLIC', members: [], createdAt: now, updatedAt: now }),
      server.context(),
    );
    const path = await make(weekly({ teams: [{ id: team.id, name: '' }] }));
    expect((await server.call('PUT', path, ana, weekly({ teams: undefined }))).body['teams']).toEqual([{ id: team.id, name: 'Ops' }]);
    expect((await server.call('PUT', path, ana, weekly({ teams: null }))).body['teams']).toHaveLength(1);
    expect((await server.call('PUT', path, ana, weekly({ teams: [] }))).body['teams']).toEqual([]);
  });
});

describe('deleting a schedule', () => {
  it('is refused while a policy pages it, and the policy is named', async () => {
    const path = await make(weekly());
    const id = Number(path.split('/').at(-1));
    const policy = await server.platform.configurationStore.create(
      'policy',
      (policyId: EscalationPolicyId, now) => ({
        id: policyId,
        name: 'Nights',
        rules: [{ escalationTimeoutMin: 5, targets: [{ type: 'schedule', scheduleId: id as never }] }],
        repeating: false,
        frequency: 1,
        delayMin: 0,
        teamIds: [],
        createdAt: now,
        updatedAt: now,
      }),
      server.context(),
    );
    expect(await server.call('DELETE', path, ana)).toMatchObject({
      status: 400,
      body: { code: 'STILL_IN_USE', details: [{ resource: { type: 'escalation-policy', id: policy.id, name: 'Nights' } }] },
    });
    await server.platform.configurationStore.remove('policy', policy.id, () => undefined, server.context());
    expect((await server.call('DELETE', path, ana)).status).toBe(204);
    expect((await server.call('GET', path, ana)).status).toBe(404);
    expect((await server.call('DELETE', path, ana)).status).toBe(404);
  });
});

describe('schedules', () => {
  it('are seen by everybody, and changed by users only', async () => {
    const path = await make(weekly());
    for (const caller of [watcher, responder]) {
      expect((await server.call('GET', path, caller)).status).toBe(200);
      expect((await server.call('GET', `${path}/shifts`, caller)).status).toBe(200);
      expect((await server.call('POST', '/api/schedules', caller, weekly())).status).toBe(403);
      expect((await server.call('PUT', path, caller, weekly())).status).toBe(403);
      expect((await server.call('DELETE', path, caller)).status).toBe(403);
    }
  });
});

describe('an override', () => {
  const takeover = (by: Caller, changes: Readonly<Record<string, unknown>> = {}) => ({
    user: { ...ref(by), email: '' },
    start: '2026-03-02T20:00',
    end: '2026-03-02T23:00:00+01:00',
    ...changes,
  });

  it('is put with its times in the zone of the schedule or with an offset, and answers with the schedule', async () => {
    const path = await make(weekly());
    const put = await server.call('PUT', `${path}/overrides`, ana, takeover(ben));
    expect(put).toMatchObject({ status: 200, body: { name: 'Primary', type: 'RECURRING' } });
    const posted = await server.call('POST', `${path}/overrides`, ana, takeover(responder, { start: '2026-03-02T21:00' }));
    expect(posted).toMatchObject({ status: 200, body: { timezone: 'Europe/Berlin', override: { user: { id: responder.id } } } });
    const [first, second] = await get(`${path}/overrides`);
    expect(first).toMatchObject({
      user: { id: ben.id, email: 'ben@example.org' },
      start: '2026-03-02T19:00:00.000Z',
      end: '2026-03-02T22:00:00.000Z',
    });
    expect(second).toEqual(posted.body['override']);
    expect(await get(`${path}/shifts?from=2026-03-02T12:00:00Z&until=2026-03-03T00:00:00Z`)).toMatchObject([
      { user: { id: ana.id } },
      { user: { id: ben.id }, start: '2026-03-02T19:00:00.000Z', end: '2026-03-02T20:00:00.000Z' },
      { user: { id: responder.id }, end: '2026-03-02T22:00:00.000Z' },
      { user: { id: ana.id } },
    ]);
    expect(await get(`${path}/shifts?from=2026-03-02T12:00:00Z&until=2026-03-03T00:00:00Z&exclude-overrides=true`)).toMatchObject([
      { user: { id: ana.id } },
    ]);
  });

  it('that began in the past begins now; one that is over is refused (B31)', async () => {
    const path = await make(weekly());
    const { body } = await server.call('PUT', `${path}/overrides`, ana, takeover(ben, { start: '2026-03-02T08:00' }));
    expect(body['override']).toMatchObject({ start: '2026-03-02T12:00:00.000Z' });
    const over = await server.call('PUT', `${path}/overrides`, ana, takeover(ben, { start: '2026-03-01T08:00', end: '2026-03-01T09:00' }));
    expect(over).toMatchObject({ status: 400, body: { details: [{ field: 'end' }] } });
  });

  it('is made by a responder for themselves only, and by a user for anybody', async () => {
    const path = await make(weekly());
    expect((await server.call('PUT', `${path}/overrides`, responder, takeover(ben))).status).toBe(403);
    expect((await server.call('PUT', `${path}/overrides`, responder, takeover(responder))).status).toBe(200);
    expect((await server.call('PUT', `${path}/overrides`, watcher, takeover(watcher))).status).toBe(403);
    const bens = (await server.call('PUT', `${path}/overrides`, ana, takeover(ben))).body['override'] as { id: number };
    expect((await server.call('DELETE', `${path}/overrides/${bens.id}`, responder)).status).toBe(403);
    expect((await server.call('DELETE', `${path}/overrides/${bens.id}`, ana)).status).toBe(204);
    expect((await server.call('DELETE', `${path}/overrides/${bens.id}`, ana)).status).toBe(404);
  });

  it.each([
    ['of somebody nobody knows', () => takeover({ id: 4711 } as Caller), 'user'],
    ['that ends before it starts', () => takeover(ben, { end: '2026-03-02T19:00' }), 'end'],
    ['with a time that is none', () => takeover(ben, { start: 'tonight' }), 'start'],
  ])('%s is refused with the field', async (_what, body, field) => {
    const answer = await server.call('PUT', `${await make(weekly())}/overrides`, ana, body());
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.body['details'])).toContain(`"field":"${field}"`);
  });
});

describe('the shifts of a schedule', () => {
  it('are those of three months from the start of the last one on', async () => {
    const path = await make(weekly({ scheduleLayers: [{ ...weekly().scheduleLayers[0], startsOn: '2025-01-06T00:00' }] }));
    const shifts = await get(`${path}/shifts`);
    expect(String(shifts[0]?.['start']) <= '2026-01-31T23:00:00.000Z').toBe(true);
    expect(String(shifts[0]?.['end']) > '2026-01-31T23:00:00.000Z').toBe(true);
    expect(String(shifts.at(-1)?.['start']) < '2026-04-30T22:00:00.000Z').toBe(true);
    expect(String(shifts.at(-1)?.['end']) >= '2026-04-30T22:00:00.000Z').toBe(true);
  });

  it('are asked for in a bounded window, forwards', async () => {
    const path = await make(weekly());
    expect((await server.call('GET', `${path}/shifts?from=2026-01-01T00:00:00Z&until=2030-01-01T00:00:00Z`, ana)).status).toBe(400);
    expect((await server.call('GET', `${path}/shifts?from=2026-02-01T00:00:00Z&until=2026-01-01T00:00:00Z`, ana)).status).toBe(400);
    expect((await server.call('GET', `${path}/shifts?from=yesterday`, ana)).status).toBe(400);
    expect(await get(`${path}/shifts?from=2026-03-09T00:00&until=2026-03-15T00:00`)).toMatchObject([
      { user: { id: ben.id }, start: '2026-03-08T23:00:00.000Z' },
    ]);
    expect((await get(`${path}/shifts?from=2026-03-09T01:00:00+01:00`)).length).toBe(14);
  });
});
