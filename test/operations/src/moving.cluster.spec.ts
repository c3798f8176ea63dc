import { join } from 'node:path';
import { topics } from '@tocsin/contracts';
import { START } from '@tocsin/event-store';
import { EventStoreDbEventStore } from '@tocsin/event-store/eventstoredb';
import { MessageBusInBetween } from '@tocsin/messaging';
import type { BusConnection, MessageBus, MessageReceiver } from '@tocsin/messaging';
import { EventStoreDbServer } from '@tocsin/testing/eventstoredb';
import { placesOf } from '../../acceptance/src/cluster-product';
import { SECRET, World } from '../../acceptance/src/world';
import { answersOf } from './answers';
import { Command, run } from './command';

jest.setTimeout(240_000);

/** From some moment on what is published to a topic reaches nobody. */
class ReadersHeld extends MessageBusInBetween {
  constructor(
    inner: MessageBus,
    private readonly topic: string,
    private readonly isHeld: () => boolean,
  ) {
    super(inner);
  }

  override connect(topic: string, group: string, receiver: MessageReceiver): Promise<BusConnection> {
    const receive: MessageReceiver['receive'] = (messages) =>
      topic === this.topic && this.isHeld() ? new Promise(() => undefined) : receiver.receive(messages);
    return super.connect(topic, group, { receive, revoked: (partitions) => receiver.revoked(partitions) });
  }
}

const SECRETS = { TOCSIN_SECRET_KEY: SECRET };

/** Starts an import and kills it with `kill -9` after so many appends. */
const killedAfter = async (server: EventStoreDbServer, appends: number, importing: () => Command): Promise<void> => {
  if (appends > 0) server.faults.next({ kind: 'delay', asked: 'append', times: appends });
  // The last one is written, and nobody is told.
  server.faults.next({ kind: 'hang-after', asked: 'append', times: Infinity });
  const command = importing();
  const watching = new EventStoreDbEventStore({ url: server.url });
  const before = await countOf(watching);
  while ((await countOf(watching)) <= before + appends) await new Promise((resolve) => setTimeout(resolve, 20));
  await command.kill();
  server.faults.none();
  await watching.close();
};

const countOf = async (eventStore: EventStoreDbEventStore): Promise<number> =>
  (await eventStore.readAll({ after: START, prefixes: [], limit: 10_000 })).events.length;

