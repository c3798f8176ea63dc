import { World } from './world';

let world: World;
let ana: number;
let ben: number;
beforeAll(async () => {
  world = await World.start();
  ana = await world.person('ana');
  ben = await world.person('ben');
});
afterAll(() => world.stop());

interface Policy {
  readonly id: number;
  readonly escalationRules: readonly Record<string, unknown>[];
}

const path = '/api/escalation-policies';
const plain = () => ({ name: 'Ops', escalationRules: [{ escalationTimeout: 5, users: [{ id: ana }] }] });
const make = async (settings: Record<string, unknown> = {}): Promise<Policy> =>
  (await world.post<Policy>(path, { ...plain(), ...settings })).body;

describe('an escalation policy', () => {
  it('names people, schedules and teams of each level, in the plural or in the old singular', async () => {
    const nights = await world.shifts('Nights', [{ userId: ben as never, start: '2026-01-05T08:00', end: '2026-01-05T20:00' }]);
    const team = (await world.post<{ id: number }>('/api/teams', { name: 'Shop', members: [{ user: { id: ana }, role: 'RESPONDER' }] }))
      .body.id;
    const rel = {
      users: [{ id: ana, firstName: 'Ana' }],
      schedules: [{ id: nights, name: 'Nights', type: 'STATIC' }],
      teams: [{ id: team, name: 'Shop' }],
    };
    const policy = await make({
      escalationRules: [
        { escalationTimeout: 0, users: [{ id: ana }], schedules: [{ id: nights }], teams: [{ id: team }] },
        { escalationTimeout: 525_600, user: { id: ana }, schedule: { id: nights, name: '' }, team: { id: team }, users: [], teams: null },
      ],
    });
    expect(policy).toMatchObject({
      escalationRules: [
        { escalationTimeout: 0, ...rel },
        { escalationTimeout: 525_600, ...rel },
      ],
      ...{ repeating: false, frequency: 1, delayMin: 0, teams: [] },
    });
    expect(policy).not.toHaveProperty('routingKey');
  });

  it('names somebody once per level, however often it was asked to', async () => {
    const policy = await make({ escalationRules: [{ escalationTimeout: 5, users: [{ id: ana }, { id: ben }, { id: ana }] }] });
    expect(policy.escalationRules[0]?.['users']).toEqual([expect.objectContaining({ id: ana }), expect.objectContaining({ id: ben })]);
  });

  const rule = (more: Record<string, unknown>) => ({ escalationRules: [{ escalationTimeout: 5, users: [{ id: 1 }], ...more }] });
  const nobody = { id: 4711 };
  it.each([
    ['no rules', { escalationRules: [] }, 'escalationRules'],
    ['rules that are no list', { escalationRules: {} }, 'escalationRules'],
    ['51 rules', { escalationRules: Array.from({ length: 51 }, () => ({ escalationTimeout: 1 })) }, 'escalationRules'],
    ['a rule without a timeout', rule({ escalationTimeout: undefined }), 'escalationRules[0].escalationTimeout'],
    ['a timeout below 0', rule({ escalationTimeout: -1 }), 'escalationRules[0].escalationTimeout'],
    ['a timeout above a year', rule({ escalationTimeout: 525_601 }), 'escalationRules[0].escalationTimeout'],
    ['half a minute', rule({ escalationTimeout: 0.5 }), 'escalationRules[0].escalationTimeout'],
    ['somebody who is not there', rule({ users: [{ id: 1 }, nobody] }), 'escalationRules[0].users[1].id'],
    ['a schedule that is not there', rule({ schedules: [nobody] }), 'escalationRules[0].schedules[0].id'],
    ['a team that is not there', rule({ teams: [nobody] }), 'escalationRules[0].teams[0].id'],
    ['one person who is not there', rule({ users: [], user: nobody }), 'escalationRules[0].user.id'],
    ['one schedule that is not there', rule({ schedule: nobody }), 'escalationRules[0].schedule.id'],
    ['a person beside people', rule({ user: { id: 1 } }), 'escalationRules[0].user'],
    ['a name in place of an id', rule({ users: [{ id: 'ana' }] }), 'escalationRules[0].users[0].id'],
    ['51 people on a level', rule({ users: Array.from({ length: 51 }, (_, index) => ({ id: index + 1 })) }), 'escalationRules[0].users'],
    ['no passes', { frequency: 0 }, 'frequency'],
    ['ten passes', { frequency: 10 }, 'frequency'],
    ['a delay of 16 minutes', { delayMin: 16 }, 'delayMin'],
    ['a negative delay', { delayMin: -1 }, 'delayMin'],
    ['a text for repeating', { repeating: 'yes' }, 'repeating'],
    ['a routing key with a comma, which no event could name', { routingKey: 'a,b' }, 'routingKey'],
  ])('is refused with %s', async (_situation, settings, field) => {
    const answer = await world.post(path, { ...plain(), ...settings });
    expect(answer).toMatchObject({ status: 400, body: { code: 'VALIDATION_ERROR' } });
    expect(String(answer.body['message']).startsWith(`${field}: `)).toBe(true);
  });
});

