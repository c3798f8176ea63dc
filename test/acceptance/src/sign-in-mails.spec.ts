import type { UserId } from '@tocsin/domain';
import { World } from './world';

let world: World;
let ana: UserId;
beforeEach(async () => {
  world = await World.start();
  ana = await world.person('ana', { role: 'RESPONDER' });
  await world.settle();
});
afterEach(() => world.stop());

/** As at `/me`, by somebody who is not signed in. */
const ask = async (email: string) => {
  const answered = await fetch(world.urlOf('/api/sign-in-links/mails'), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email }),
  });
  const said = { status: answered.status, body: await answered.text() };
  await world.settle();
  return said;
};
const links = (name = 'ana'): readonly string[] =>
  world
    .mailbox(name)
    .all()
    .map(({ text }) => /https?:\/\/\S+\/sign-in\/\S+/.exec(text)?.[0] ?? '');
/** @returns where the browser goes then, and the session's cookie */
const signIn = async (link = '') => {
  const { status, headers } = await fetch(world.urlOf(new URL(link).pathname), { method: 'POST', redirect: 'manual' });
  return { status, location: headers.get('location'), cookie: headers.get('set-cookie')?.split(';')[0] ?? '' };
};
const meBy = async (cookie: string) => {
  const answered = await fetch(world.urlOf('/me/state'), { headers: { cookie } });
  return { status: answered.status, body: (await answered.json()) as { user?: { id: number } } };
};

describe('a sign-in link by mail', () => {
  it('signs in whoever reads the address, as themselves, and works once', async () => {
    expect(await ask('Ana@Example.test')).toEqual({ status: 204, body: '' });
    expect(world.mailbox('ana').subjects).toEqual(['Your sign-in link for Tocsin']);
    expect(world.mailbox('ana').all()[0]?.text).toContain('once, for 15 minutes');
    const [link] = links();
    const { cookie, ...led } = await signIn(link);
    expect(led).toEqual({ status: 303, location: '/me' });
    expect(await meBy(cookie)).toMatchObject({ status: 200, body: { user: { id: ana } } });
    expect((await signIn(link)).status).toBe(403);
  });

  it('is not used up by whatever opens it on its way', async () => {
    await ask('ana@example.test');
    const [link = ''] = links();
    for (let look = 0; look < 3; look++) expect(await world.open(link)).toContain('<form method="post">');
    expect((await signIn(link)).status).toBe(303);
  });

  it('lets the person do what they may, whoever asked, and leads to their page', async () => {
    await world.person('root', { role: 'ADMIN' });
    await ask('root@example.test');
    const { cookie, location } = await signIn(links('root')[0]);
    expect(location).toBe('/me');
    expect((await fetch(world.urlOf('/outbox'), { headers: { cookie } })).status).toBe(200);
    await ask('ana@example.test');
    const responder = await signIn(links()[0]);
    expect((await fetch(world.urlOf('/outbox'), { headers: { cookie: responder.cookie } })).status).toBe(403);
  });

  it('may do no more once the person may not', async () => {
    await world.changePerson(ana, (user) => ({ ...user, role: 'ADMIN' }));
    await ask('ana@example.test');
    await world.changePerson(ana, (user) => ({ ...user, role: 'STAKEHOLDER' }));
    await world.settle();
    const { cookie } = await signIn(links()[0]);
    expect((await fetch(world.urlOf('/outbox'), { headers: { cookie } })).status).toBe(403);
  });

  it('is over after fifteen minutes', async () => {
    await ask('ana@example.test');
    await world.advance('14m');
    expect(await world.open(links()[0] ?? '')).toContain('<form method="post">');
    await world.advance('1m');
    expect((await signIn(links()[0])).status).toBe(403);
    expect(await world.open(links()[0] ?? '')).toContain('has expired');
  });

  it('goes to nobody whose address it is not, and the answer does not say so', async () => {
    await world.person('new', { verified: false });
    const shared = { type: 'email', target: 'shared@example.test', status: 'OK', verified: true } as const;
    for (const id of [ana, await world.person('ben')])
      await world.changePerson(id, (user) => ({ ...user, contacts: [...user.contacts, { ...shared, id: (900 + id) as never }] }));
    await world.settle();
    for (const email of ['nobody@example.test', 'new@example.test', 'shared@example.test'])
      expect(await ask(email)).toEqual({ status: 204, body: '' });
    expect(world.mail.all()).toEqual([]);
    expect(await ask('no address')).toMatchObject({ status: 400, body: expect.stringContaining('email') });
  });

  it('does not go to a list that a person is paged by: whoever reads it is not that person', async () => {
    const list = { id: 990 as never, type: 'email', target: 'team@example.test', status: 'OK', verified: true } as const;
    await world.changePerson(ana, (user) => ({ ...user, role: 'ADMIN', contacts: [...user.contacts, list] }));
    await world.settle();
    expect(await ask('team@example.test')).toEqual({ status: 204, body: '' });
    expect(world.mail.all()).toEqual([]);
    await ask('ana@example.test');
    expect([links().length, links('team').length]).toEqual([1, 0]);
  });

  it('comes once within five minutes, however often it is asked for, and again after that', async () => {
    await Promise.all([1, 2, 3].map(() => ask('ana@example.test')));
    expect(links()).toHaveLength(1);
    await world.advance('5m');
    await ask('ana@example.test');
    expect(new Set(links()).size).toBe(2);
  });

  it('is refused to whoever asks and asks, whatever the address', async () => {
    // Each replica counts for itself.
    const answers = await Promise.all(Array.from({ length: 50 }, (_, index) => ask(`somebody${index}@example.test`)));
    expect(answers.filter(({ status }) => status === 429).length).toBeGreaterThanOrEqual(10);
    expect(answers.filter(({ status }) => status === 204).length).toBeGreaterThanOrEqual(20);
    await world.advance('2m');
    expect((await ask('ana@example.test')).status).toBe(204);
  });

  it('is stored nowhere, and neither is the address outside of the person’s own stream', async () => {
    await ask('ana@example.test');
    const [link = ''] = links();
    const token = new URL(link).pathname.split('/').at(-1) ?? '';
    const events = await world.platform.eventStore.readStream(`notification-signin-${ana}-${Math.floor(world.clock.now() / 300_000)}`);
    expect(events.map(({ type }) => type)).toEqual(['NotificationPlanned', 'AttemptStarted', 'HandedOver']);
    expect(JSON.stringify(events)).not.toContain(token);
    expect(JSON.stringify(events)).not.toContain('ana@example.test');
  });
});
