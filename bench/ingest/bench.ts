import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Cluster } from '../measuring/cluster.ts';
import { postEvents } from '../measuring/event-load.ts';
import type { LoadResult } from '../measuring/event-load.ts';
import { flag, inDirectory, numberOption, startStandalone } from '../measuring/programs.ts';
import { report } from '../measuring/report.ts';
import { median, rounded } from '../measuring/statistics.ts';

const connections = numberOption('connections', 128);
const seconds = numberOption('seconds', flag('full') ? 10 : 4);
const rounds = numberOption('rounds', flag('full') ? 7 : 3);

/** What a tool sends: some text, some labels. */
const event = (integrationKey: string, alertKey: string) => ({
  integrationKey,
  eventType: 'ALERT',
  summary: `disk almost full on ${alertKey}`,
  details: 'The file system /var has 3 % left. At the present rate it is full in two hours.',
  alertKey,
  labels: { host: alertKey, region: 'eu-central-1' },
});

type Keys = (n: number) => string;
/** New: each event opens an alert. Known: an outage's repetitions, 100 keys over and over. */
const workloads: Readonly<Record<string, Keys>> = { new: (n) => `host-${n}`, known: (n) => `host-${n % 100}` };

const ours = (keys: Keys): Promise<LoadResult> =>
  inDirectory(async (directory) => {
    const standalone = await startStandalone(directory);
    try {
      const key = standalone.integrationKey;
      return await postEvents(`${standalone.url}/api/events`, { connections, seconds, body: (n) => event(key, keys(n)) });
    } finally {
      await standalone.stop();
    }
  });

const limit = (keys: Keys, env: Readonly<Record<string, string>> = {}): Promise<LoadResult> =>
  inDirectory(async (directory) => {
    const program = fileURLToPath(new URL('./limit.ts', import.meta.url));
    const child = spawn(process.execPath, ['--no-warnings', program, directory], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'exit');
    try {
      const [line] = (await once(child.stdout, 'data')) as [Buffer];
      return await postEvents(line.toString().trim(), { connections, seconds, body: (n) => event('til1limit', keys(n)) });
    } finally {
      child.kill('SIGTERM');
      await ended;
    }
  });

const rate = (all: readonly LoadResult[]): number => median(all.map(({ acceptedPerSecond }) => acceptedPerSecond));
const share = (of: readonly LoadResult[], whole: readonly LoadResult[]): number => rounded(rate(of) / rate(whole), 2);
const variant = flag('full') ? 'full' : 'quick';

async function standalone(): Promise<void> {
  const results: Record<string, { ours: LoadResult[]; limit: LoadResult[] }> = {};
  for (const [name, keys] of Object.entries(workloads)) {
    const measured = (results[name] = { ours: [] as LoadResult[], limit: [] as LoadResult[] });
    for (let round = 1; round <= rounds; round++) {
      // In turns, so that whatever else the machine does meanwhile falls on both.
      measured.limit.push(await limit(keys));
      measured.ours.push(await ours(keys));
      console.log(
        `${name} ${round}/${rounds}: limit ${measured.limit.at(-1)?.acceptedPerSecond}/s, ours ${JSON.stringify(measured.ours.at(-1))}`,
      );
    }
  }
  report(
    'ingest',
    variant,
    Object.entries(results).flatMap(([name, measured]) => [
      { what: `${name} keys, share of the limit of ${rate(measured.limit)}/s`, value: share(measured.ours, measured.limit), atLeast: 0.5 },
      { what: `${name} keys, durable events per second`, value: rate(measured.ours), atLeast: 5_000 },
    ]),
    { connections, seconds, rounds, results },
  );
}

/** Ingestion alone: in a cluster the services have machines of their own, here they would take its cores. */
async function cluster(): Promise<void> {
  const results = { limit: [] as LoadResult[], ours: [] as LoadResult[], oursOnTwo: [] as LoadResult[] };
  await inDirectory(async (directory) => {
    const services = await Cluster.start(directory);
    try {
      const key = await services.integrationKey();
      await services.stopAllBut('ingestion');
      const [first = ''] = services.urls('ingestion');
      const second = await services.add('ingestion');
      let posted = 0;
      const post = (url: string, over: number): Promise<LoadResult> =>
        postEvents(`${url}/api/events`, { connections: over, seconds, body: () => event(key, `host-${++posted}`) });
      for (let round = 1; round <= rounds; round++) {
        results.limit.push(await limit(workloads['new'] as Keys, { KAFKA_BROKERS: services.brokers }));
        results.ours.push(await post(first, connections));
        results.oursOnTwo.push(sum(await Promise.all([first, second].map((url) => post(url, connections / 2)))));
        const line = Object.entries(results).map(([name, all]) => `${name} ${JSON.stringify(all.at(-1))}`);
        console.log(`${round}/${rounds}: ${line.join(', ')}`);
      }
    } finally {
      await services.stop();
    }
  });
  report(
    'ingest',
    `cluster-${variant}`,
    [
      { what: `share of the limit of ${rate(results.limit)}/s`, value: share(results.ours, results.limit), atLeast: 0.5 },
      { what: 'durable events per second', value: rate(results.ours), atLeast: 5_000 },
    ],
    { connections, seconds, rounds, timesWithTwoReplicas: share(results.oursOnTwo, results.ours), results },
  );
}

const sum = (all: readonly LoadResult[]): LoadResult => ({
  acceptedPerSecond: all.reduce((total, { acceptedPerSecond }) => total + acceptedPerSecond, 0),
  p50Ms: Math.max(...all.map(({ p50Ms }) => p50Ms)),
  p99Ms: Math.max(...all.map(({ p99Ms }) => p99Ms)),
  refused: all.reduce((total, { refused }) => total + refused, 0),
});

await (flag('cluster') ? cluster() : standalone());
