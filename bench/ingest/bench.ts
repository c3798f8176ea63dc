import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
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

const limit = (keys: Keys): Promise<LoadResult> =>
  inDirectory(async (directory) => {
    const program = fileURLToPath(new URL('./limit.ts', import.meta.url));
    const child = spawn(process.execPath, ['--no-warnings', program, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(child, 'exit');
    try {
      const [line] = (await once(child.stdout, 'data')) as [Buffer];
      return await postEvents(line.toString().trim(), { connections, seconds, body: (n) => event('til1limit', keys(n)) });
    } finally {
      child.kill('SIGTERM');
      await ended;
    }
  });

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

const rate = (all: readonly LoadResult[]): number => median(all.map(({ acceptedPerSecond }) => acceptedPerSecond));
report(
  'ingest',
  flag('full') ? 'full' : 'quick',
  Object.entries(results).flatMap(([name, measured]) => [
    {
      what: `${name} keys, share of the limit of ${rate(measured.limit)}/s`,
      value: rounded(rate(measured.ours) / rate(measured.limit), 2),
      atLeast: 0.5,
    },
    { what: `${name} keys, durable events per second`, value: rate(measured.ours), atLeast: 5_000 },
  ]),
  { connections, seconds, rounds, results },
);
