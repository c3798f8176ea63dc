// Usage: npm run test:chaos [-- --minutes M --seed N --only replicas,servers,network,mail --rate EVENTS_PER_SECOND --quiet SECONDS]
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { EventStoreDbEventStore } from '@tocsin/event-store/eventstoredb';
import { MongodbReadStore } from '@tocsin/read-models/mongodb';
import { MailServer } from '@tocsin/testing';
import { alertsSeenBy } from '../kills/src/alerts-seen.ts';
import { audit } from '../kills/src/audit.ts';
import type { Evidence } from '../kills/src/audit.ts';
import { Chance } from '../kills/src/chance.ts';
import { Ledger } from '../kills/src/ledger.ts';
import { Cluster } from './cluster.ts';
import { happenUntil, kinds } from './faults.ts';
import type { Kind } from './faults.ts';
import { addressesOf, startServers } from './servers.ts';
import type { Servers } from './servers.ts';
import { Tools } from './tools.ts';
import { duplicatesIn, eventsOfTools, lostEvents, openTwice, unequalViews } from './verdict.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 2_147_483_647) },
    minutes: { type: 'string', default: '1' },
    only: { type: 'string', default: kinds.join(',') },
    rate: { type: 'string', default: '60' },
    quiet: { type: 'string', default: '180' },
  },
});
const [seed, minutes, perSecond] = [Number(values.seed), Number(values.minutes), Number(values.rate)];
const only = values.only.split(',').filter((kind): kind is Kind => kinds.includes(kind as Kind));

const REPLICAS = 2;
const PEOPLE = ['ana', 'ben'];
const READY_WITHIN_MS = 120_000;
/** From when everything is back until every promise must have been kept. */
const QUIET_WITHIN_MS = Number(values.quiet) * 1_000;
const LOOK_EVERY_MS = 2_000;
const TAKEN_WHILE_AWAY = 50;
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

/** Intake needs nothing but the bus: what is taken meanwhile is in the ledger, and must be there in the end like everything else. */
const takesEventsWhileStoresAreAway = async ({ mongodb, eventStore }: Servers, tools: Tools): Promise<readonly string[]> => {
  await Promise.all([mongodb.kill(), eventStore.kill()]);
  const taken = await tools.raise(TAKEN_WHILE_AWAY);
  await Promise.all([mongodb.restart(), eventStore.restart()]);
  return taken === TAKEN_WHILE_AWAY
    ? []
    : [`of ${TAKEN_WHILE_AWAY} events while MongoDB and the event store were away ${taken} were taken`];
};

/** Looks until all promises are kept, or long enough to say that they are broken. */
const finalEvidence = async (cluster: Cluster, ledger: Ledger, mail: MailServer): Promise<Evidence> => {
  const addresses = PEOPLE.map((name) => `${name}@example.test`);
  const deadline = performance.now() + QUIET_WITHIN_MS;
  for (;;) {
    const alerts = await alertsSeenBy((path) => cluster.call('GET', path));
    const evidence = { ledger, alerts, mails: mail.all(), addresses };
    if (audit(evidence).length === 0 || performance.now() > deadline) return evidence;
    await delay(LOOK_EVERY_MS);
  }
};

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
  const ledger = new Ledger();
  const tools = new Tools(cluster.url, await configure(cluster), ledger, new Chance(seed));
  say(`${cluster.replicas().length} replicas are ready`);

  const working = new AbortController();
  const work = tools.work(perSecond, working.signal);
  // A chance of its own: what the tools do next depends on answers, and so on the machine.
  const counts = await happenUntil({ cluster, servers, mail, chance: new Chance(seed + 1), say }, only, minutes * 60_000);
  working.abort();
  say('the chaos is over');
  await until('after the chaos the cluster was ready', READY_WITHIN_MS, () => cluster.isReady());
  await work;
  say('MongoDB and the event store are taken away');
  const refused = await takesEventsWhileStoresAreAway(servers, tools);
  await until('with its stores back the cluster was ready', READY_WITHIN_MS, () => cluster.isReady());
  say('all are back');
  const quietFrom = performance.now();
  const evidence = await finalEvidence(cluster, ledger, mail);
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
  const broken = [
    ...refused,
    ...audit(evidence),
    ...lostEvents(tools.taken, events),
    ...openTwice(events),
    ...(await unequalViews(eventStore, live, rebuilt)),
  ];
  const duplicates = duplicatesIn(evidence.mails);
  for (const [name, count] of counts) say(`${count} x ${name}`);
  if (cluster.endedByThemselves.length > 0) say(`ended by themselves: ${cluster.endedByThemselves.join(', ')}`);
  say(`events: ${tools.taken.size} answered 202; ${[...tools.refusals].map(([name, count]) => `${count} ${name}`).join(', ')}`);
  say(`alerts: ${evidence.alerts.length}, of them ${evidence.alerts.filter(({ status }) => status !== 'RESOLVED').length} open`);
  say(`pages: ${evidence.mails.length}, of them ${duplicates} copies that said they might be`);
  return broken;
};

say(`seed ${seed}: ${minutes} min of ${only.join(', ')} at ${perSecond} events/s (--seed ${seed} chooses the same faults again)`);
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