describe('a routing key', () => {
  it('leads to its policy in any case, the first known of several; to no other policy', async () => {
    const policy = await make({ routingKey: ' Web-Shop ' });
    expect(policy).toMatchObject({ routingKey: 'Web-Shop' });
    for (const key of ['web-shop', 'WEB-SHOP', 'unknown, web-shop'])
      expect((await world.get(`${path}/resolve?routing-key=${encodeURIComponent(key)}`)).body).toMatchObject({ id: policy.id });
    expect(await world.get(`${path}/resolve?routing-key=unknown`)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    expect(await world.get(`${path}/resolve`)).toMatchObject({ status: 400, body: { message: 'routing-key: is required' } });
  });

  it('is one policy’s alone, whatever its case; that policy keeps it', async () => {
    const policy = await make({ routingKey: 'db' });
    const other = await make();
    const refused = { status: 400, body: { code: 'ALREADY_EXISTS', message: expect.stringContaining('routingKey: ') } };
    expect(await world.post(path, { ...plain(), routingKey: 'DB' })).toMatchObject(refused);
    expect(await world.put(`${path}/${other.id}`, { ...plain(), routingKey: 'Db' })).toMatchObject(refused);
    expect((await world.put(`${path}/${policy.id}`, { ...plain(), routingKey: 'DB' })).status).toBe(200);
  });

  it('of two policies that want it at once, one gets', async () => {
    const answers = await Promise.all(['race', 'RACE', 'Race'].map((routingKey) => world.post(path, { ...plain(), routingKey })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 400, 400]);
  });

  it('takes an event to its policy in place of the source’s own', async () => {
    await make({ routingKey: 'to-ben', escalationRules: [{ escalationTimeout: 5, users: [{ id: ben }] }] });
    const key = await world.source((await make()).id as never);
    await world.event(key, { summary: 'routed', routingKey: 'TO-BEN' });
    expect(world.mailbox('ben').subjects.at(-1)).toContain('routed');
  });
});

describe('one level of a policy', () => {
  it('is replaced by its number from 0; the others stay', async () => {
    const policy = await make({
      escalationRules: [
        { escalationTimeout: 1, users: [{ id: ana }] },
        { escalationTimeout: 2, users: [{ id: ana }] },
      ],
    });
    const answer = await world.put(`${path}/${policy.id}/levels/1`, { escalationTimeout: 9, users: [{ id: ben }] });
    expect(answer).toMatchObject({ status: 200, body: { escalationTimeout: 9, users: [{ id: ben }], schedules: [], teams: [] } });
    const { body } = await world.get<Policy>(`${path}/${policy.id}`);
    expect(body.escalationRules).toEqual([policy.escalationRules[0], answer.body]);
  });

  it.each([
    ['2', { escalationTimeout: 1 }, 'LEVEL_NOT_FOUND', 'level: '],
    ['-1', { escalationTimeout: 1 }, 'VALIDATION_ERROR', 'level: '],
    ['first', { escalationTimeout: 1 }, 'VALIDATION_ERROR', 'level: '],
    ['0', { escalationTimeout: 1, users: [{ id: 4711 }] }, 'VALIDATION_ERROR', 'users[0].id: '],
    ['0', {}, 'VALIDATION_ERROR', 'escalationTimeout: '],
  ])('%s with %j is refused', async (level, body, code, message) => {
    const policy = await make();
    const answer = await world.put(`${path}/${policy.id}/levels/${level}`, body);
    expect(answer).toMatchObject({ status: 400, body: { code, message: expect.stringContaining(message) } });
  });

  it('is looked for in an existing policy', async () => {
    expect((await world.put(`${path}/4711/levels/0`, { escalationTimeout: 1 })).status).toBe(404);
  });
});

describe('a policy in use', () => {
  it('is not deleted while a source names it, and the answer names the source', async () => {
    const policy = await make();
    const source = { name: 'Web shop', integrationType: 'API', escalationPolicy: { id: policy.id } };
    const made = (await world.post<{ id: number }>('/api/alert-sources', source)).body;
    const refused = await world.delete(`${path}/${policy.id}`);
    expect(refused).toMatchObject({ status: 400, body: { code: 'STILL_IN_USE', message: expect.stringContaining('"Web shop"') } });
    await world.put(`/api/alert-sources/${made.id}`, { ...source, escalationPolicy: { id: (await make()).id } });
    expect((await world.delete(`${path}/${policy.id}`)).status).toBe(204);
  });

  it('is changed for later alerts only (B16)', async () => {
    const policy = await make({
      escalationRules: [
        { escalationTimeout: 5, users: [{ id: ana }] },
        { escalationTimeout: 5, users: [{ id: ana }] },
      ],
    });
    const key = await world.source(policy.id as never);
    await world.event(key, { summary: 'before the change' });
    await world.put(`${path}/${policy.id}`, { name: 'Ops', escalationRules: [{ escalationTimeout: 5, users: [{ id: ben }] }] });
    await world.advance('5m');
    expect(world.mailbox('ana').subjects.filter((subject) => subject.includes('before the change'))).toHaveLength(2);
    expect(world.mailbox('ben').subjects.filter((subject) => subject.includes('before the change'))).toHaveLength(0);
    await world.event(key, { summary: 'after the change' });
    expect(world.mailbox('ben').subjects.at(-1)).toContain('after the change');
  });
});
