import type { UserId } from '@tocsin/domain';
import { World } from './world';

let world: World;
beforeAll(async () => (world = await World.start()));
afterAll(() => world.stop());

const hearsBy = async (userId: UserId): Promise<void> => {
  const [contact] = (await world.get<{ id: number }[]>(`/api/users/${userId}/contacts/emails`)).body;
  const body = { method: 'EMAIL', contact: { id: contact?.id } };
  expect((await world.post(`/api/users/${userId}/notification-preferences/subscriptions`, body)).status).toBe(201);
};
const newsTo = (name: string): readonly string[] =>
  world
    .mailbox(name)
    .all()
    .filter(({ subject }) => subject.startsWith('Update: '))
    .map(({ text }) => text.split('\n')[3] ?? '');

describe('people who follow the alerts of a source', () => {
  it('hear that there is one, who has it in hand and that it is over, by themselves or by their team', async () => {
    const [ana, ben, cleo, dora] = await Promise.all([
      world.person('ana'),
      world.person('ben', { role: 'STAKEHOLDER' }),
      world.person('cleo', { role: 'STAKEHOLDER' }),
      world.person('dora', { role: 'STAKEHOLDER' }),
    ]);
    for (const person of [ana, ben, cleo]) await hearsBy(person);
    const key = await world.source(await world.policy([{ targets: [{ type: 'user', userId: ana }] }]));
    const at = `/api/alert-sources/${world.sourceId(key)}/private-subscribers`;
    const team = await world.post<{ id: number }>('/api/teams', { name: 'Shop', members: [{ user: { id: cleo }, role: 'STAKEHOLDER' }] });
    // Stakeholders subscribe themselves, and nobody else.
    const keyOfBen = await world.keyOf(ben);
    expect((await world.post(at, { id: ben, type: 'USER' }, keyOfBen)).body).toEqual([{ id: ben, name: 'Ben Tester', type: 'USER' }]);
    expect((await world.post(at, { id: dora, type: 'USER' }, keyOfBen)).status).toBe(403);
    expect((await world.post(at, { id: team.body.id, type: 'TEAM' }, keyOfBen)).status).toBe(403);
    for (const subscriber of [
      { id: team.body.id, type: 'TEAM' },
      { id: ana, type: 'USER' },
      { id: dora, type: 'USER' },
    ])
      expect((await world.post(at, subscriber)).status).toBe(200);

    await world.event(key, { summary: 'shop is slow' });
    const { id } = await world.alert();
    await world.put(`/api/alerts/${id}/accept`, undefined, await world.keyOf(ana));
    await world.put(`/api/alerts/${id}/resolve`);
    await world.settle();
    const told = [
      'New alert at 10:00 CET on Mon, 5 Jan 2026.',
      'Accepted by Ana Tester at 10:00 CET on Mon, 5 Jan 2026.',
      'Resolved by Admin User at 10:00 CET on Mon, 5 Jan 2026.',
    ];
    expect(newsTo('ben')).toEqual(told);
    expect(newsTo('cleo')).toEqual(told);
    // Whoever did it knows; whoever has no rule for it hears nothing.
    expect(newsTo('ana')).toEqual([told[0], told[2]]);
    expect(newsTo('dora')).toEqual([]);
    expect(await world.timeline(id)).toContain('Subscription, EMAIL Ben Tester: handed over to smtp');

    expect((await world.delete(`${at}/${ben}?subscriber-type=USER`, keyOfBen)).status).toBe(204);
    await world.event(key, { summary: 'shop is slow again' });
    expect(newsTo('ben')).toEqual(told);
    // The fourth of a source in three minutes waits for others (B29).
    await world.advance('30s');
    expect(newsTo('cleo')).toHaveLength(4);
  });

  it('hear nothing more once a private team takes the source, and again when it gives it back', async () => {
    const [ines, kai] = [await world.person('ines'), await world.person('kai')];
    await hearsBy(kai);
    const key = await world.source(await world.policy([{ targets: [{ type: 'user', userId: ines }] }]));
    const at = `/api/alert-sources/${world.sourceId(key)}`;
    await world.post(`${at}/private-subscribers`, { id: kai, type: 'USER' });
    const vault = (await world.post<{ id: number }>('/api/teams', { name: 'Vault', visibility: 'PRIVATE' })).body.id;
    const { body: open } = await world.get<Record<string, unknown>>(at);
    expect((await world.put(at, { ...open, teams: [{ id: vault }] })).status).toBe(200);
    await world.event(key, { summary: 'kept quiet', alertKey: 'a' });
    await world.settle();
    expect(newsTo('kai')).toEqual([]);
    expect((await world.put(at, { ...open, teams: [] })).status).toBe(200);
    await world.event(key, { summary: 'told again', alertKey: 'b' });
    await world.settle();
    expect(newsTo('kai')).toHaveLength(1);
  });

  it('hear once what they hear as responders, too', async () => {
    const [emil, fay] = [await world.person('emil'), await world.person('fay')];
    await hearsBy(emil);
    const [contact] = (await world.get<{ id: number }[]>(`/api/users/${emil}/contacts/emails`)).body;
    await world.post(`/api/users/${emil}/notification-preferences/updates`, {
      type: 'ALERT_RESOLVED',
      method: 'EMAIL',
      contact: { id: contact?.id },
    });
    const both = [emil, fay].map((userId) => ({ type: 'user' as const, userId }));
    const key = await world.source(await world.policy([{ targets: both }]));
    await world.post(`/api/alert-sources/${world.sourceId(key)}/private-subscribers`, { id: emil, type: 'USER' });
    await world.event(key, { summary: 'no light' });
    const { id } = await world.alert();
    await world.put(`/api/alerts/${id}/resolve`, undefined, await world.keyOf(fay));
    await world.settle();
    expect(newsTo('emil').map((line) => line.replace(/ at .*/, ''))).toEqual(['New alert', 'Resolved by Fay Tester']);
  });

  it('keep their subscription when the source is changed', async () => {
    const gus = await world.person('gus');
    const key = await world.source(await world.policy([{ targets: [{ type: 'user', userId: gus }] }]));
    const at = `/api/alert-sources/${world.sourceId(key)}`;
    await world.post(`${at}/private-subscribers`, { id: gus, type: 'USER' });
    const before = (await world.get<{ name: string; escalationPolicy: object }>(at)).body;
    const changed = { ...before, name: 'renamed' };
    expect((await world.put(at, changed)).status).toBe(200);
    expect((await world.get(`${at}/private-subscribers`)).body).toEqual([{ id: gus, name: 'Gus Tester', type: 'USER' }]);
  });
});

