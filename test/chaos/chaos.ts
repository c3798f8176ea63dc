// Usage: npm run test:chaos [-- --minutes M --seed N --only KINDS --rate EVENTS_PER_SECOND --quiet SECONDS]; see README.md.
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { EventStoreDbEventStore } from '@tocsin/event-store/eventstoredb';
import { MongodbReadStore } from '@tocsin/read-models/mongodb';
import { MailServer } from '@tocsin/testing';
import type { PublicParkedMessage } from '@tocsin/contracts';
import { Chance } from '../kills/src/chance.ts';
import { Ledger } from '../kills/src/ledger.ts';
import { lostAnswers } from './answers.ts';
import { Cluster } from './cluster.ts';
import { auditOf, evidenceWhenQuiet } from './evidence.ts';
import type { World } from './evidence.ts';
import { happenUntil, kinds } from './faults.ts';
import type { Kind } from './faults.ts';
import { laterLevels, lostLevels } from './levels.ts';
import { appliedTwice, heldTwice, outOfOrder, unlikeStreams } from './order.ts';
import { copiesOf, groundlessCopies, LATE_FROM_MS, notMarkedLate, pagedAfterAnswer, stoppedBeforeCall, withoutEnd } from './pages.ts';
import { eventsOfTools, recordsOf } from './record.ts';
import { Responders } from './responders.ts';
import { addressesOf, startServers } from './servers.ts';
import type { Servers } from './servers.ts';
import { kindOf, Tools } from './tools.ts';
import type { AlertKind, IntegrationKeys } from './tools.ts';
import { duplicatesIn, heldUp, lostEvents, openTwice, parked, unequalViews } from './verdict.ts';

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
const PEOPLE = ['ana', 'ben', 'cleo'] as const;
type Person = (typeof PEOPLE)[number];
/** Who is paged by which level, and how many minutes before the next one: one is the least that a policy has. */
const LEVELS: Readonly<Record<AlertKind, readonly { readonly people: readonly Person[]; readonly timeoutMin: number }[]>> = {
  waiting: [{ people: ['ana', 'ben'], timeoutMin: 1_440 }],
  climbing: [
    { people: ['ana'], timeoutMin: 1 },
    { people: ['cleo'], timeoutMin: 1_440 },
  ],
};
const addressOf = (person: Person): string => `${person}@example.test`;
const REFUSED: Person = 'ben';
const OTHER: Person = 'ana';
const READY_WITHIN_MS = 300_000;
/** From when it last became better until every promise must have been kept: longer than a page waits that was refused before. */
const QUIET_WITHIN_MS = Number(values.quiet) * 1_000;
const LOOK_EVERY_MS = 2_000;
const TAKEN_WHILE_AWAY = 50;
const TAKEN_WITHIN_MS = 60_000;
const PAGED_MEANWHILE = 50;
const PAGED_WITHIN_MS = 60_000;
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

interface Configured {
  /** That tools post with. */
  readonly integrationKeys: IntegrationKeys;
  /** By e-mail address. */
  readonly userIds: ReadonlyMap<string, number>;
}

const configure = async (cluster: Cluster): Promise<Configured> => {
  const userIds = new Map<string, number>();
  for (const name of PEOPLE) {
    const user = { firstName: name, lastName: 'Tester', email: addressOf(name) };
    userIds.set(user.email, (await cluster.call<{ id: number }>('POST', '/api/users', user)).id);
  }
  const integrationKeyOf = async (kind: AlertKind): Promise<string> => {
    const escalationRules = LEVELS[kind].map(({ people, timeoutMin }) => ({
      escalationTimeout: timeoutMin,
      users: people.map((person) => ({ id: userIds.get(addressOf(person)) })),
    }));
    const policy = await cluster.call<{ id: number }>('POST', '/api/escalation-policies', { name: kind, escalationRules });
    const source = { name: kind, integrationType: 'API', escalationPolicy: { id: policy.id } };
    return (await cluster.call<{ integrationKey: string }>('POST', '/api/alert-sources', source)).integrationKey;
  };
  return { integrationKeys: { waiting: await integrationKeyOf('waiting'), climbing: await integrationKeyOf('climbing') }, userIds };
};

/** Whom the first levels lead to, so many of them. */
const pagedByLevels =
  (count: number) =>
  (alertKey: string): readonly string[] =>
    LEVELS[kindOf(alertKey)].slice(0, count).flatMap(({ people }) => people.map(addressOf));

const until = async (what: string, withinMs: number, isSo: () => Promise<boolean>): Promise<void> => {
  const deadline = performance.now() + withinMs;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`${what} not within ${withinMs / 1_000} s`);
    await delay(LOOK_EVERY_MS);
  }
};

