import { RELAY } from '@tocsin/contracts';
import type { EscalationPolicyId, LocalDateTime, ScheduleId, UserId } from '@tocsin/domain';
import { START } from '@tocsin/event-store';
import { ConfigurationReader } from '@tocsin/messaging';
import { createLogger } from '@tocsin/platform';
import { oncallServer } from '../testing/oncall-server';
import type { Caller, OncallServer } from '../testing/oncall-server';
import { UserDeletion } from './user-deletion';
import { UserErasure } from './user-erasure';
import { People } from './people';

/** A policy level and a schedule that name the person. */
const countOn = async (server: OncallServer, userId: UserId): Promise<{ policyId: EscalationPolicyId; scheduleId: ScheduleId }> => {
  const { configurationStore } = server.platform;
  const policy = await configurationStore.create(
    'policy',
    (id, now) => ({
      id,
      name: 'Nights',
      rules: [
        { escalationTimeoutMin: 5, targets: [] },
        { escalationTimeoutMin: 5, targets: [{ type: 'user', userId }] },
      ],
      repeating: false,
      frequency: 1,
      delayMin: 0,
      teamIds: [],
      createdAt: now,
      updatedAt: now,
    }),
    server.context(),
  );
  const local = (text: string) => text as LocalDateTime;
  const schedule = await configurationStore.create(
    'schedule',
    (id, now) => ({
      id,
      name: 'Primary',
      timezone: 'Europe/Berlin',
      teamIds: [],
      overrides: [],
      type: 'STATIC',
      showGaps: true,
      plans: [
        {
          from: now,
          shifts: [
            { userId, start: local('2026-02-01T09:00'), end: local('2026-02-02T09:00') },
            { userId, start: local('2026-03-10T09:00'), end: local('2026-03-11T09:00') },
          ],
        },
      ],
      createdAt: now,
      updatedAt: now,
    }),
    server.context(),
  );
  return { policyId: policy.id, scheduleId: schedule.id };
};

describe('deleting a person', () => {
  let server: OncallServer;
  let admin: Caller;

  beforeAll(async () => {
    server = await oncallServer();
    admin = await server.person('ana', 'ADMIN');
  });
  afterAll(() => server.stop());

  it('lists first where they are counted on, and needs the gaps confirmed (B33)', async () => {
    const ben = await server.person('ben', 'USER');
    const { policyId, scheduleId } = await countOn(server, ben.id);
    const team = await server.call('POST', '/api/teams', admin, { name: 'Ops', members: [{ user: { id: ben.id } }] });

    const refused = await server.call('DELETE', `/api/users/${ben.id}`, admin);
    expect({ status: refused.status, code: refused.body['code'] }).toEqual({ status: 400, code: 'STILL_IN_USE' });
    const policy = { type: 'escalation-policy', id: policyId, name: 'Nights', level: 2 };
    const shifts = [{ start: '2026-03-10T08:00:00.000Z', end: '2026-03-11T08:00:00.000Z' }];
    expect(refused.body['details']).toEqual([
      { message: 'escalation-policy "Nights" level 2 names it', resource: policy },
      { message: 'schedule "Primary" names it', resource: { type: 'schedule', id: scheduleId, name: 'Primary', shifts } },
      { message: 'team "Ops" names it', resource: { type: 'team', id: team.body['id'], name: 'Ops' } },
    ]);
    expect((await server.call('GET', '/api/users/current', ben)).status).toBe(200);

    expect((await server.call('DELETE', `/api/users/${ben.id}?confirm-gaps=true`, admin)).status).toBe(204);
    expect((await server.call('GET', `/api/users/${ben.id}`, admin)).status).toBe(404);
    expect((await server.call('GET', '/api/users/current', ben)).body).toMatchObject({ code: 'KEY_ERROR' });
    expect((await server.call('GET', `/api/teams/${String(team.body['id'])}`, admin)).body).toMatchObject({ members: [] });
    expect(server.platform.configuration.list('apikey').filter(({ userId }) => userId === ben.id)).toEqual([]);
    expect(server.platform.configuration.get('policy', policyId)?.rules[1]?.targets).toEqual([{ type: 'user', userId: ben.id }]);
  });

  it('removes the stream that holds their data, and frees their address', async () => {
    const cleo = await server.person('cleo', 'USER');
    const contacts = `/api/users/${cleo.id}/contacts/emails`;
    const { id } = (await server.call('POST', contacts, cleo, { target: 'cleo@home.example' })).body;
    expect((await server.call('POST', `${contacts}/${String(id)}/verification-codes`, cleo)).status).toBeLessThan(300);
    const left = () => Promise.all(['user', 'verification'].map((kind) => server.platform.eventStore.readStream(`${kind}-${cleo.id}`)));
    expect((await left()).every((events) => events.length > 0)).toBe(true);
    await server.call('DELETE', `/api/users/${cleo.id}`, admin);
    await server.settle();
    expect(await left()).toEqual([[], []]);
    const again = await server.call('POST', '/api/users', admin, { email: 'cleo@example.org', firstName: 'Cleo', lastName: 'Anew' });
    expect(again.status).toBe(201);
    expect(again.body['id']).not.toBe(cleo.id);
  });

  it('leaves what was done to them in the audit log, and nothing in the whole log that says who they were', async () => {
    const eve = await server.person('eve', 'USER');
    await server.call('PUT', `/api/users/${eve.id}`, admin, { email: 'eve.other@example.org', firstName: 'Evelyn', lastName: 'Oneill' });
    await server.call('DELETE', `/api/users/${eve.id}`, admin);
    await server.settle();
    const { body } = await server.call('GET', `/api/audit-log?resource-type=user&resource-id=${eve.id}`, admin);
    expect(body.map(({ action }) => action)).toEqual(['deleted', 'changed', 'created']);
    const { events, atHead } = await server.platform.eventStore.readAll({ after: START, prefixes: [], limit: 500 });
    expect(atHead).toBe(true);
    expect(events.map(({ type }) => type)).toContain('UserErased');
    expect(JSON.stringify(events)).not.toMatch(/"eve"|eve@|eve\.other|Evelyn|Oneill/);
  });

  it('cannot be named by what is configured at the same moment', async () => {
    const dan = await server.person('dan', 'USER');
    const shifts = [{ user: { id: dan.id }, start: '2026-03-02T09:00', end: '2026-04-03T09:00' }];
    const rota = { name: 'Rota', type: 'STATIC', timezone: 'Europe/Berlin', shifts };
    const [gone, made] = await Promise.all([
      server.call('DELETE', `/api/users/${dan.id}`, admin),
      server.call('POST', '/api/schedules', admin, rota),
    ]);
    expect([
      [204, 400],
      [400, 201],
    ]).toContainEqual([gone.status, made.status]);
  });

  it('keeps the last administrator', async () => {
    const answer = await server.call('DELETE', '/api/users/current', admin);
    expect({ status: answer.status, code: answer.body['code'] }).toEqual({ status: 400, code: 'STILL_IN_USE' });
  });
});