describe('people who follow one alert', () => {
  it('hear what becomes of that one, until they do not want to any more, whoever follows its source', async () => {
    const [gina, hugo, iris] = [
      await world.person('gina'),
      await world.person('hugo', { role: 'STAKEHOLDER' }),
      await world.person('iris', { role: 'STAKEHOLDER' }),
    ];
    for (const person of [gina, hugo, iris]) await hearsBy(person);
    const key = await world.source(await world.policy([{ targets: [{ type: 'user', userId: gina }] }]));
    for (const summary of ['this one', 'another one', 'followed no more']) await world.event(key, { summary, alertKey: summary });
    const [last, other, one] = (await world.alerts()).slice(0, 3).map(({ id }) => id);
    const at = (id: unknown) => `/api/alerts/${String(id)}/private-subscribers`;
    const keyOfHugo = await world.keyOf(hugo);
    expect((await world.post(at(one), { id: hugo, type: 'USER' }, keyOfHugo)).body).toEqual([
      { id: hugo, name: 'Hugo Tester', type: 'USER' },
    ]);
    // Again changes nothing; for others it takes more.
    expect((await world.post(at(one), { id: hugo, type: 'USER' }, keyOfHugo)).status).toBe(200);
    expect((await world.post(at(one), { id: iris, type: 'USER' }, keyOfHugo)).status).toBe(403);
    expect((await world.post(at(one), { id: 99_999, type: 'USER' })).status).toBe(400);
    const team = await world.post<{ id: number }>('/api/teams', { name: 'Desk', members: [{ user: { id: iris }, role: 'STAKEHOLDER' }] });
    expect((await world.post(at(one), { id: team.body.id, type: 'TEAM' })).body).toHaveLength(2);
    expect((await world.get(at(one))).body).toHaveLength(2);
    await world.post(at(last), { id: hugo, type: 'USER' }, keyOfHugo);
    expect((await world.delete(`${at(last)}/${hugo}?subscriber-type=USER`, keyOfHugo)).status).toBe(204);
    expect((await world.delete(`${at(last)}/${hugo}?subscriber-type=USER`, keyOfHugo)).status).toBe(404);

    for (const id of [one, other, last]) {
      await world.put(`/api/alerts/${String(id)}/accept`, undefined, await world.keyOf(gina));
      await world.put(`/api/alerts/${String(id)}/resolve`);
    }
    await world.settle();
    const told = [expect.stringContaining('Accepted by Gina Tester'), expect.stringContaining('Resolved by Admin User')];
    expect(newsTo('hugo')).toEqual(told);
    expect(newsTo('iris')).toEqual(told);
    expect(await world.timeline(Number(one))).toEqual(expect.arrayContaining(['Hugo Tester follows the alert', 'Desk follows the alert']));
    expect(await world.timeline(Number(last))).toContain('Hugo Tester does not follow the alert any more');
    expect((await world.post(at(one), { id: hugo, type: 'USER' }, keyOfHugo)).body).toMatchObject({ code: 'ALERT_ALREADY_RESOLVED' });
    expect((await world.get(at(99_999))).status).toBe(404);
  });

  it('hear once what they hear by its source, too', async () => {
    const jill = await world.person('jill', { role: 'STAKEHOLDER' });
    await hearsBy(jill);
    const key = await world.source(await world.policy([{ targets: [{ type: 'user', userId: await world.person('kim') }] }]));
    await world.post(`/api/alert-sources/${world.sourceId(key)}/private-subscribers`, { id: jill, type: 'USER' });
    await world.event(key, { summary: 'twice', alertKey: 'twice' });
    const { id } = await world.alert();
    await world.post(`/api/alerts/${id}/private-subscribers`, { id: jill, type: 'USER' });
    await world.event(key, { eventType: 'RESOLVE', alertKey: 'twice' });
    expect(newsTo('jill')).toHaveLength(2);
  });
});
