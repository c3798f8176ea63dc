import { join } from 'node:path';
import { EmbeddedLog } from '@tocsin/embedded-log';
import { EmbeddedEventStore } from '@tocsin/event-store/embedded';
import { alertsView, notificationsView, ProjectionRunner } from '@tocsin/read-models';
import { MongodbReadStore } from '@tocsin/read-models/mongodb';
import { startMongodb } from '../../scripts/servers/mongodb.mjs';
import { flag, inDirectory, numberOption } from '../measuring/programs.ts';
import { report } from '../measuring/report.ts';
import { seed } from '../measuring/seed.ts';
import { median, rounded } from '../measuring/statistics.ts';

const alerts = numberOption('alerts', flag('full') ? 200_000 : 20_000);
const rounds = numberOption('rounds', 3);
const projections = [alertsView, notificationsView];
const WITHIN_MS = 1_800_000;

const perSecond = (facts: number, startedAt: number): number => rounded((facts * 1_000) / (performance.now() - startedAt), 0);

await inDirectory(async (directory) => {
  const given = process.env['MONGODB_URL'];
  const server =
    given === undefined ? await startMongodb({ directory: join(directory, 'mongodb') }) : { url: given, stop: () => undefined };
  const seeded = await seed(directory, alerts);
  const log = await EmbeddedLog.open({ directory });
  const eventStore = new EmbeddedEventStore(log);
  const readStore = new MongodbReadStore({ url: server.url });
  const results = { live: [] as number[], ours: [] as number[] };
  for (let round = 1; round <= rounds; round++) {
    let took = { live: 0, ours: 0 };
    for (const projection of projections) {
      const runner = new ProjectionRunner({ projection, eventStore, readStore });
      let startedAt = performance.now();
      if (round > 1) await readStore.reset(projection.name);
      runner.start();
      await runner.waitFor(await eventStore.head(), WITHIN_MS);
      took = { ...took, live: took.live + performance.now() - startedAt };
      startedAt = performance.now();
      await runner.rebuild();
      took = { ...took, ours: took.ours + performance.now() - startedAt };
      await runner.stop();
      const count = await readStore.count(projection.name, {});
      if (count < alerts) throw new Error(`${projection.name} has ${count} documents after its rebuild, not ${alerts}`);
    }
    results.live.push(perSecond(seeded.facts, performance.now() - took.live));
    results.ours.push(perSecond(seeded.facts, performance.now() - took.ours));
    console.log(`${round}/${rounds}: live ${results.live.at(-1)}/s, ours ${results.ours.at(-1)}/s`);
  }
  await readStore.close();
  await log.close();
  await server.stop();
  report(
    'rebuild-mongodb',
    flag('full') ? 'full' : 'quick',
    [{ what: `facts per second into rebuilt views (followed: ${median(results.live)}/s)`, value: median(results.ours), atLeast: 8_000 }],
    { ...seeded, rounds, results },
  );
});
