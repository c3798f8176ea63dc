import { World } from './world';

let world: World;
beforeAll(async () => (world = await World.start()));
afterAll(() => world.stop());

const codeIn = (text: string | undefined): string => /\b\d{6}\b/.exec(text ?? '')?.[0] ?? 'none';

describe('a person who adds an address of their own', () => {
  it('is sent a code there, and is paged there once they have entered it', async () => {
    const ana = await world.person('ana', { role: 'RESPONDER' });
    const key = await world.keyOf(ana);
    // The person's own key, with less than an administrator's rights: what it adds is not verified by that.
    const contact = (
      await world.post<{ id: number; verified: boolean }>('/api/users/current/contacts/emails', { target: 'ana@home.test' }, key)
    ).body;
    expect(contact.verified).toBe(false);
    const at = `/api/users/current/contacts/emails/${contact.id}`;
    const test = { method: 'EMAIL', contact: { id: contact.id } };
    expect((await world.post('/api/users/current/test-notification', test, key)).status).toBe(400);

    expect((await world.post(`${at}/verification-codes`, undefined, key)).status).toBe(202);
    await world.settle();
    const home = world.mail.mailbox('ana@home.test');
    expect(home.map(({ subject }) => subject)).toEqual(['Your code for Tocsin']);
    const verified = await world.post<{ verified: boolean }>(`${at}/verify`, { code: codeIn(home[0]?.text) }, key);
    expect({ status: verified.status, verified: verified.body.verified }).toEqual({ status: 200, verified: true });

    expect((await world.post('/api/users/current/test-notification', test, key)).status).toBe(202);
    await world.settle();
    expect(world.mail.mailbox('ana@home.test').map(({ subject }) => subject)).toContain('Test notification from Tocsin');
    await world.post('/api/users/current/test-notification', { ...test, list: 'duties' }, key);
    await world.settle();
    expect(world.mail.mailbox('ana@home.test').at(-1)?.text).toContain('Messages about your shifts will reach you here.');
  });

  it('enters it too late', async () => {
    const key = await world.keyOf(await world.person('ben', { role: 'RESPONDER' }));
    const { id } = (await world.post<{ id: number }>('/api/users/current/contacts/emails', { target: 'ben@home.test' }, key)).body;
    await world.post(`/api/users/current/contacts/emails/${id}/verification-codes`, undefined, key);
    await world.advance('10m');
    const code = codeIn(world.mail.mailbox('ben@home.test')[0]?.text);
    const answer = await world.post(`/api/users/current/contacts/emails/${id}/verify`, { code }, key);
    expect(answer).toMatchObject({ status: 400, body: { code: 'CODE_NOT_VALID', message: 'code: has expired: ask for a new one' } });
  });
});
