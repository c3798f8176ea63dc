import type { EscalationPolicyId, TeamId } from '@tocsin/domain';
import { oncallServer } from '../testing/oncall-server';
import type { Caller, OncallServer } from '../testing/oncall-server';

let server: OncallServer;
let admin: Caller;
let ben: Caller;
let cleo: Caller;

beforeAll(async () => {
  server = await oncallServer();
  admin = await server.person('ana', 'ADMIN');
  ben = await server.person('ben', 'USER');
  cleo = await server.person('cleo', 'USER');
});
afterAll(() => server.stop());

const idsOf = (team: Readonly<Record<string, unknown>>): number[] =>
  (team['members'] as { user: { id: number } }[]).map(({ user }) => user.id);

describe('a team', () => {
  it('is created where Location says, its members sorted, and found by id, by name and by member', async () => {
    const made = await server.call('POST', '/api/teams', admin, {
      id: 0,
      name: 'Operations & Ähnliches',
      members: [{ user: { id: cleo.id, firstName: '' }, role: 'ADMIN' }, { user: { id: ben.id } }],
    });
    expect(made.status).toBe(201);
    const { id } = made.body;
    expect(made.headers.get('location')).toBe(`/api/teams/${String(id)}`);
    expect(made.body).toMatchObject({
      visibility: 'PUBLIC',
      members: [
        { user: { id: ben.id }, role: 'RESPONDER' },
        { user: { id: cleo.id }, role: 'ADMIN' },
      ],
    });
    expect((await server.call('GET', `/api/teams/${String(id)}`, ben)).body).toEqual(made.body);
    expect((await server.call('GET', `/api/teams/name/${encodeURIComponent('Operations & Ähnliches')}`, ben)).body).toEqual(made.body);
    expect((await server.call('GET', `/api/teams?members=${cleo.id}`, ben)).body).toEqual([made.body]);
    expect((await server.call('GET', `/api/teams?members=${admin.id}`, ben)).body).toEqual([]);
    expect((await server.call('GET', '/api/teams/name/nobody', ben)).status).toBe(404);
  });

  it('is replaced as a whole: without members it has none', async () => {
    const { body } = await server.call('POST', '/api/teams', admin, { name: 'Night', members: [{ user: { id: ben.id } }] });
    const replaced = await server.call('PUT', `/api/teams/${String(body['id'])}`, admin, { name: 'Day', members: null });
    expect(replaced.status).toBe(200);
    expect(replaced.body).toMatchObject({ name: 'Day', members: [] });
  });

  it('is changed by its own administrators and by no other member', async () => {
    const { body } = await server.call('POST', '/api/teams', admin, {
      name: 'Own',
      members: [{ user: { id: cleo.id }, role: 'ADMIN' }, { user: { id: ben.id } }],
    });
    const at = `/api/teams/${String(body['id'])}/members`;
    expect((await server.call('POST', at, ben, { user: { id: admin.id } })).status).toBe(403);
    const added = await server.call('POST', at, cleo, { user: { id: admin.id }, role: 'STAKEHOLDER' });
    expect(added.status).toBe(201);
    expect(added.body).toMatchObject({ user: { id: admin.id }, role: 'STAKEHOLDER' });
    expect((await server.call('DELETE', `${at}/${ben.id}`, cleo)).status).toBe(204);
    expect((await server.call('DELETE', `${at}/${ben.id}`, cleo)).status).toBe(404);
    expect(idsOf((await server.call('GET', `/api/teams/${String(body['id'])}`, ben)).body)).toEqual([admin.id, cleo.id]);
  });

  it.each([
    ['a visibility that there is not', () => ({ name: 'x', visibility: 'SECRET' }), 'VALIDATION_ERROR'],
    ['a member nobody knows', () => ({ name: 'x', members: [{ user: { id: 4711 } }] }), 'VALIDATION_ERROR'],
    ['a member named twice', () => ({ name: 'x', members: [{ user: { id: ben.id } }, { user: { id: ben.id } }] }), 'VALIDATION_ERROR'],
    ['no name', () => ({ name: '' }), 'VALIDATION_ERROR'],
  ])('is refused with %s', async (_situation, body, code) => {
    const answer = await server.call('POST', '/api/teams', admin, body());
    expect({ status: answer.status, code: answer.body['code'] }).toEqual({ status: 400, code });
  });

  it('stays while an escalation policy pages it', async () => {
    const { body } = await server.call('POST', '/api/teams', admin, { name: 'Paged' });
    const teamId = Number(body['id']) as TeamId;
    const { configurationStore, clock } = server.platform;
    const policy = {
      name: 'Nights',
      rules: [{ escalationTimeoutMin: 5, targets: [{ type: 'team' as const, teamId }] }],
      repeating: false,
      frequency: 1,
      delayMin: 0,
      teamIds: [],
      createdAt: clock.now(),
      updatedAt: clock.now(),
    };
    const { id } = await configurationStore.create(
      'policy',
      (policyId: EscalationPolicyId) => ({ id: policyId, ...policy }),
      server.context(),
    );
    expect((await server.call('DELETE', `/api/teams/${teamId}`, admin)).body).toMatchObject({
      code: 'STILL_IN_USE',
      details: [{ resource: { id } }],
    });
    await configurationStore.remove('policy', id, () => undefined, server.context());
    expect((await server.call('DELETE', `/api/teams/${teamId}`, admin)).status).toBe(204);
  });
});
