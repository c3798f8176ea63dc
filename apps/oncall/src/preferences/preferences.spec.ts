import { topics } from '@tocsin/contracts';
import type { Message } from '@tocsin/messaging';
import { oncallServer } from '../testing/oncall-server';
import type { Caller, OncallServer } from '../testing/oncall-server';

let server: OncallServer;
let admin: Caller;
let ben: Caller;
let email: number;
let phone: number;
let unverified: number;

beforeAll(async () => {
  server = await oncallServer();
  admin = await server.person('ana', 'ADMIN');
  ben = await server.person('ben', 'RESPONDER');
  const idOf = (answer: { readonly body: Readonly<Record<string, unknown>> }): number => Number(answer.body['id']);
  email = Number((await server.call('GET', '/api/users/current/contacts/emails', ben)).body[0]?.['id']);
  phone = idOf(
    await server.call('POST', `/api/users/${ben.id}/contacts/phone-numbers`, admin, { regionCode: 'DE', target: '+4915112345678' }),
  );
  unverified = idOf(await server.call('POST', '/api/users/current/contacts/emails', ben, { target: 'ben@home.example' }));
});
afterAll(() => server.stop());

const alerts = '/api/users/current/notification-preferences/alerts';

describe('an alert preference', () => {
  it('is created, read, replaced and deleted by its id', async () => {
    const made = await server.call('POST', alerts, ben, {
      method: 'SMS',
      contact: { id: phone, target: 'left alone' },
      delayMin: 5,
      type: 'HIGH_PRIORITY',
    });
    expect(made.status).toBe(201);
    expect(made.headers.get('location')).toBe(`/api/users/${ben.id}/notification-preferences/alerts/${String(made.body['id'])}`);
    expect(made.body).toMatchObject({
      method: 'SMS',
      contact: { id: phone, target: '+4915112345678' },
      delayMin: 5,
      type: 'HIGH_PRIORITY',
    });
    const at = `${alerts}/${String(made.body['id'])}`;
    expect((await server.call('GET', at, ben)).body).toEqual(made.body);
    const replaced = await server.call('PUT', at, ben, { method: 'EMAIL', contact: { id: email }, type: 'LOW_PRIORITY' });
    expect(replaced.body).toMatchObject({ method: 'EMAIL', contact: { id: email }, delayMin: 0, type: 'LOW_PRIORITY' });
    expect((await server.call('DELETE', at, ben)).status).toBe(204);
    expect((await server.call('GET', at, ben)).status).toBe(404);
  });

  it('by push has no contact; null is the same as none', async () => {
    const made = await server.call('POST', alerts, ben, { method: 'PUSH', contact: null, delayMin: 0, type: 'HIGH_PRIORITY' });
    expect(made.status).toBe(201);
    expect(made.body).not.toHaveProperty('contact');
  });

  it.each([
    ['push to a contact', () => ({ method: 'PUSH', contact: { id: email } }), 'contact: must be absent with PUSH'],
    ['no contact', () => ({ method: 'SMS' }), 'contact: must be given'],
    ['a contact of another kind', () => ({ method: 'SMS', contact: { id: email } }), 'contact: SMS needs a phone number'],
    ['a contact of nobody', () => ({ method: 'EMAIL', contact: { id: 4711 } }), 'has no contact 4711'],
    [
      'a longer delay',
      () => ({ method: 'EMAIL', contact: { id: email }, delayMin: 121 }),
      'delayMin: must be a whole number from 0 to 120',
    ],
    ['an unknown method', () => ({ method: 'FAX', contact: { id: email } }), 'method: must be one of'],
  ])('is refused with %s', async (_situation, body, message) => {
    const answer = await server.call('POST', alerts, ben, { type: 'HIGH_PRIORITY', delayMin: 0, ...body() });
    expect(answer.status).toBe(400);
    expect(String(answer.body['message'])).toContain(message);
  });
});

