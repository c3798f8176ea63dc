import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { StandaloneProcess } from '@tocsin/testing';
import { API_KEY, flag, inDirectory, numberOption, startStandalone } from '../measuring/programs.ts';
import { report } from '../measuring/report.ts';
import { factsIn, seed, SOURCES, sourceId } from '../measuring/seed.ts';
import { median, percentile, rounded } from '../measuring/statistics.ts';

const alerts = numberOption('alerts', flag('full') ? 1_000_000 : 100_000);
const requests = numberOption('requests', flag('full') ? 1_000 : 300);
const starts = 3;
/** Of what is promised in milliseconds; others are only measured. */
const WITHIN_MS = 20;
const FURTHEST_ROW = 10_000;
const PAGE = 100;

type Query = (n: number) => string;
const row = (n: number): number => (n * 7_919) % (FURTHEST_ROW - PAGE);
const states = ['RESOLVED', 'ACCEPTED', 'PENDING'];
const state = (n: number): string => states[n % states.length] ?? '';

const promised: Readonly<Record<string, Query>> = {
  'list, newest first': (n) => `/api/alerts?max-results=${PAGE}&start-index=${row(n)}`,
  'list by state': (n) => `/api/alerts?states=${state(n)}&max-results=${PAGE}&start-index=${row(n)}`,
  'list by source': (n) => `/api/alerts?sources=${sourceId(n)}&max-results=${PAGE}&start-index=${row(n)}`,
  'list by state and source': (n) => `/api/alerts?states=RESOLVED&sources=${sourceId(n)}&max-results=${PAGE}&start-index=${row(n)}`,
  'count by state': (n) => `/api/alerts/count?states=${state(n)}`,
  'count by source': (n) => `/api/alerts/count?sources=${sourceId(n)}`,
  'count by state and source': (n) => `/api/alerts/count?states=${state(n)}&sources=${sourceId(n)}`,
};
const measuredOnly: Readonly<Record<string, Query>> = {
  'one alert': (n) => `/api/alerts/${10_000 + ((n * 7_919) % alerts)}`,
  'list by policy': (n) => `/api/alerts?policies=1&max-results=${PAGE}&start-index=${row(n)}`,
  'list by responder': (n) => `/api/alerts?responders=1&max-results=${PAGE}&start-index=${row(n) % 1_000}`,
  'list of a time window': (n) =>
    `/api/alerts?from=${new Date(Date.now() - (n + 2) * 3_600_000).toISOString()}&until=${new Date(Date.now() - (n + 1) * 3_600_000).toISOString()}`,
  'list at half of all rows': () => `/api/alerts?max-results=${PAGE}&start-index=${alerts >> 1}`,
  'count of a time window': (n) => `/api/alerts/count?from=${new Date(Date.now() - (n + 2) * 3_600_000).toISOString()}`,
};
/** The least an authenticated answer takes: the same way through HTTP, one small resource from memory. */
const LIMIT: Query = () => '/api/users/current';

interface Timing {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly worstMs: number;
}

const timed = async (standalone: StandaloneProcess, query: Query, times: number): Promise<Timing> => {
  const took: number[] = [];
  for (let n = 0; n < times; n++) {
    const startedAt = performance.now();
    const response = await fetch(`${standalone.url}${query(n)}`, { headers: { authorization: `Bearer ${API_KEY}` } });
    const body = await response.text();
    took.push(performance.now() - startedAt);
    if (response.status !== 200) throw new Error(`${query(n)} was answered ${response.status}: ${body}`);
  }
  return { p50Ms: rounded(percentile(took, 0.5), 2), p99Ms: rounded(percentile(took, 0.99), 2), worstMs: rounded(Math.max(...took), 2) };
};

const keyOfFirstSource = async (standalone: StandaloneProcess): Promise<string> => {
  const response = await fetch(`${standalone.url}/api/alert-sources`, { headers: { authorization: `Bearer ${API_KEY}` } });
  const [first] = (await response.json()) as { readonly integrationKey: string }[];
  if (first === undefined) throw new Error('there is no alert source');
  return first.integrationKey;
};

