import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { EmbeddedLog } from '@tocsin/embedded-log';
import { EmbeddedEventStore } from '@tocsin/event-store/embedded';
import { START } from '@tocsin/event-store';
import { ALERTS_VIEW, alertsView, NOTIFICATIONS_VIEW, notificationsView, ProjectionRunner } from '@tocsin/read-models';
import { EmbeddedReadStore } from '@tocsin/read-models/embedded';
import { flag, inDirectory, numberOption } from '../measuring/programs.ts';
import { report } from '../measuring/report.ts';
import { seed } from '../measuring/seed.ts';
import { median, rounded } from '../measuring/statistics.ts';

const alerts = numberOption('alerts', flag('full') ? 200_000 : 20_000);
const rounds = numberOption('rounds', 3);
const projections = [alertsView, notificationsView];
const WITHIN_MS = 1_800_000;

/** Facts per second that somebody who only reads gets out of the log. */
const limit = async (store: EmbeddedEventStore): Promise<number> => {
  const prefixes = projections.flatMap((projection) => projection.prefixes);
  const startedAt = performance.now();
  let facts = 0;
  for (let after = START, atHead = false; !atHead;) {
    const page = await store.readAll({ after, prefixes, limit: 500 });
    facts += page.events.length;
    ({ next: after, atHead } = page);
  }
  return rounded((facts * 1_000) / (performance.now() - startedAt), 0);
};

/** Both views from nothing to the log's end, at once, as after an upgrade that changed them. */
const ours = async (store: EmbeddedEventStore, directory: string, facts: number): Promise<number> => {
  for (const file of ['views.db', 'views.db-wal', 'views.db-shm']) await rm(join(directory, file), { force: true });
  const readStore = await EmbeddedReadStore.open({ directory });
  const runners = projections.map((projection) => new ProjectionRunner({ projection, eventStore: store, readStore }));
  const startedAt = performance.now();
  for (const runner of runners) runner.start();
  const head = await store.head();
  const done = await Promise.all(runners.map((runner) => runner.waitFor(head, WITHIN_MS)));
  const perSecond = rounded((facts * 1_000) / (performance.now() - startedAt), 0);
  if (done.includes(false)) throw new Error('a view did not reach the end of the log');
  for (const view of [ALERTS_VIEW, NOTIFICATIONS_VIEW]) {
    const count = await readStore.count(view, {});
    if (count < alerts) throw new Error(`${view} has ${count} documents after its rebuild, not ${alerts}`);
  }
  await Promise.all(runners.map((runner) => runner.stop()));
  await readStore.close();
  return perSecond;
};

await inDirectory(async (directory) => {
  const seeded = await seed(directory, alerts);
  const log = await EmbeddedLog.open({ directory });
  const store = new EmbeddedEventStore(log);
  const results = { ours: [] as number[], limit: [] as number[] };
  for (let round = 1; round <= rounds; round++) {
    results.limit.push(await limit(store));
    results.ours.push(await ours(store, directory, seeded.facts));
    console.log(`${round}/${rounds}: limit ${results.limit.at(-1)}/s, ours ${results.ours.at(-1)}/s`);
  }
  await log.close();
  const rate = median(results.ours);
  report(
    'rebuild',
    flag('full') ? 'full' : 'quick',
    [{ what: `facts per second into the views (reading alone: ${median(results.limit)}/s)`, value: rate, atLeast: 20_000 }],
    { ...seeded, rounds, shareOfTheLimit: rounded(rate / median(results.limit), 2), results },
  );
});
