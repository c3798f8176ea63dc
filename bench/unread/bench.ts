import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { StandaloneProcess } from '@tocsin/testing';
import { API_KEY, flag, inDirectory, numberOption, startStandalone } from '../measuring/programs.ts';
import { report } from '../measuring/report.ts';
import { percentile, rounded } from '../measuring/statistics.ts';

const alerts = 100;
const clients = numberOption('clients', 30);
const detailsBytes = numberOption('details', 400_000);
const HELD_MS = flag('full') ? 90_000 : 15_000;
const EVERY_MS = 50;
const AT_ONCE = 4;
const AGAIN_MS = 200;

interface Target {
  readonly url: string;
  readonly integrationKey: string;
}

/** Posts until it is taken, as tools do; how long that took. */
const post = async ({ url, integrationKey }: Target, event: object): Promise<number> => {
  const startedAt = performance.now();
  const body = JSON.stringify({ integrationKey, eventType: 'ALERT', priority: 'LOW', ...event });
  for (;;) {
    const response = await fetch(`${url}/api/events`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    await response.arrayBuffer();
    if (response.status === 202) return performance.now() - startedAt;
    if (response.status !== 503) throw new Error(`an event was answered ${response.status}`);
    await delay(AGAIN_MS);
  }
};

const seed = async (standalone: Target): Promise<void> => {
  let next = 0;
  const work = async (): Promise<void> => {
    for (let n = next++; n < alerts; n = next++)
      await post(standalone, { summary: `large ${n}`, alertKey: `large-${n}`, details: 'x'.repeat(detailsBytes) });
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  while ((await count(standalone.url)) < alerts) await delay(50);
};

const count = async (url: string): Promise<number> => {
  const response = await fetch(`${url}/api/alerts/count`, { headers: { authorization: `Bearer ${API_KEY}` } });
  return ((await response.json()) as { readonly count: number }).count;
};

/** Asks, takes note of the status, and never reads on. */
const ask = async (url: string, onStatus: (status: number) => void): Promise<Socket> => {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  socket.once('readable', () => onStatus(Number(String(socket.read(12)).slice(9))));
  socket.write(`GET /api/alerts?max-results=${alerts} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${API_KEY}\r\n\r\n`);
  return socket;
};

const readAll = async (url: string): Promise<number> => {
  const response = await fetch(`${url}/api/alerts?max-results=${alerts}`, { headers: { authorization: `Bearer ${API_KEY}` } });
  await response.arrayBuffer();
  return response.status;
};

/** How long events waited, and the most memory there was, while something goes on. */
const beside = async (standalone: StandaloneProcess, target: Target, goesOn: () => Promise<unknown>) => {
  const waitedMs: number[] = [];
  const posting: Promise<void>[] = [];
  let mostBytes = 0;
  let over = false;
  const work = goesOn().finally(() => (over = true));
  for (let n = 0; !over; n++) {
    posting.push(post(target, { summary: 'small', alertKey: 'small' }).then((ms) => void waitedMs.push(ms)));
    mostBytes = Math.max(mostBytes, standalone.use().residentBytes);
    await delay(EVERY_MS);
  }
  await work;
  await Promise.all(posting);
  return {
    events: waitedMs.length,
    p50Ms: rounded(percentile(waitedMs, 0.5)),
    p99Ms: rounded(percentile(waitedMs, 0.99)),
    worstMs: rounded(Math.max(...waitedMs)),
    mostMb: rounded(mostBytes / 1_048_576, 0),
  };
};

const histogram = (statuses: readonly number[]): Readonly<Record<string, number>> =>
  Object.fromEntries([...new Set(statuses)].map((status) => [status, statuses.filter((one) => one === status).length]));

const raw = await inDirectory(async (directory) => {
  const standalone = await startStandalone(directory);
  try {
    // Said once, at the start: what is logged later pushes it out of what is kept of the output.
    const target = { url: standalone.url, integrationKey: standalone.integrationKey };
    await seed(target);
    await delay(5_000);
    const beforeMb = rounded(standalone.use().residentBytes / 1_048_576, 0);
    const unreadStatuses: number[] = [];
    const sockets: Socket[] = [];
    const unread = await beside(standalone, target, async () => {
      for (let n = 0; n < clients; n++) sockets.push(await ask(standalone.url, (status) => unreadStatuses.push(status)));
      await delay(HELD_MS);
    });
    for (const socket of sockets) socket.destroy();
    await delay(5_000);
    const readStatuses: number[] = [];
    const startedAt = performance.now();
    const read = await beside(standalone, target, () =>
      Promise.all(Array.from({ length: clients }, async () => readStatuses.push(await readAll(standalone.url)))),
    );
    const readAllMs = rounded(performance.now() - startedAt, 0);
    return {
      beforeMb,
      unread: { ...unread, statuses: histogram(unreadStatuses) },
      read: { ...read, statuses: histogram(readStatuses), allMs: readAllMs },
    };
  } finally {
    await standalone.stop();
  }
});

console.log(raw);
report(
  import.meta.url,
  flag('full') ? 'full' : 'quick',
  [
    { what: 'longest wait of an event beside unread lists, ms', value: raw.unread.worstMs, atMost: 1_000 },
    { what: 'growth of the process beside unread lists, garbage included, MB', value: raw.unread.mostMb - raw.beforeMb, atMost: 500 },
    { what: 'longest wait of an event beside lists that are read, ms', value: raw.read.worstMs, atMost: 1_000 },
  ],
  { alerts, clients, detailsBytes, ...raw },
);