/** How long a tool waits for the answer to an event, one after the other. */
const intake = async (standalone: StandaloneProcess, key: string, times: number): Promise<Timing> => {
  const took: number[] = [];
  for (let n = 0; n < times; n++) {
    const startedAt = performance.now();
    const response = await fetch(`${standalone.url}/api/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ integrationKey: key, eventType: 'RESOLVE', alertKey: `nobody knows ${n}` }),
    });
    await response.text();
    took.push(performance.now() - startedAt);
    if (response.status !== 202) throw new Error(`an event was answered ${response.status}`);
  }
  return { p50Ms: rounded(percentile(took, 0.5), 2), p99Ms: rounded(percentile(took, 0.99), 2), worstMs: rounded(Math.max(...took), 2) };
};

/** The same while the views' thread is kept busy: slow counts, and lists far down. */
const intakeBesideSlowReads = async (
  standalone: StandaloneProcess,
  key: string,
  times: number,
): Promise<Timing & { readonly reads: number }> => {
  const slow = [measuredOnly['count of a time window'], measuredOnly['list at half of all rows']];
  let done = false;
  let reads = 0;
  const readers = slow.map(async (query) => {
    for (; !done; reads++) await timed(standalone, query ?? LIMIT, 1);
  });
  const timing = await intake(standalone, key, times);
  done = true;
  await Promise.all(readers);
  return { ...timing, reads };
};

const everything = async (standalone: StandaloneProcess): Promise<number> => {
  const response = await fetch(`${standalone.url}/api/alerts/count`, { headers: { authorization: `Bearer ${API_KEY}` } });
  return ((await response.json()) as { readonly count: number }).count;
};

await inDirectory(async (directory) => {
  // Of a directory that was seeded before only the log counts: its views are made anew.
  const wasSeeded = existsSync(join(directory, 'log.db'));
  for (const name of ['views.db', 'views.db-wal', 'views.db-shm']) await rm(join(directory, name), { force: true });
  const seededAt = performance.now();
  const seeded = wasSeeded ? await factsIn(directory, alerts) : await seed(directory, alerts);
  console.log(
    `${alerts} alerts, ${seeded.facts} facts ${wasSeeded ? 'found' : 'seeded'} in ${rounded((performance.now() - seededAt) / 1_000)} s`,
  );
  const rebuiltAt = performance.now();
  let standalone = await startStandalone(directory);
  while ((await everything(standalone)) < alerts) await delay(200);
  // Timers and the relay look at everything once, too.
  await delay(2_000);
  const rebuildS = rounded((performance.now() - rebuiltAt) / 1_000);
  console.log(`views made in ${rebuildS} s: ${rounded(seeded.facts / rebuildS, 0)} facts/s`);
  const readyMs: number[] = [];
  for (let start = 0; start < starts; start++) {
    await standalone.stop();
    standalone = await startStandalone(directory);
    readyMs.push(rounded(standalone.readyMs, 0));
  }
  const limit = await timed(standalone, LIMIT, requests);
  const timings: Record<string, Timing> = {};
  for (const [name, query] of Object.entries({ ...promised, ...measuredOnly })) {
    await timed(standalone, query, 20);
    timings[name] = await timed(standalone, query, name in promised ? requests : Math.min(requests, 100));
    console.log(`${name}: ${JSON.stringify(timings[name])}`);
  }
  const key = await keyOfFirstSource(standalone);
  await intake(standalone, key, 50);
  const event = { alone: await intake(standalone, key, requests), besideSlowReads: await intakeBesideSlowReads(standalone, key, requests) };
  console.log(`an event: ${JSON.stringify(event)}`);
  const memoryMb = rounded(standalone.use().residentBytes / 1_048_576, 0);
  await standalone.stop();
  report(
    'list',
    flag('full') ? 'full' : 'quick',
    [
      { what: 'rebuild of all views at this size, facts/s', value: rounded(seeded.facts / rebuildS, 0), atLeast: 20_000 },
      { what: `ready in ms with ${alerts} alerts stored`, value: median(readyMs), atMost: 3_000 },
      ...Object.keys(promised).map((name) => ({
        what: `${name}, p99 in ms (an answer alone: ${limit.p99Ms})`,
        value: timings[name]?.p99Ms ?? NaN,
        atMost: WITHIN_MS,
      })),
    ],
    { ...seeded, sources: SOURCES, requests, rebuildS, readyMs, memoryMb, limit, timings, event },
  );
});
