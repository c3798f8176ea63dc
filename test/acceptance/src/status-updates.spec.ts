import type { UserId } from '@tocsin/domain';
import { World } from './world';

let world: World;
beforeAll(async () => (world = await World.start()));
afterAll(() => world.stop());

const TYPES = ['ALERT_ACCEPTED', 'ALERT_RESOLVED', 'ALERT_ESCALATED'];

/** As the person does it: nobody hears anything until they have. */
const switchOn = async (userId: UserId, types: readonly string[] = TYPES): Promise<void> => {
  const [contact] = (await world.get<{ id: number }[]>(`/api/users/${userId}/contacts/emails`)).body;
  for (const type of types) {
    const body = { type, method: 'EMAIL', contact: { id: contact?.id } };
    expect((await world.post(`/api/users/${userId}/notification-preferences/updates`, body)).status).toBe(201);
  }
};

const newsTo = (name: string): readonly string[] =>
  world
    .mailbox(name)
    .all()
    .filter(({ subject }) => subject.startsWith('Update: '))
    .map(({ text }) => text.split('\n')[3] ?? '');

describe('people who want to hear what becomes of their alerts', () => {
  it('are told what others did, with id and summary, and what they did themselves is not told to them (B29)', async () => {
    const [ana, ben] = [await world.person('ana'), await world.person('ben')];
    await switchOn(ana);
    const policy = await world.policy([{ targets: [{ type: 'user', userId: ana }] }, { targets: [{ type: 'user', userId: ben }] }]);
    await world.event(await world.source(policy), { summary: 'disk full' });
    const { id } = await world.alert();
    expect(newsTo('ana')).toEqual([]);

    await world.advance('5m');
    await world.press(world.mailbox('ben').link('accept'));
    await world.put(`/api/alerts/${id}/resolve`, undefined, await world.keyOf(ana));
    await world.settle();
    expect(newsTo('ana')).toEqual(['Escalated to level 2: Ben Tester.', 'Accepted by Ben Tester at 10:05 CET on Mon, 5 Jan 2026.']);
    expect(world.mailbox('ana').subjects.at(-1)).toBe(`Update: [#${id}] disk full`);
    expect(world.mailbox('ana').all().at(-1)?.text).toContain(`#${id} disk full`);
    // Ben has not switched anything on.
    expect(newsTo('ben')).toEqual([]);
    expect(await world.timeline(id)).toContain('Status update, EMAIL Ana Tester: handed over to smtp');
  });

  it('hear nothing while they have muted everything, and the timeline says so', async () => {
    const [cleo, dora] = [await world.person('cleo'), await world.person('dora')];
    await switchOn(cleo, ['ALERT_RESOLVED']);
    const everybody = [cleo, dora].map((userId) => ({ type: 'user' as const, userId }));
    await world.event(await world.source(await world.policy([{ targets: everybody }])), { summary: 'no power' });
    const { id } = await world.alert();
    await world.changePerson(cleo, (user) => ({ ...user, mutedUntil: (world.clock.now() + 3_600_000) as never }));
    await world.put(`/api/alerts/${id}/resolve`);
    await world.settle();
    expect(newsTo('cleo')).toEqual([]);
    expect(await world.timeline(id)).toContain('Status update, EMAIL Cleo Tester: not sent: the person muted notifications');
  });

  it('are told once, however often a fact comes, and what is told is not taken back by an answer', async () => {
    const [emil, fay] = [await world.person('emil'), await world.person('fay')];
    await switchOn(emil, ['ALERT_ACCEPTED', 'ALERT_RESOLVED']);
    const everybody = [emil, fay].map((userId) => ({ type: 'user' as const, userId }));
    await world.event(await world.source(await world.policy([{ targets: everybody }])), { summary: 'no water' });
    const { id } = await world.alert();
    world.mail.refuse({ code: 451, times: 2 });
    await world.put(`/api/alerts/${id}/accept`, undefined, await world.keyOf(fay));
    await world.put(`/api/alerts/${id}/resolve`, undefined, await world.keyOf(fay));
    await world.settle();
    await world.advance('1m');
    await world.down('1m');
    expect(newsTo('emil').map((line) => line.replace(/ at .*/, ''))).toEqual(['Accepted by Fay Tester', 'Resolved by Fay Tester']);
  });
});
