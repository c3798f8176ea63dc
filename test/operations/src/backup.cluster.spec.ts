import { join } from 'node:path';
import { EventStoreDbServer } from '@tocsin/testing/eventstoredb';
import { placesOf } from '../../acceptance/src/cluster-product';
import { SECRET, World } from '../../acceptance/src/world';
import { answersOf } from './answers';
import { run } from './command';

jest.setTimeout(240_000);

const SECRETS = { TOCSIN_SECRET_KEY: SECRET };

describe('a backup of a cluster, taken while events arrive', () => {
  let world: World;

  beforeAll(async () => {
    world = await World.start({}, {}, 'cluster');
  });
  afterAll(() => world.stop());

  it('gives a cluster elsewhere that knows all that was handled before, goes on with it, and pages nobody a second time', async () => {
    const [ana, ben] = [await world.person('ana'), await world.person('ben')];
    const policy = await world.policy([
      { targets: [{ type: 'user', userId: ana }], timeoutMin: 10 },
      { targets: [{ type: 'user', userId: ben }], timeoutMin: 10 },
    ]);
    const [source, busy] = [await world.source(policy), await world.source(await world.policy([]))];
    for (const alertKey of ['accepted', 'resolved', 'open']) await world.event(source, { summary: `it is ${alertKey}`, alertKey });
    await world.event(source, { eventType: 'RESOLVE', alertKey: 'resolved' });
    const accepted = (await world.alerts()).find(({ summary }) => summary === 'it is accepted');
    expect((await world.put(`/api/alerts/${accepted?.id}/accept`)).status).toBe(200);
    await world.settle();
    const before = await answersOf(world);
    const known = new Set((before['alerts'] as { id: number }[]).map(({ id }) => id));
    const mails = world.mailbox('ana').subjects;

    const file = join(world.directory, 'backup');
    let isOver = false;
    const load = ['north', 'south'].map(async (tool) => {
      for (let n = 0; !isOver; n++) {
        const event = { integrationKey: busy, eventType: 'ALERT', summary: `load ${n}`, alertKey: `${tool}-${n}` };
        expect((await world.post('/api/events', event)).status).toBe(202);
      }
    });
    while ((await world.alerts()).length < known.size + 10) await new Promise((resolve) => setTimeout(resolve, 20));
    const outcome = await run('export', [file], { ...world.environment, ...SECRETS });
    isOver = true;
    await Promise.all(load);
    expect(outcome).toMatchObject({ code: 0, said: expect.stringContaining('export complete') as string });

    await world.moveToCluster('elsewhere', async (to) => {
      const server = await EventStoreDbServer.start({ directory: to, port: 0 });
      expect(await run('import', [file], { ...placesOf(to), EVENTSTORE_URL: server.url, ...SECRETS })).toMatchObject({ code: 0 });
      await server.stop();
    });

    const after = await answersOf(world);
    const [alerts, others] = [
      after['alerts'] as { id: number }[],
      Object.keys(before).filter((name) => !['alerts', 'count'].includes(name)),
    ];
    expect(alerts.filter(({ id }) => known.has(id))).toEqual(before['alerts']);
    expect(alerts.length).toBeGreaterThanOrEqual(known.size + 10);
    const statusOfLoad = 'alert-sources';
    for (const name of others.filter((each) => each !== statusOfLoad)) expect([name, after[name]]).toEqual([name, before[name]]);
    expect(world.mailbox('ana').subjects).toEqual(mails);
    await world.advance('10m');
    expect(world.mailbox('ben').subjects).toEqual([expect.stringContaining('it is open')]);
  });
});
