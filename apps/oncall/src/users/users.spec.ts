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

const cleo = { email: 'Cleo.Stone@example.org', firstName: 'Cleo', lastName: 'Stone' };

describe('a new user', () => {
  it('is created where Location says, with one verified e-mail contact and e-mail at once for both priorities (B15)', async () => {
    const made = await server.call('POST', '/api/users?send-no-invitation=true', admin, {
      ...cleo,
      id: 0,
      createdAt: '',
      region: '',
      mobile: { regionCode: 'DE', number: '1' },
      notificationPreferences: [{ delay: 0, method: 'EMAIL' }],
    });
    expect(made.status).toBe(201);
    const { id } = made.body;
    expect(made.headers.get('location')).toBe(`/api/users/${String(id)}`);
    expect(made.body).toMatchObject({ username: 'Cleo.Stone', email: cleo.email, role: 'USER', timezone: 'Europe/Berlin', language: 'en' });
    expect(made.body).not.toHaveProperty('mobile');

    const contacts = await server.call('GET', `/api/users/${String(id)}/contacts/emails`, admin);
    expect(contacts.body).toEqual([{ id: expect.any(Number), target: cleo.email, status: 'OK', verified: true }]);
    const preferences = await server.call('GET', `/api/users/${String(id)}/notification-preferences/alerts`, admin);
    const contact = contacts.body[0];
    expect(preferences.body).toEqual([
      { id: expect.any(Number), method: 'EMAIL', contact, delayMin: 0, type: 'HIGH_PRIORITY' },
      { id: expect.any(Number), method: 'EMAIL', contact, delayMin: 0, type: 'LOW_PRIORITY' },
    ]);
  });

  it.each([
    ['an address somebody has, whatever its case', { ...cleo, email: 'BEN@example.org' }, 'ALREADY_EXISTS', 'email'],
    ['a username somebody has', { ...cleo, email: 'new@example.org', username: 'Ben' }, 'ALREADY_EXISTS', 'username'],
    ['a username that is a number', { ...cleo, email: 'new@example.org', username: '42' }, 'VALIDATION_ERROR', 'username'],
    ['no address', { ...cleo, email: 'nobody' }, 'VALIDATION_ERROR', 'email'],
    ['an unknown zone', { ...cleo, email: 'new@example.org', timezone: 'Europe/Atlantis' }, 'VALIDATION_ERROR', 'timezone'],
    ['an offset for a zone', { ...cleo, email: 'new@example.org', timezone: '+01:00' }, 'VALIDATION_ERROR', 'timezone'],
    ['another language', { ...cleo, email: 'new@example.org', language: 'fr' }, 'VALIDATION_ERROR', 'language'],
    ['no name', { email: 'new@example.org', lastName: 'x' }, 'VALIDATION_ERROR', 'firstName'],
  ])('is refused with %s, naming the field', async (_situation, body, code, field) => {
    const answer = await server.call('POST', '/api/users', admin, body);
    expect({ status: answer.status, code: answer.body['code'] }).toEqual({ status: 400, code });
    expect(String(answer.body['message'])).toContain(`${field}: `);
  });

  it('gets another username when the usual one is taken', async () => {
    const made = await server.call('POST', '/api/users', admin, { ...cleo, email: 'ben@example.com' });
    expect(made.body).toMatchObject({ username: 'ben2' });
  });
});

describe('looking up people', () => {
  it('takes an id, a username in any case, or current (B4)', async () => {
    for (const path of [String(ben.id), 'ben', 'BEN'])
      expect((await server.call('GET', `/api/users/${path}`, admin)).body).toMatchObject({ id: ben.id });
    expect((await server.call('GET', '/api/users/current', ben)).body).toMatchObject({ id: ben.id });
  });

  it('says 404 in JSON for whom nobody knows', async () => {
    const answer = await server.call('GET', '/api/users/4711', ben);
    expect(answer.status).toBe(404);
    expect(answer.body).toMatchObject({ status: 404, code: 'NOT_FOUND' });
  });

  it('finds an e-mail address without putting it into the path', async () => {
    expect((await server.call('POST', '/api/users/search-email', ben, { email: 'Ana@Example.org' })).body).toMatchObject({ id: admin.id });
    expect((await server.call('POST', '/api/users/search-email', ben, { email: 'x@example.org' })).status).toBe(404);
  });

  it('pages, and refuses more than 100 at once', async () => {
    expect((await server.call('GET', '/api/users?start-index=1&max-results=1', ben)).body).toMatchObject([{ id: ben.id }]);
    expect((await server.call('GET', '/api/users?max-results=101', ben)).status).toBe(400);
  });
});

describe('changing a user', () => {
  const asSent = { email: 'ben@example.org', firstName: 'Benedict', lastName: 'Example' };

  it('replaces the whole profile and leaves what has no empty value', async () => {
    await server.call('PUT', '/api/users/current', ben, { ...asSent, position: 'SRE', timezone: 'America/New_York' });
    const changed = await server.call('PUT', `/api/users/${ben.id}`, ben, asSent);
    expect(changed.status).toBe(200);
    expect(changed.body).toMatchObject({ firstName: 'Benedict', timezone: 'America/New_York', role: 'USER', username: 'ben' });
    expect(changed.body).not.toHaveProperty('position');
  });

  it('mutes until then, is left muted by clients that do not know of it, and is unmuted by null', async () => {
    const mutedUntil = '2026-03-03T12:00:00.000Z';
    expect((await server.call('PUT', '/api/users/current', ben, { ...asSent, mutedUntil })).body).toMatchObject({ mutedUntil });
    expect((await server.call('PUT', '/api/users/current', ben, asSent)).body).toMatchObject({ mutedUntil });
    expect((await server.call('PUT', '/api/users/current', ben, { ...asSent, mutedUntil: null })).body).not.toHaveProperty('mutedUntil');
    expect((await server.call('PUT', '/api/users/current', ben, { ...asSent, mutedUntil: 'tomorrow' })).status).toBe(400);
  });

  it('is for the person and for administrators only (B32)', async () => {
    const answer = await server.call('PUT', `/api/users/${admin.id}`, ben, { ...asSent, email: 'ana@example.org' });
    expect(answer.status).toBe(403);
    expect((await server.call('PUT', `/api/users/${ben.id}`, admin, asSent)).status).toBe(200);
  });

  it('does not let anyone raise themselves, nor take another login address', async () => {
    expect((await server.call('PUT', '/api/users/current', ben, { ...asSent, role: 'ADMIN' })).status).toBe(403);
    expect((await server.call('PUT', '/api/users/current', ben, { ...asSent, email: 'boss@example.org' })).status).toBe(403);
    expect((await server.call('GET', '/api/users/current', ben)).body).toMatchObject({ role: 'USER', email: 'ben@example.org' });
  });

  it('does not take the role from the last administrator', async () => {
    const answer = await server.call('PUT', '/api/users/current', admin, {
      email: 'ana@example.org',
      firstName: 'Ana',
      lastName: 'Example',
      role: 'USER',
    });
    expect({ status: answer.status, code: answer.body['code'] }).toEqual({ status: 400, code: 'STILL_IN_USE' });
  });

  it('moves the e-mail contact along when an administrator changes the login address', async () => {
    const dora = await server.person('dora', 'USER');
    await server.call('PUT', `/api/users/${dora.id}`, admin, { email: 'dora@example.net', firstName: 'Dora', lastName: 'Example' });
    expect((await server.call('GET', '/api/users/current/contacts/emails', dora)).body).toMatchObject([
      { target: 'dora@example.net', verified: true },
    ]);
  });
});
