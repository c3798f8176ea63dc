import { topics } from '@tocsin/contracts';
import { MessageBusInBetween, ParkedMessages } from '@tocsin/messaging';
import type { MessageBus, OutgoingMessage } from '@tocsin/messaging';
import { World } from '../../acceptance/src/world';

jest.setTimeout(120_000);

/** Loses what oncall says about due levels, as if it were parked; over all restarts. */
class Losing extends MessageBusInBetween {
  constructor(
    inner: MessageBus,
    private readonly told: { loses: boolean; readonly lost: OutgoingMessage[] },
  ) {
    super(inner);
  }

  override async publish(topic: string, messages: readonly OutgoingMessage[]): Promise<void> {
    const dropped = topic === topics.resolutions && this.told.loses ? messages.filter(({ type }) => type === 'LevelResolved') : [];
    this.told.lost.push(...dropped);
    await this.inner.publish(
      topic,
      messages.filter((message) => !dropped.includes(message)),
    );
  }
}

const losingWorld = async () => {
  const told = { loses: true, lost: [] as OutgoingMessage[] };
  const world = await World.start({ around: { bus: (inner) => new Losing(inner, told) } });
  const target = async (name: string) => [{ type: 'user' as const, userId: await world.person(name) }];
  const levels = [
    { targets: await target('ana'), timeoutMin: 5 },
    { targets: await target('ben'), timeoutMin: 5 },
  ];
  return { world, told, key: await world.source(await world.policy(levels)) };
};
const paged = (world: World) => ['ana', 'ben', 'admin'].map((name) => world.mailbox(name).all().length);

describe('a level whose people are never told', () => {
  it('does not stop the escalation: the next level pages, and the timeline says why', async () => {
    const { world, told, key } = await losingWorld();
    await world.event(key, { summary: 'disk full', alertKey: 'disk' });
    told.loses = false;
    await world.advance('4m');
    expect(paged(world)).toEqual([0, 0, 0]);
    await world.advance('1m');
    expect(paged(world)).toEqual([0, 1, 0]);
    expect((await world.timeline((await world.alert()).id)).join('\n')).toContain('Whom level 1 leads to was not found out in time');
    await world.stop();
  });

  it('leads to the fallback when every level is like that', async () => {
    const { world, key } = await losingWorld();
    await world.event(key, { summary: 'disk full', alertKey: 'disk' });
    await world.advance('10m');
    expect(paged(world)).toEqual([0, 0, 1]);
    await world.stop();
  });

  it('still pages them when they are told late, once', async () => {
    const { world, told, key } = await losingWorld();
    await world.event(key, { summary: 'disk full', alertKey: 'disk' });
    told.loses = false;
    await world.advance('5m');
    await world.platform.bus.publish(topics.resolutions, told.lost);
    await world.platform.bus.publish(topics.resolutions, told.lost);
    await world.settle();
    expect(paged(world)).toEqual([1, 1, 0]);
    await world.stop();
  });

  it('is waited for again after downtime: a start does not page two levels at once', async () => {
    const { world, told, key } = await losingWorld();
    await world.event(key, { summary: 'disk full', alertKey: 'disk' });
    await world.down('2h');
    told.loses = false;
    await world.settle();
    expect(paged(world)).toEqual([0, 0, 0]);
    await world.advance('5m');
    expect(paged(world)[1]).toBe(1);
    await world.stop();
  });
});

describe('a level that the rules cannot read', () => {
  it('is parked, and the escalation goes on without it', async () => {
    const world = await World.start();
    const ana = await world.person('ana');
    const scheduleId = await world.shifts('Ops', [{ userId: ana, start: 'not a time', end: 'nor this' }]);
    const key = await world.source(
      await world.policy([
        { targets: [{ type: 'schedule', scheduleId }] },
        { targets: [{ type: 'user', userId: await world.person('ben') }] },
      ]),
    );
    await world.event(key, { summary: 'disk full', alertKey: 'disk' });
    const { bus, clock } = world.platform;
    expect((await new ParkedMessages(bus, clock).list()).map(({ message }) => message.type)).toEqual(['LevelDue']);
    await world.advance('5m');
    expect(paged(world)).toEqual([0, 1, 0]);
    await world.stop();
  });
});
