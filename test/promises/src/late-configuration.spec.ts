import type { ConfigurationKind } from '@tocsin/domain';
import { MessageBusFault } from '@tocsin/messaging';
import { World } from '../../acceptance/src/world';

jest.setTimeout(120_000);

let world: World;
beforeEach(async () => void (world = await World.start()));
afterEach(async () => {
  jest.restoreAllMocks();
  await world.stop();
});

/** `caught up`: the next look at the topic's end brings it, as it should. `never`: the broken variant. `away`: the bus is. */
type Look = 'caught up' | 'never' | 'away';

/** As on a replica that has not read yet what another one wrote: this is not there until the topic is read to its end as of now. */
const behindOn = (kind: ConfigurationKind, id: number): { look: Look } => {
  const { configuration } = world.platform;
  const replica = { look: 'caught up' as Look, isBehind: true };
  const get = configuration.get.bind(configuration);
  const find = configuration.find.bind(configuration);
  const list = configuration.list.bind(configuration);
  const hides = (ofKind: ConfigurationKind, ofId: number | undefined) => replica.isBehind && ofKind === kind && ofId === id;
  jest
    .spyOn(configuration, 'get')
    .mockImplementation(((of: ConfigurationKind, ofId: number) => (hides(of, ofId) ? undefined : get(of, ofId))) as never);
  jest.spyOn(configuration, 'find').mockImplementation(((of: 'user', by: 'email', value: string) => {
    const found = find(of, by, value);
    return hides(of, found?.id) ? undefined : found;
  }) as never);
  jest.spyOn(configuration, 'list').mockImplementation(((of: 'user') => list(of).filter((one) => !hides(of, one.id))) as never);
  jest.spyOn(configuration, 'upToDate').mockImplementation(async () => {
    if (replica.look === 'away') throw new MessageBusFault('unavailable', true);
    if (replica.look === 'caught up') replica.isBehind = false;
  });
  return replica;
};

const aPage = async () => {
  const ana = await world.person('ana', { preferences: [{ type: 'HIGH_PRIORITY', method: 'EMAIL', delayMin: 5 }] });
  const key = await world.source(await world.policy([{ targets: [{ type: 'user', userId: ana }], timeoutMin: 60 }]));
  await world.event(key, { summary: 'disk full', alertKey: 'disk' });
  return ana;
};

describe('a page that is due on a replica that has not heard of the person yet', () => {
  it('is sent', async () => {
    behindOn('user', await aPage());
    await world.advance('5m');
    expect(world.mailbox('ana').all()).toHaveLength(1);
  });

  it('is cancelled by one that does not look (the check turns red)', async () => {
    behindOn('user', await aPage()).look = 'never';
    await world.advance('5m');
    expect(world.mailbox('ana').all()).toEqual([]);
    expect((await world.timeline((await world.alert()).id)).join()).toContain('cancelled, the person was deleted');
  });

  it('waits while it cannot look, and is sent after that', async () => {
    const replica = behindOn('user', await aPage());
    replica.look = 'away';
    const failed = new Promise<void>((resolve) => {
      world.platform.log.warn = ((...[, text]: [unknown, string]) => void (text === 'timer failed' && resolve())) as never;
      world.platform.log.error = world.platform.log.warn;
    });
    const waited = world.advance('5m');
    await failed;
    expect(world.mailbox('ana').all()).toEqual([]);
    replica.look = 'caught up';
    await waited;
    await world.settle();
    expect(world.mailbox('ana').all()).toHaveLength(1);
  });
});

describe('an answer of somebody whom the replica has not heard of yet', () => {
  it('is taken', async () => {
    const ana = await aPage();
    await world.advance('5m');
    const link = world.mailbox('ana').link('accept');
    behindOn('user', ana);
    expect(await world.press(link)).toContain('You accepted this alert.');
  });

  it('is refused by one that does not look (the check turns red)', async () => {
    const ana = await aPage();
    await world.advance('5m');
    const link = world.mailbox('ana').link('accept');
    behindOn('user', ana).look = 'never';
    expect(await world.press(link)).not.toContain('You accepted this alert.');
  });
});

describe('an event with the routing key of a policy that the replica has not heard of yet', () => {
  it.each([
    ['caught up', 'ben'],
    ['never', 'ana'],
  ] as const)('pages by that policy when the replica looks: %s', async (look, paged) => {
    const target = async (name: string) => [{ targets: [{ type: 'user' as const, userId: await world.person(name) }] }];
    const key = await world.source(await world.policy(await target('ana')));
    const routed = await world.policy(await target('ben'));
    await world.changePolicy(routed, (policy) => ({ ...policy, routingKey: 'db' }));
    behindOn('policy', routed).look = look;
    await world.event(key, { summary: 'disk full', alertKey: 'disk', routingKey: 'db' });
    expect(['ana', 'ben'].filter((name) => world.mailbox(name).all().length > 0)).toEqual([paged]);
  });
});

describe('a level that names a schedule which the replica has not heard of yet', () => {
  it.each([
    ['caught up', 1],
    ['never', 0],
  ] as const)('pages who is on call in it when the replica looks: %s', async (look, mails) => {
    const ana = await world.person('ana');
    const scheduleId = await world.shifts('Ops', [{ userId: ana, start: '2026-01-05T00:00:00', end: '2026-01-06T00:00:00' }]);
    const key = await world.source(await world.policy([{ targets: [{ type: 'schedule', scheduleId }] }]));
    behindOn('schedule', scheduleId).look = look;
    await world.event(key, { summary: 'disk full', alertKey: 'disk' });
    expect(world.mailbox('ana').all()).toHaveLength(mails);
  });
});

describe('the end of an escalation on a replica that has not heard of an administrator yet', () => {
  it.each([
    ['caught up', 1],
    ['never', 0],
  ] as const)('tells them when the replica looks: %s', async (look, mails) => {
    const key = await world.source(
      await world.policy([{ targets: [{ type: 'user', userId: await world.person('ana') }], timeoutMin: 10 }]),
    );
    const root = await world.person('root', { role: 'ADMIN' });
    await world.event(key, { summary: 'disk full', alertKey: 'disk' });
    behindOn('user', root).look = look;
    await world.advance('10m');
    expect(world.mailbox('root').all()).toHaveLength(mails);
  });
});
