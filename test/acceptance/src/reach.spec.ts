import type { Contact, ContactId, PreferenceId, User } from '@tocsin/domain';
import { World } from './world';

let world: World;
beforeAll(async () => (world = await World.start()));
afterAll(() => world.stop());

const id = (value: number): never => value as never;

/** Somebody with an address that takes pages, a number that was never verified, and rules of all lists. */
const person = async (name: string) => {
  const userId = await world.person(name, { role: 'RESPONDER' });
  const phone: Contact = {
    id: id(8000),
    type: 'phone',
    regionCode: 'DE',
    target: '+4915112345678',
    primary: true,
    status: 'OK',
    verified: false,
  };
  await world.changePerson(userId, (user: User) => {
    const contactId = user.contacts[0]?.id as ContactId;
    return {
      ...user,
      contacts: [...user.contacts, phone],
      alertPreferences: [
        { id: id(8001), type: 'HIGH_PRIORITY', method: 'EMAIL', contactId, delayMin: 0 },
        { id: id(8002), type: 'HIGH_PRIORITY', method: 'SMS', contactId: phone.id, delayMin: 5 },
      ],
      messagePreferences: [
        { list: 'updates', id: id(8003), type: 'ALERT_ACCEPTED', method: 'PUSH' },
        { list: 'duties', id: 8004 as PreferenceId, type: 'ON_CALL', method: 'EMAIL', contactId, beforeMin: 30 },
      ],
      chatAccounts: [
        { method: 'TELEGRAM', id: '1', address: '1', linkedAt: user.createdAt, closed: { reason: 'blocked', at: user.createdAt } },
      ],
    };
  });
  const key = await world.keyOf(userId);
  await world.settle();
  return { userId, key };
};

describe('a person at their own page (B32)', () => {
  it('sees all of how they are reached, and which rules lead to nothing and why', async () => {
    const { userId, key } = await person('ana');
    const { status, body } = await world.get('/me/reach', key);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      user: { id: userId, language: 'en' },
      readiness: { ready: true, problems: expect.arrayContaining([expect.objectContaining({ code: 'NEVER_REACHED' })]) },
      emails: [{ target: 'ana@example.test', verified: true }],
      phoneNumbers: [{ id: 8000, verified: false }],
      deviceCount: 0,
      // No other chat is set up here, so that none could be linked.
      chats: [{ method: 'TELEGRAM', state: 'CLOSED' }],
      alerts: [
        { method: 'EMAIL', delayMin: 0 },
        { method: 'SMS', delayMin: 5, contact: { id: 8000 } },
      ],
      updates: [{ type: 'ALERT_ACCEPTED', method: 'PUSH' }],
      duties: [{ beforeMin: 30 }],
      subscriptions: [],
      unusable: [
        { preference: { id: 8002 }, code: 'CONTACT_NOT_VERIFIED' },
        { preference: { id: 8003 }, code: 'NO_DEVICE' },
      ],
    });
    expect(body['methods']).toContain('EMAIL');
    expect((await world.get('/me/state', key)).body).toMatchObject({ ready: true });
  });

  it('sees a mute for as long as it lasts', async () => {
    const { userId, key } = await person('ben');
    const mutedUntil = '2026-01-05T10:00:00.000Z';
    await world.changePerson(userId, (user) => ({ ...user, mutedUntil: Date.parse(mutedUntil) as never }));
    expect((await world.get('/me/reach', key)).body).toMatchObject({ user: { mutedUntil }, readiness: { ready: false } });
    expect((await world.get('/me/state', key)).body).toMatchObject({ ready: false });
    await world.advance('60m');
    expect((await world.get<{ user: object }>('/me/reach', key)).body.user).not.toHaveProperty('mutedUntil');
  });

  it('hears what became of a test, and nobody else does', async () => {
    const { userId, key } = await person('cem');
    const contact = (await world.get<{ id: number }[]>(`/api/users/${userId}/contacts/emails`, key)).body[0];
    const asked = await world.post<{ id: number }>(
      '/api/users/current/test-notification',
      { method: 'EMAIL', contact: { id: contact?.id } },
      key,
    );
    await world.settle();
    const at = `/me/messages/test/${asked.body.id}`;
    expect(await world.get(at, key)).toEqual({ status: 200, body: { status: 'SUCCESS', state: 'handed-over' } });
    expect((await world.get(at)).status).toBe(404);
    expect((await world.get(`/me/messages/fallback/${asked.body.id}`, key)).status).toBe(404);
    expect((await world.get('/me/messages/test/999999', key)).status).toBe(404);
    // No browser keeps any of it.
    for (const path of ['/me/state', '/me/reach', at]) {
      const { status, headers } = await fetch(world.urlOf(path), { headers: { authorization: `Bearer ${key}` } });
      expect([path, status, headers.get('cache-control')]).toEqual([path, 200, 'no-store']);
    }
  });
});