describe('a preference for shifts', () => {
  const at = '/api/users/current/notification-preferences/duties';

  it('is created, read, replaced and deleted by its id', async () => {
    const made = await server.call('POST', at, ben, { type: 'ON_CALL', method: 'EMAIL', contact: { id: email }, beforeMin: 60 });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ type: 'ON_CALL', method: 'EMAIL', contact: { id: email }, beforeMin: 60 });
    const one = `${at}/${String(made.body['id'])}`;
    expect((await server.call('GET', one, ben)).body).toEqual(made.body);
    expect((await server.call('PUT', one, ben, { method: 'PUSH' })).body).toEqual({
      id: made.body['id'],
      type: 'ON_CALL',
      method: 'PUSH',
      beforeMin: 0,
    });
    expect((await server.call('GET', '/api/users/current/notification-preferences/updates', ben)).body).toEqual([]);
    expect((await server.call('DELETE', one, ben)).status).toBe(204);
    expect((await server.call('GET', at, ben)).body).toEqual([]);
  });

  it.each([
    ['a time that cannot be chosen', { beforeMin: 20, method: 'PUSH' }, 'beforeMin: must be one of 0, 15, 30, 60'],
    ['a call', { beforeMin: 15, method: 'VOICE' }, 'method: must be one of EMAIL, SMS, PUSH'],
  ])('is refused with %s', async (_situation, body, message) => {
    const answer = await server.call('POST', at, ben, body);
    expect(answer.status).toBe(400);
    expect(String(answer.body['message'])).toContain(message);
  });

  it('is there for a new person: half an hour before', async () => {
    const { body } = await server.call('POST', '/api/users', admin, { email: 'new@example.org', firstName: 'New', lastName: 'One' });
    expect((await server.call('GET', `/api/users/${String(body['id'])}/notification-preferences/duties`, admin)).body).toMatchObject([
      { type: 'ON_CALL', method: 'EMAIL', beforeMin: 30, contact: { target: 'new@example.org', verified: true } },
    ]);
  });
});

describe('a preference for status updates', () => {
  const at = '/api/users/current/notification-preferences/updates';
  const accepted = () => ({ type: 'ALERT_ACCEPTED', method: 'EMAIL', contact: { id: email } });

  it('is there only once somebody has switched it on (B29); created, read, replaced and deleted by its id', async () => {
    expect((await server.call('GET', at, ben)).body).toEqual([]);
    const made = await server.call('POST', at, ben, accepted());
    expect({ status: made.status, location: made.headers.get('location') }).toEqual({
      status: 201,
      location: `/api/users/${ben.id}/notification-preferences/updates/${String(made.body['id'])}`,
    });
    expect(made.body).toEqual({
      id: expect.any(Number),
      type: 'ALERT_ACCEPTED',
      method: 'EMAIL',
      contact: expect.objectContaining({ id: email, target: 'ben@example.org' }),
    });
    const one = `${at}/${String(made.body['id'])}`;
    expect((await server.call('GET', one, ben)).body).toEqual(made.body);
    expect((await server.call('GET', at, ben)).body).toEqual([made.body]);
    const replaced = await server.call('PUT', one.replace('current', String(ben.id)), admin, {
      type: 'ALERT_RESOLVED',
      method: 'PUSH',
      contact: null,
    });
    expect(replaced.body).toEqual({ id: made.body['id'], type: 'ALERT_RESOLVED', method: 'PUSH' });
    expect((await server.call('GET', alerts, ben)).body).not.toContainEqual(expect.objectContaining({ id: made.body['id'] }));
    expect((await server.call('DELETE', one, ben)).status).toBe(204);
    expect((await server.call('GET', one, ben)).status).toBe(404);
  });

  it('keeps its contact', async () => {
    const { body: contact } = await server.call('POST', `/api/users/${ben.id}/contacts/emails`, admin, { target: 'ben@updates.example' });
    const { body } = await server.call('POST', at, ben, { ...accepted(), contact: { id: contact['id'] } });
    expect(await server.call('DELETE', `/api/users/${ben.id}/contacts/emails/${String(contact['id'])}`, ben)).toMatchObject({
      status: 400,
      body: { code: 'STILL_IN_USE', details: [{ resource: { type: 'updates-preference', id: body['id'] } }] },
    });
    await server.call('DELETE', `${at}/${String(body['id'])}`, ben);
  });

  it('stays when the person is changed', async () => {
    const { body } = await server.call('POST', at, ben, accepted());
    await server.call('PUT', '/api/users/current', ben, { email: 'ben@example.org', firstName: 'Ben', lastName: 'B' });
    expect((await server.call('GET', at, ben)).body).toEqual([body]);
    await server.call('DELETE', `${at}/${String(body['id'])}`, ben);
  });

  it.each([
    ['a call', () => ({ ...accepted(), method: 'VOICE', contact: { id: phone } }), 'method: must be one of EMAIL, SMS, PUSH'],
    ['an unknown type', () => ({ ...accepted(), type: 'ALERT_RAISED' }), 'type: must be one of ALERT_ACCEPTED'],
    ['no contact', () => ({ type: 'ALERT_ACCEPTED', method: 'SMS' }), 'contact: must be given'],
  ])('is refused with %s', async (_situation, body, message) => {
    const answer = await server.call('POST', at, ben, body());
    expect(answer.status).toBe(400);
    expect(String(answer.body['message'])).toContain(message);
  });

  it("is nobody else's (B32)", async () => {
    const cleo = await server.person('cleo', 'USER');
    expect((await server.call('POST', `/api/users/${ben.id}/notification-preferences/updates`, cleo, accepted())).status).toBe(403);
    expect((await server.call('GET', `/api/users/${ben.id}/notification-preferences/updates`, cleo)).status).toBe(403);
  });
});