describe('an installation that has outgrown one machine', () => {
  let world: World;
  let isHeld = false;

  beforeEach(async () => {
    isHeld = false;
    world = await World.start({ around: { bus: (bus) => new ReadersHeld(bus, topics.toolEvents, () => isHeld) } }, {}, 'embedded');
  });
  afterEach(() => world.stop());

  it('goes on in the cluster profile as if nothing had been: all answers are equal, what is open escalates, nobody is paged twice', async () => {
    const [ana, ben] = [await world.person('ana'), await world.person('ben')];
    const policy = await world.policy([
      { targets: [{ type: 'user', userId: ana }], timeoutMin: 10 },
      { targets: [{ type: 'user', userId: ben }], timeoutMin: 10 },
    ]);
    const schedule = await world.shifts('early', [{ userId: ana, start: '2026-01-01T00:00', end: '2026-02-01T00:00' }]);
    const onSchedule = await world.policy([{ targets: [{ type: 'schedule', scheduleId: schedule }] }], { delayMin: 30 });
    const source = await world.source(policy);
    const delayed = await world.source(onSchedule, { alertCreation: 'ONE_ALERT_PER_EMAIL' });
    await world.changePerson(ben, (user) => ({ ...user, position: 'night shift' }));

    await world.event(source, { summary: 'resolved by its tool', alertKey: 'resolved' });
    await world.event(source, { eventType: 'RESOLVE', alertKey: 'resolved' });
    await world.event(source, { summary: 'accepted by link', alertKey: 'accepted' });
    await world.press(world.mailbox('ana').link('accept'));
    await world.event(source, { summary: 'not resolved by its tool', alertKey: 'nothing', eventType: 'RESOLVE' });
    await world.advance('3m');
    await world.event(source, { summary: 'open', alertKey: 'open' });
    await world.event(source, { summary: 'open, again', alertKey: 'open' });
    await world.event(delayed, { summary: 'not due yet', alertKey: 'delayed' });
    await world.advance('4m');
    const before = await answersOf(world);
    const mails = { ana: world.mailbox('ana').subjects, ben: world.mailbox('ben').subjects };
    expect(mails.ben).toEqual([]);

    const { directory, environment } = world;
    const file = join(directory, 'tocsin.log');
    const refused = await run('export', [file], { ...environment, ...SECRETS });
    expect(refused).toMatchObject({ code: 1, said: expect.stringMatching(/^tocsin: .*in use by another/) as string });

    await world.moveToCluster('cluster', async (to) => {
      expect(await run('export', [file, '--data', directory], SECRETS)).toMatchObject({
        code: 0,
        said: expect.stringContaining('export complete') as string,
      });
      expect(await run('export', [file, '--data', directory], SECRETS)).toMatchObject({
        code: 1,
        said: expect.stringContaining('never overwrites') as string,
      });
      const server = await EventStoreDbServer.start({ directory: to, port: 0 });
      const env = { ...placesOf(to), EVENTSTORE_URL: server.url };
      const importing = (): Command => new Command('import', [file], { ...env, ...SECRETS });
      const otherKey = { ...env, TOCSIN_SECRET_KEY: 'another-key-that-is-long-enough-as-well' };
      expect(await run('import', [file], otherKey)).toMatchObject({
        code: 1,
        said: expect.stringContaining('TOCSIN_SECRET_KEY is not the key') as string,
      });
      for (const appends of [0, 1, 7, 20]) await killedAfter(server, appends, importing);
      expect(await importing().ended).toMatchObject({ code: 0, said: expect.stringContaining('import complete') as string });
      await server.stop();
    });

    expect(await answersOf(world)).toEqual(before);
    expect({ ana: world.mailbox('ana').subjects, ben: world.mailbox('ben').subjects }).toEqual(mails);
    const here = { ...world.environment, ...SECRETS };
    expect(await run('import', [file], here)).toMatchObject({ code: 1, said: expect.stringMatching(/^tocsin: /) as string });

    // Ten minutes after the first page of what is open, and thirty after what was not due yet.
    await world.advance('7m');
    expect(world.mailbox('ben').subjects).toEqual([expect.stringContaining('open, again')]);
    await world.advance('20m');
    expect(world.mailbox('ana').subjects.slice(mails.ana.length)).toEqual([expect.stringContaining('not due yet')]);
    expect(world.mailbox('ben').subjects).toHaveLength(1);
    expect(await world.press(world.mailbox('ben').link('accept'))).toContain('open, again');

    // A key that is open is open there as well, and one that was resolved begins anew.
    await world.event(source, { summary: 'open, once more', alertKey: 'open' });
    await world.event(source, { summary: 'resolved before', alertKey: 'resolved' });
    const alerts = await world.alerts();
    expect(alerts).toHaveLength((before['alerts'] as unknown[]).length + 1);
    expect(alerts[0]).toMatchObject({ summary: 'resolved before', status: 'PENDING' });
    expect(new Set(alerts.map(({ id }) => id)).size).toBe(alerts.length);
  });

  it('loses no event that was taken and not handled yet', async () => {
    const ana = await world.person('ana');
    const source = await world.source(await world.policy([{ targets: [{ type: 'user', userId: ana }] }]));
    await world.event(source, { summary: 'handled', alertKey: 'handled' });
    isHeld = true;
    const taken = await world.post('/api/events', { integrationKey: source, eventType: 'ALERT', summary: 'only taken', alertKey: 'taken' });
    expect(taken.status).toBe(202);
    expect(await world.alerts()).toHaveLength(1);
    const { directory } = world;
    const file = join(directory, 'tocsin.log');
    await world.moveToCluster('cluster', async (to) => {
      expect((await run('export', [file, '--data', directory], SECRETS)).said).toContain('1 messages not handled yet');
      const server = await EventStoreDbServer.start({ directory: to, port: 0 });
      await run('import', [file], { ...placesOf(to), EVENTSTORE_URL: server.url, ...SECRETS });
      await server.stop();
    });
    expect((await world.alerts()).map(({ summary }) => summary)).toEqual(['only taken', 'handled']);
    expect(world.mailbox('ana').subjects).toEqual([expect.stringContaining('handled'), expect.stringContaining('only taken')]);
  });
});
