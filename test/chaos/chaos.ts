// Usage: npm run test:chaos [-- --minutes M --seed N --only KINDS --rate EVENTS_PER_SECOND --quiet SECONDS]; see README.md.
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { EventStoreDbEventStore } from '@tocsin/event-store/eventstoredb';
import { MongodbReadStore } from '@tocsin/read-models/mongodb';
import { MailServer } from '@tocsin/testing';
import { audit } from '../kills/src/audit.ts';
import { Chance } from '../kills/src/chance.ts';
import { Ledger } from '../kills/src/ledger.ts';
import { Cluster } from './cluster.ts';
import { evidenceWhenQuiet } from './evidence.ts';
import type { World } from './evidence.ts';
import { happenUntil, kinds } from './faults.ts';
import type { Kind } from './faults.ts';
import { addressesOf, startServers } from './servers.ts';
import type { Servers } from './servers.ts';
import { Tools } from './tools.ts';
import { duplicatesIn, eventsOfTools, lostEvents, openTwice, unequalViews } from './verdict.ts';

const ROLLING = 'rolling';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 2_147_483_647) },
    minutes: { type: 'string', default: '1' },
    only: { type: 'string', default: [ROLLING, ...kinds].join(',') },
    rate: { type: 'string', default: '60' },
    quiet: { type: 'string', default: '360' },
  },
});
const [seed, minutes, perSecond] = [Number(values.seed), Number(values.minutes), Number(values.rate)];
const wanted = values.only.split(',');
const only = wanted.filter((kind): kind is Kind => kinds.includes(kind as Kind));

const REPLICAS = 2;
const PEOPLE = ['ana', 'ben'];
const READY_WITHIN_MS = 300_000;
/** From when it last became better until every promise must have been kept: longer than a page waits that was refused before. */
const QUIET_WITHIN_MS = Number(values.quiet) * 1_000;
const LOOK_EVERY_MS = 2_000;
const TAKEN_WHILE_AWAY = 50;
const TAKEN_WITHIN_MS = 60_000;
const SENTENCES_SHOWN = 50;

/** What the services printed; kept when a promise was broken. */
const logFile = join(tmpdir(), `tocsin-chaos-${seed}.log`);

const say = (line: string): void => console.log(line);
const closings: (() => Promise<unknown>)[] = [];
const closeAll = async (): Promise<void> => {
  for (let close = closings.pop(); close !== undefined; close = closings.pop())
    await close().catch((error: unknown) => console.error(error));
};
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void closeAll().then(() => process.exit(1)));

/** Everybody is paged at once for an alert, and nobody answers while the chaos lasts. Answers the key that tools post with. */
const configure = async (cluster: Cluster): Promise<string> => {
  const users = [];
  for (const name of PEOPLE)
    users.push(
      await cluster.call<{ id: number }>('POST', '/api/users', { firstName: name, lastName: 'Tester', email: `${name}@example.test` }),
    );
  const policy = await cluster.call<{ id: number }>('POST', '/api/escalation-policies', {
    name: 'chaos',
    escalationRules: [{ escalationTimeout: 1_440, users: users.map(({ id }) => ({ id })) }],
  });
  const source = await cluster.call<{ integrationKey: string }>('POST', '/api/alert-sources', {
    name: 'chaos',
    integrationType: 'API',
    escalationPolicy: { id: policy.id },
  });
  return source.integrationKey;
};

const until = async (what: string, withinMs: number, isSo: () => Promise<boolean>): Promise<void> => {
  const deadline = performance.now() + withinMs;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`${what} not within ${withinMs / 1_000} s`);
    await delay(LOOK_EVERY_MS);
  }
};

/** Posts events while something happens. Resolves when that is over and all that was said has been taken. */
const underLoad = async <Result>(tools: Tools, happening: () => Promise<Result>): Promise<Result> => {
  const working = new AbortController();
  const work = tools.work(perSecond, working.signal);
  try {
    return await happening();
  } finally {
    working.abort();
    await work;
  }
};

/** As for a new version: of each service one replica after the other, all services at once. */
const restartAll = async (cluster: Cluster): Promise<void> => {
  const replicas = cluster.replicas();
  const inTurn = [...new Set(replicas.map(({ service }) => service))].map(async (service) => {
    for (const replica of replicas.filter((each) => each.service === service)) await cluster.restart(replica);
  });
  await Promise.all(inTurn);
};

/** Nothing fails here, so nothing may be lost and no provider is in doubt: every page comes exactly once. */
const rollingRestart = async (world: World, tools: Tools): Promise<readonly string[]> => {
  const { cluster, mail } = world;
  say('a rolling restart of all services');
  const startedAt = performance.now();
  await underLoad(tools, () => restartAll(cluster));
  say(`all were restarted after ${Math.round((performance.now() - startedAt) / 1_000)} s: ${eventsSaid(tools)}`);
  const evidence = await evidenceWhenQuiet(world, QUIET_WITHIN_MS);
  const duplicates = duplicatesIn(mail.all());
  say(`${evidence.alerts.length} alerts, ${evidence.mails.length} pages, ${duplicates} copies`);
  return [
    ...audit(evidence),
    ...(duplicates > 0 ? [`${duplicates} pages came again in a rolling restart`] : []),
    ...cluster.endedUncleanly.map((replica) => `${replica} did not stop cleanly`),
  ].map((sentence) => `rolling restart: ${sentence}`);
};