describe('an erasure that was interrupted', () => {
  let running: OncallServer;
  afterEach(() => running.stop());

  it('does not remove the stream before the bus has its end, and is completed after a restart', async () => {
    running = await oncallServer();
    const admin = await running.person('ana', 'ADMIN');
    const ben = await running.person('ben', 'USER');
    const directory = await running.stop({ keep: true });

    running = await oncallServer({ directory, relaying: false });
    expect((await running.call('DELETE', `/api/users/${ben.id}`, admin)).status).toBe(204);
    expect(await running.platform.eventStore.readStream(`user-${ben.id}`)).toHaveLength(2);
    await running.stop({ keep: true });

    running = await oncallServer({ directory });
    await running.settle();
    expect(await running.platform.eventStore.readStream(`user-${ben.id}`)).toEqual([]);
    expect(running.platform.configuration.get('user', ben.id)).toBeUndefined();
    expect(running.platform.configuration.list('apikey').map(({ userId }) => userId)).toEqual([admin.id]);
  });

  it('goes by the checkpoint of the relay where the topic has dropped the tombstone', async () => {
    running = await oncallServer({ relaying: false });
    const { eventStore, configurationStore, clock } = running.platform;
    const ben = await running.person('ben', 'USER');
    await configurationStore.remove('user', ben.id, () => undefined, running.context());
    const nothingKnown = new ConfigurationReader();
    const deletion = new UserDeletion({ people: new People(nothingKnown), configuration: nothingKnown, configurationStore, clock });
    const erasure = new UserErasure({ eventStore, configuration: nothingKnown, deletion, clock, log: createLogger({ level: 'error' }) });
    erasure.start();
    const before = await eventStore.readStream(`user-${ben.id}`);
    await eventStore.saveCheckpoint(RELAY, await eventStore.head());
    await erasure.settled();
    await erasure.stop();
    expect(before).toHaveLength(2);
    expect(await eventStore.readStream(`user-${ben.id}`)).toEqual([]);
  });
});
