import { oncallServer } from '../testing/oncall-server';
import type { Caller, OncallServer } from '../testing/oncall-server';

let server: OncallServer;
let admin: Caller;
let ben: Caller;

beforeAll(async () => {
  server = await oncallServer();
  admin = await server.person('ana', 'ADMIN');
  ben = await server.person('ben', 'RESPONDER');
});
afterAll(() => server.stop());

describe('an API key', () => {
  it('is shown once, works at once, and is of no use from the moment it is revoked', async () => {
    const made = await server.call('POST', '/api/api-keys', ben, { name: 'laptop' });
    expect(made.status).toBe(201);
    const { key, ...shown } = made.body as unknown as { key: string; id: number };
    expect(made.headers.get('location')).toBe(`/api/api-keys/${shown.id}`);
    expect(shown).toMatchObject({ name: 'laptop', role: 'RESPONDER', use: 'api', user: { id: ben.id } });
    expect((await server.call('GET', `/api/api-keys/${shown.id}`, ben)).body).toEqual(shown);
    expect((await server.call('GET', '/api/users/current', { id: ben.id, key })).body).toMatchObject({ id: ben.id });
    expect((await server.call('DELETE', `/api/api-keys/${shown.id}`, ben)).status).toBe(204);
    expect((await server.call('GET', '/api/users/current', { id: ben.id, key })).body).toMatchObject({ status: 403, code: 'KEY_ERROR' });
  });

  it('ends by itself when it was given an end', async () => {
    const expiresAt = '2026-03-02T13:00:00.000Z';
    const made = await server.call('POST', '/api/api-keys', ben, { name: 'an hour', expiresAt });
    expect(made.body).toMatchObject({ expiresAt });
    const brief = { id: ben.id, key: String(made.body['key']) };
    expect((await server.call('GET', '/api/users/current', brief)).status).toBe(200);
    await server.clock.advance('1h');
    expect((await server.call('GET', '/api/users/current', brief)).status).toBe(403);
    expect((await server.call('POST', '/api/api-keys', ben, { name: 'late', expiresAt })).status).toBe(400);
  });

  it('that ends makes none that lasts longer', async () => {
    const expiresAt = new Date(server.clock.now() + 3_600_000).toISOString();
    const made = await server.call('POST', '/api/api-keys', admin, { name: 'an hour', expiresAt });
    const brief = { id: admin.id, key: String(made.body['key']) };
    const later = new Date(server.clock.now() + 3_600_001).toISOString();
    const refused = await server.call('POST', '/api/api-keys', brief, { name: 'x', expiresAt: later, user: { id: ben.id } });
    expect(refused).toMatchObject({
      status: 403,
      body: { message: expect.stringContaining('expiresAt'), details: [{ field: 'expiresAt' }] },
    });
    expect((await server.call('POST', '/api/api-keys', brief, { name: 'x', expiresAt })).body).toMatchObject({ expiresAt });
    expect((await server.call('POST', '/api/api-keys', brief, { name: 'x', user: { id: ben.id } })).body).toMatchObject({ expiresAt });
  });

  it('gives nobody more than they have', async () => {
    expect((await server.call('POST', '/api/api-keys', ben, { name: 'x', role: 'ADMIN' })).status).toBe(403);
    expect((await server.call('POST', '/api/api-keys', admin, { name: 'x', role: 'ADMIN', user: { id: ben.id } })).status).toBe(400);
    const lower = await server.call('POST', '/api/api-keys', admin, { name: 'only looks', role: 'STAKEHOLDER' });
    const onlyLooks = { id: admin.id, key: String(lower.body['key']) };
    expect((await server.call('POST', '/api/api-keys', onlyLooks, { name: 'x', role: 'ADMIN' })).status).toBe(403);
    expect((await server.call('POST', '/api/api-keys', onlyLooks, { name: 'x' })).body).toMatchObject({ role: 'STAKEHOLDER' });
  });

  it('is made for others by administrators only, and is not there for anybody else', async () => {
    expect((await server.call('POST', '/api/api-keys', ben, { name: 'x', user: { id: admin.id } })).status).toBe(403);
    const made = await server.call('POST', '/api/api-keys', admin, { name: 'for Ben', user: { id: ben.id } });
    expect(made.body).toMatchObject({ role: 'RESPONDER', user: { id: ben.id } });
    const cleo = await server.person('cleo', 'USER');
    const at = `/api/api-keys/${String(made.body['id'])}`;
    expect([(await server.call('GET', at, cleo)).status, (await server.call('DELETE', at, cleo)).status]).toEqual([404, 404]);
    expect((await server.call('GET', '/api/api-keys', cleo)).body).toMatchObject([{ user: { id: cleo.id } }]);
    expect((await server.call('GET', '/api/api-keys', admin)).body.length).toBeGreaterThan(3);
  });

  it('never shows what it is, and sessions only when asked', async () => {
    const { configurationStore, clock } = server.platform;
    const now = clock.now();
    await configurationStore.create(
      'apikey',
      (id) => ({
        id,
        name: 'browser session',
        userId: ben.id,
        role: 'RESPONDER',
        hash: 'f00',
        use: 'session',
        createdAt: now,
        updatedAt: now,
      }),
      server.context(),
    );
    const listed = await server.call('GET', '/api/api-keys', ben);
    expect(JSON.stringify(listed.body)).not.toMatch(/hash|tk_/);
    expect(listed.body.every(({ use }) => use === 'api')).toBe(true);
    expect((await server.call('GET', '/api/api-keys?include=sessions', ben)).body.some(({ use }) => use === 'session')).toBe(true);
  });
});