/** Intake needs nothing but the bus: what is taken meanwhile is in the ledger, and must be there in the end like everything else. */
const takesEventsWhileStoresAreAway = async ({ mongodb, eventStore }: Servers, tools: Tools): Promise<readonly string[]> => {
  await Promise.all([mongodb.kill(), eventStore.kill()]);
  const taken = await tools.raise(TAKEN_WHILE_AWAY, TAKEN_WITHIN_MS);
  await Promise.all([mongodb.restart(), eventStore.restart()]);
  return taken === TAKEN_WHILE_AWAY
    ? []
    : [`of ${TAKEN_WHILE_AWAY} events while MongoDB and the event store were away ${taken} were taken`];
};

const eventsSaid = ({ taken, refusals }: Tools): string =>
  [`${taken.size} answered 202`, ...[...refusals].map(([name, count]) => `${count} ${name}`)].join(', ');

const run = async (): Promise<readonly string[]> => {
  const directory = await mkdtemp(join(tmpdir(), 'tocsin-chaos-'));
  closings.push(() => rm(directory, { recursive: true, force: true }));
  const mail = await MailServer.start();
  closings.push(() => mail.stop());
  const servers = await startServers(directory, (server) => closings.push(() => server.stop()));
  const env = {
    ...addressesOf(servers),
    SMTP_URL: mail.url,
    MAIL_FROM: 'tocsin@example.test',
    TOCSIN_PUBLIC_URL: 'http://tocsin.example.test',
  };
  const cluster = await Cluster.start(directory, REPLICAS, env, logFile);
  closings.push(() => cluster.stop());
  await until('the cluster was ready', READY_WITHIN_MS, () => cluster.isReady());
  const world: World = { cluster, ledger: new Ledger(), mail, addresses: PEOPLE.map((name) => `${name}@example.test`) };
  const tools = new Tools(cluster.url, await configure(cluster), world.ledger, new Chance(seed));
  say(`${cluster.replicas().length} replicas are ready`);
  const broken = wanted.includes(ROLLING) ? [...(await rollingRestart(world, tools))] : [];
  const copiesBefore = duplicatesIn(mail.all());

  // A chance of its own: what the tools do next depends on answers, and so on the machine.
  const counts = await underLoad(tools, async () => {
    const happened = await happenUntil({ cluster, servers, mail, chance: new Chance(seed + 1), say }, only, minutes * 60_000);
    say('the chaos is over');
    return happened;
  });
  await until('after the chaos the cluster was ready', READY_WITHIN_MS, () => cluster.isReady());
  say('MongoDB and the event store are taken away');
  broken.push(...(await takesEventsWhileStoresAreAway(servers, tools)));
  await until('with its stores back the cluster was ready', READY_WITHIN_MS, () => cluster.isReady());
  say('all are back');
  const quietFrom = performance.now();
  const evidence = await evidenceWhenQuiet(world, QUIET_WITHIN_MS);
  say(`quiet after ${Math.round((performance.now() - quietFrom) / 1_000)} s`);

  const { EVENTSTORE_URL = '', MONGODB_URL = '' } = addressesOf(servers);
  const eventStore = new EventStoreDbEventStore({ url: EVENTSTORE_URL, random: Math.random });
  const live = new MongodbReadStore({ url: MONGODB_URL });
  const rebuilt = new MongodbReadStore({ url: MONGODB_URL.replace('/tocsin?', '/rebuilt?') });
  closings.push(async () => {
    await live.close();
    await rebuilt.close();
    await eventStore.close();
  });
  const events = await eventsOfTools(eventStore);
  broken.push(
    ...audit(evidence),
    ...lostEvents(tools.taken, events),
    ...openTwice(events),
    ...(await unequalViews(eventStore, live, rebuilt)),
    // Whatever it meets, a service waits for it.
    ...cluster.endedByThemselves.map((replica) => `${replica} ended by itself`),
  );
  for (const [name, count] of counts) say(`${count} x ${name}`);
  say(`events: ${eventsSaid(tools)}`);
  say(`alerts: ${evidence.alerts.length}, of them ${evidence.alerts.filter(({ status }) => status !== 'RESOLVED').length} open`);
  say(`pages: ${evidence.mails.length}, of them ${duplicatesIn(evidence.mails) - copiesBefore} copies that said they might be`);
  return broken;
};

say(`seed ${seed}: ${minutes} min of ${wanted.join(', ')} at ${perSecond} events/s (--seed ${seed} chooses the same faults again)`);
let code = 1;
try {
  const broken = await run();
  for (const sentence of broken.slice(0, SENTENCES_SHOWN)) say(`BROKEN: ${sentence}`);
  say(broken.length === 0 ? 'all promises were kept' : `${broken.length} promises were broken (seed ${seed})`);
  if (broken.length === 0) {
    code = 0;
    await rm(logFile, { force: true });
  } else {
    await appendFile(logFile, broken.map((sentence) => `BROKEN: ${sentence}\n`).join(''));
    say(`all of them, and what the services printed, are in ${logFile}`);
  }
} catch (error) {
  console.error(error);
} finally {
  await closeAll();
}
process.exit(code);
