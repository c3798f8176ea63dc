import { setTimeout as delay } from 'node:timers/promises';
import { topics } from '@tocsin/contracts';
import { views } from '@tocsin/read-models';
import { Kafka, logLevel } from 'kafkajs';
import { lose, placesOf } from '../../acceptance/src/cluster-product';
import { World } from '../../acceptance/src/world';
import { answersOf } from './answers';
import { run } from './command';

jest.setTimeout(240_000);

const LOOK_EVERY_MS = 500;

describe('a cluster', () => {
  let world: World;
  let source: string;

  beforeAll(async () => {
    world = await World.start({}, {}, 'cluster');
    const [ana, ben] = [await world.person('ana'), await world.person('ben')];
    const policy = await world.policy([
      { targets: [{ type: 'user', userId: ana }], timeoutMin: 30 },
      { targets: [{ type: 'user', userId: ben }], timeoutMin: 30 },
    ]);
    source = await world.source(policy);
    // Neither the configuration nor this alert is among what the bus has kept last.
    await world.event(source, { summary: 'old', alertKey: 'old' });
    await world.event(source, { eventType: 'RESOLVE', alertKey: 'old' });
    await world.advance('10d');
    await world.event(source, { summary: 'resolved', alertKey: 'resolved' });
    await world.event(source, { eventType: 'RESOLVE', alertKey: 'resolved' });
    await world.event(source, { summary: 'open', alertKey: 'open' });
  });
  afterAll(() => world.stop());

  const mails = () => ({ ana: world.mailbox('ana').subjects, ben: world.mailbox('ben').subjects });

  it('that has lost Kafka knows its configuration, answers the same, and pages nobody again', async () => {
    const [before, sent] = [await answersOf(world), mails()];
    await world.down('1m', async () => lose('bus', world.directory));
    expect(await answersOf(world)).toEqual(before);
    expect(mails()).toEqual(sent);
    await world.event(source, { summary: 'open, again', alertKey: 'open' });
    await world.event(source, { summary: 'after Kafka was lost', alertKey: 'new' });
    expect((await world.alerts()).map(({ summary }) => summary)).toEqual(['after Kafka was lost', 'open, again', 'resolved', 'old']);
    expect(mails().ana.slice(sent.ana.length)).toEqual([expect.stringContaining('after Kafka was lost')]);
  });

  it('of which one topic was deleted says so in every process, and is whole again when it has all of them anew', async () => {
    const [before, sent] = [await answersOf(world), mails()];
    const { KAFKA_BROKERS, KAFKA_TOPIC_PREFIX } = placesOf(world.directory);
    const admin = new Kafka({ brokers: KAFKA_BROKERS.split(','), logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    await admin.deleteTopics({ topics: [`${KAFKA_TOPIC_PREFIX}${topics.resolutions}`] });
    await admin.disconnect();
    const isTold = ({ status, details }: { readonly status: unknown; readonly details?: unknown }) =>
      status === 503 && JSON.stringify(details).includes('resolutions: deleted on the brokers');
    while (!(await world.readiness()).every(isTold)) await delay(LOOK_EVERY_MS);
    await world.down('1m', async () => lose('bus', world.directory));
    expect((await world.readiness()).map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 'ready'));
    expect(await answersOf(world)).toEqual(before);
    expect(mails()).toEqual(sent);
  });

  it('that has lost MongoDB makes its views anew, and forgets no timer', async () => {
    const [before, sent] = [await answersOf(world), mails()];
    await world.down('1m', async () => lose('views', world.directory));
    expect(await answersOf(world)).toEqual(before);
    expect(mails()).toEqual(sent);
    await world.advance('30m');
    expect(mails().ben.slice(sent.ben.length)).toHaveLength(2);
  });

  it('that has lost both does the same', async () => {
    const [before, sent] = [await answersOf(world), mails()];
    await world.down('1m', async () => {
      lose('bus', world.directory);
      lose('views', world.directory);
    });
    expect(await answersOf(world)).toEqual(before);
    expect(mails()).toEqual(sent);
  });

  it('has its views made anew by a command while it goes on, and readers find the new ones', async () => {
    for (const { name } of views) {
      // Of one moment, the newest is the one with the greatest id, and each replica has ids of its own.
      await world.advance('1s');
      const before = await answersOf(world);
      const rebuilding = run('rebuild', [name], world.environment);
      await world.event(source, { summary: `while ${name} is made anew`, alertKey: name });
      expect(await rebuilding).toMatchObject({
        code: 0,
        said: expect.stringMatching(new RegExp(`^${name}: made anew from \\d+ events`, 'm')) as string,
      });
      await world.settle();
      const known = before['alerts'] as readonly unknown[];
      expect((await world.alerts()).slice(1)).toEqual(known);
      expect(await world.alert()).toMatchObject({ summary: `while ${name} is made anew` });
      const { 'audit-log': audit } = await answersOf(world);
      expect(audit).toEqual(before['audit-log']);
    }
    await world.advance('1s');
    await world.event(source, { summary: 'after all that', alertKey: 'last' });
    expect(await world.alert()).toMatchObject({ summary: 'after all that', status: 'PENDING' });
  });
});