describe('a preference for subscriptions', () => {
  const at = '/api/users/current/notification-preferences/subscriptions';

  it('is created, read, replaced and deleted by its id', async () => {
    const made = await server.call('POST', at, ben, { method: 'EMAIL', contact: { id: email } });
    expect(made.status).toBe(201);
    expect(made.body).toEqual({ id: expect.any(Number), method: 'EMAIL', contact: expect.objectContaining({ id: email }) });
    const one = `${at}/${String(made.body['id'])}`;
    expect((await server.call('GET', one, ben)).body).toEqual(made.body);
    expect((await server.call('PUT', one, ben, { method: 'PUSH' })).body).toEqual({ id: made.body['id'], method: 'PUSH' });
    expect((await server.call('DELETE', one, ben)).status).toBe(204);
    expect((await server.call('GET', at, ben)).body).toEqual([]);
  });

  it('is refused with a method that it cannot have', async () => {
    const answer = await server.call('POST', at, ben, { method: 'TELEGRAM', contact: { id: phone } });
    expect(answer.body).toMatchObject({ status: 400, message: 'method: must be one of EMAIL, SMS, PUSH for subscriptions' });
  });
});

describe('a test notification', () => {
  const path = '/api/users/current/test-notification';

  it('is handed to the notification service with the contact', async () => {
    const asked = await server.call('POST', path, ben, { method: 'EMAIL', contact: { id: email } });
    expect(asked.status).toBe(202);
    expect(asked.body).toMatchObject({ id: expect.any(Number) as number, method: 'EMAIL', contact: { id: email }, status: 'SCHEDULED' });
    const message = await new Promise<Message>((resolve, reject) => {
      server.platform.bus
        .connect(topics.notificationCommands, 'spec', {
          receive: ([first]) => Promise.resolve(first === undefined ? undefined : resolve(first)),
          revoked: () => Promise.resolve(),
        })
        .catch(reject);
    });
    expect(message).toMatchObject({
      type: 'SendTestNotification',
      key: `user-${ben.id}`,
      data: { notificationId: asked.body['id'], userId: ben.id, method: 'EMAIL', contactId: email },
    });
  });

  it.each([
    ['a contact that is not verified', () => ({ method: 'EMAIL', contact: { id: unverified } }), 'is not verified'],
    ['a method without a provider', () => ({ method: 'VOICE', contact: { id: phone } }), 'no provider is set up for VOICE'],
    ['a contact of another kind', () => ({ method: 'SMS', contact: { id: email } }), 'needs a phone number'],
    ['a method that the list cannot have', () => ({ list: 'duties', method: 'VOICE', contact: { id: phone } }), 'for duties'],
    ['an unknown list', () => ({ list: 'all', method: 'EMAIL', contact: { id: email } }), 'list: must be one of alerts, updates'],
  ])('is refused for %s', async (_situation, body, message) => {
    const answer = await server.call('POST', path, ben, body());
    expect(answer.status).toBe(400);
    expect(String(answer.body['message'])).toContain(message);
  });
});
