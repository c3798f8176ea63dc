import { oncallServer } from '../testing/oncall-server';
import type { Caller, OncallServer } from '../testing/oncall-server';

let server: OncallServer;
let admin: Caller;
let ben: Caller;

beforeAll(async () => {
  server = await oncallServer();
  admin = await server.person('ana', 'ADMIN');
  ben = await server.person('ben', 'USER');
});
afterAll(() => server.stop());

describe('the audit log', () => {
  it('has each change at once, with who made it, from what, to what, and from where', async () => {
    const { body } = await server.call('POST', '/api/teams', admin, { name: 'Ops' });
    const id = Number(body['id']);
    await server.call('PUT', `/api/teams/${id}`, admin, { name: 'Operations' });
    await server.call('DELETE', `/api/teams/${id}`, admin);
    const log = await server.call('GET', `/api/audit-log?resource-type=team&resource-id=${id}`, admin);
    expect(log.status).toBe(200);
    const by = { actor: { type: 'user', id: admin.id }, remoteAddress: '127.0.0.1', time: '2026-03-02T12:00:00.000Z' };
    expect(log.body).toMatchObject([
      { ...by, action: 'deleted', resource: { type: 'team', id, name: 'Operations' } },
      { ...by, action: 'changed', changes: [{ field: 'name', before: 'Ops', after: 'Operations' }] },
      { ...by, action: 'created' },
    ]);
  });

  it('shows that personal data changed, and not what it is', async () => {
    await server.call('PUT', `/api/users/${ben.id}`, admin, { email: 'secret@example.org', firstName: 'Hidden', lastName: 'Name' });
    const log = await server.call('GET', `/api/audit-log?resource-type=user&resource-id=${ben.id}`, admin);
    expect(JSON.stringify(log.body)).not.toMatch(/secret@|Hidden|ben@|"ben"/);
    expect(log.body[0]).toMatchObject({ action: 'changed' });
  });

  it('is read in pages, newest first, none twice and none left out', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) await server.call('POST', '/api/teams', admin, { name });
    const whole = (await server.call('GET', '/api/audit-log?max-results=100', admin)).body.map(({ id }) => id);
    const seen: unknown[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page = await server.call('GET', `/api/audit-log?max-results=3${cursor === '' ? '' : `&cursor=${cursor}`}`, admin);
      seen.push(...page.body.map(({ id }) => id));
      cursor = page.headers.get('next-cursor');
    }
    expect(seen).toEqual(whole);
    expect(seen).toEqual([...seen].sort().reverse());
  });

  it.each(['max-results=101', 'max-results=0', 'cursor=7', 'resource-type=dog', 'resource-id=7'])('refuses %s', async (query) => {
    expect((await server.call('GET', `/api/audit-log?${query}`, admin)).status).toBe(400);
  });
});