/** Tools post events and people answer pages while something happens. Resolves when that is over and all that was said has been taken. */
const underLoad = async <Result>(tools: Tools, responders: Responders, happening: () => Promise<Result>): Promise<Result> => {
  const working = new AbortController();
  const work = Promise.all([tools.work(perSecond, working.signal), responders.work(working.signal)]);
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
  const { cluster, mail, responders } = world;
  say('a rolling restart of all services');
  const startedAt = performance.now();
  await underLoad(tools, responders, () => restartAll(cluster));
  say(`all were restarted after ${Math.round((performance.now() - startedAt) / 1_000)} s: ${eventsSaid(tools)}`);
  // A second level comes due when it will.
  const evidence = await evidenceWhenQuiet(world, pagedByLevels(1), QUIET_WITHIN_MS);
  const duplicates = duplicatesIn(mail.all());
  say(`${evidence.alerts.length} alerts, ${evidence.mails.length} pages, ${duplicates} copies`);
  return [
    ...auditOf(evidence, world),
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

/** P10: what the mail server refuses for one person delays nobody else. That person's pages are looked for in the end, like all. */
const othersArePaged = async ({ mail }: World, tools: Tools): Promise<readonly string[]> => {
  const [before, startedAt] = [mail.mailbox(addressOf(OTHER)).length, performance.now()];
  mail.refuse({ code: 451, times: Infinity, address: addressOf(REFUSED) });
  const refusedBefore = mail.mailbox(addressOf(REFUSED)).length;
  await tools.raise(PAGED_MEANWHILE, PAGED_WITHIN_MS);
  const paged = (): number => mail.mailbox(addressOf(OTHER)).length - before;
  while (paged() < PAGED_MEANWHILE && performance.now() - startedAt < PAGED_WITHIN_MS) await delay(LOOK_EVERY_MS / 10);
  const came = mail.mailbox(addressOf(REFUSED)).length - refusedBefore;
  mail.refuse({ code: 451, times: 0 });
  say(
    `${paged()} pages for ${OTHER} within ${Math.round((performance.now() - startedAt) / 100) / 10} s while all for ${REFUSED} were refused`,
  );
  return heldUp({ wanted: PAGED_MEANWHILE, pagedToOthers: paged(), pagedToRefused: came });
};

const eventsSaid = ({ taken, refusals }: Tools): string =>
  [`${taken.size} answered 202`, ...[...refusals].map(([name, count]) => `${count} ${name}`)].join(', ');

const answersSaid = ({ answers, refusals }: Responders): string =>
  [
    ...(['accept', 'resolve', 'escalate'] as const).map(
      (wanted) => `${answers.filter(({ purpose }) => purpose === wanted).length} ${wanted}`,
    ),
    ...[...refusals].map(([name, count]) => `${count} ${name}`),
  ].join(', ');

const run = async (): Promise<readonly string[]> => {
  const directory = await mkdtemp(join(tmpdir(), 'tocsin-chaos-'));
  closings.push(() => rm(directory, { recursive: true, force: true }));
  const mail = await MailServer.start();
  closings.push(() => mail.stop());
  const servers = await startServers(directory, (server) => closings.push(() => server.stop()));
  const env = {
    ...addressesOf(servers),
    SMTP_URL: mail.url,
    // Its verdict looks for a mail of each page.
    TOCSIN_BUNDLE_PAGES: 'false',
    MAIL_FROM: 'tocsin@example.test',
    TOCSIN_PUBLIC_URL: 'http://tocsin.example.test',
  };
  const cluster = await Cluster.start(directory, REPLICAS, env, logFile);
  closings.push(() => cluster.stop());
  await until('the cluster was ready', READY_WITHIN_MS, () => cluster.isReady());
  const { integrationKeys, userIds } = await configure(cluster);
  const ledger = new Ledger();
  // Chances of their own: what tools and people do next depends on answers, and so on the machine.
  const tools = new Tools(cluster.url, integrationKeys, ledger, new Chance(seed));
  const responders = new Responders({
    url: cluster.url,
    mail,
    ledger,
    chance: new Chance(seed + 2),
    mayEscalate: ({ to, subject }) => to === addressOf('ana') && subject.includes('] climbing-'),
  });
  const world: World = { cluster, ledger, mail, responders, say };
  say(`${cluster.replicas().length} replicas are ready`);
  const broken = wanted.includes(ROLLING) ? [...(await rollingRestart(world, tools))] : [];
  broken.push(...(await othersArePaged(world, tools)));

  const counts = await underLoad(tools, responders, async () => {
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
  const evidence = await evidenceWhenQuiet(world, pagedByLevels(2), QUIET_WITHIN_MS);
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
  const records = recordsOf(events);
  const copies = copiesOf(records, evidence.mails);
  const levels = laterLevels(records, LATE_FROM_MS);
  broken.push(
    ...auditOf(evidence, world),
    ...lostEvents(tools.taken, events),
    ...lostAnswers(responders.answers, records, userIds),
    ...openTwice(events),
    ...outOfOrder(records),
    ...unlikeStreams(records, evidence.alerts),
    ...appliedTwice(events),
    ...heldTwice(events),
    ...pagedAfterAnswer(records, evidence.mails),
    ...lostLevels(records, Date.now()),
    ...notMarkedLate(records, evidence.mails),
    ...withoutEnd(records, evidence.mails),
    ...groundlessCopies(records, evidence.mails),
    ...parked(await cluster.call<PublicParkedMessage[]>('GET', '/api/parked-messages?max-results=100')),
    ...(await unequalViews(eventStore, live, rebuilt)),
    // Whatever it meets, a service waits for it.
    ...cluster.endedByThemselves.map((replica) => `${replica} ended by itself`),
    // What did not happen proves nothing.
    ...(levels.fired === 0 ? ['no second level came due'] : []),
    ...(responders.answers.length === 0 ? ['nobody answered'] : []),
  );
  for (const [name, count] of counts) say(`${count} x ${name}`);
  say(`events: ${eventsSaid(tools)}`);
  say(`alerts: ${evidence.alerts.length}, of them ${evidence.alerts.filter(({ status }) => status !== 'RESOLVED').length} open`);
  say(`answers: ${answersSaid(responders)}`);
  say(`second levels that nobody's answer stopped: ${levels.fired} fired, ${levels.late} of them late`);
  say(`pages: ${evidence.mails.length} by ${copies.attempts} attempts; ${stoppedBeforeCall(records)} attempts found the alert answered`);
  say(
    `copies: ${copies.copies}, of them ${copies.undoubted} without doubt; attempts in doubt: ` +
      `${copies.afterNoAnswer} after the mail server's silence, ${copies.afterNoOutcome} after one without an outcome`,
  );
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
