import { setTimeout as delay } from 'node:timers/promises';
import { EmbeddedLog } from '@tocsin/embedded-log';
import { EmbeddedEventStore } from '@tocsin/event-store/embedded';
import type { NewEvent } from '@tocsin/event-store';
import type { Instant } from '@tocsin/domain';
import { MailSink } from '../measuring/mail-sink.ts';
import { API_KEY, flag, inDirectory, numberOption, startStandalone } from '../measuring/programs.ts';
import { report } from '../measuring/report.ts';
import { median, rounded } from '../measuring/statistics.ts';

const alerts = numberOption('alerts', flag('full') ? 20_000 : 4_000);
const rounds = numberOption('rounds', flag('full') ? 5 : 3);
const POSTED_AT_ONCE = 64;
const IDLE_MS = 10_000;
/** Events that one alert with one page leaves in the log; what the limit appends. */
const EVENTS_PER_ALERT = 9;

interface Round {
  readonly alertsPerSecond: number;
  readonly acceptedPerSecond: number;
  readonly idleMemoryMb: number;
  readonly idleCpuMs: number;
}

/** A storm: all events at once, done when every alert is in the list and every page with the provider. */
const ours = (): Promise<Round> =>
  inDirectory(async (directory) => {
    const mail = await MailSink.start();
    const standalone = await startStandalone(directory, { SMTP_URL: mail.url, MAIL_FROM: 'tocsin@example.test' });
    try {
      await delay(2_000);
      const before = standalone.use();
      await delay(IDLE_MS);
      const idle = standalone.use();
      const integrationKey = standalone.integrationKey;
      const startedAt = performance.now();
      let next = 0;
      const post = async (): Promise<void> => {
        for (let n = next++; n < alerts; n = next++) {
          const body = JSON.stringify({ integrationKey, eventType: 'ALERT', summary: `key:storm-${n} disk full`, alertKey: `storm-${n}` });
          const response = await fetch(`${standalone.url}/api/events`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body,
          });
          await response.arrayBuffer();
          if (response.status !== 202) throw new Error(`an event was answered ${response.status}`);
        }
      };
      await Promise.all(Array.from({ length: POSTED_AT_ONCE }, post));
      const acceptedAt = performance.now();
      await mail.has(alerts, 600_000);
      while ((await count(standalone.url)) < alerts) await delay(20);
      const doneAt = performance.now();
      return {
        alertsPerSecond: rounded((alerts * 1_000) / (doneAt - startedAt), 0),
        acceptedPerSecond: rounded((alerts * 1_000) / (acceptedAt - startedAt), 0),
        idleMemoryMb: rounded(idle.residentBytes / 1_048_576, 0),
        idleCpuMs: idle.cpuMs - before.cpuMs,
      };
    } finally {
      await standalone.stop();
      await mail.stop();
    }
  });

const count = async (url: string): Promise<number> => {
  const response = await fetch(`${url}/api/alerts/count`, { headers: { authorization: `Bearer ${API_KEY}` } });
  return ((await response.json()) as { readonly count: number }).count;
};

/** The same events, already made, appended to the same store by as many writers. */
const limit = (): Promise<number> =>
  inDirectory(async (directory) => {
    const log = await EmbeddedLog.open({ directory });
    const store = new EmbeddedEventStore(log);
    const metadata = {
      schemaVersion: 1,
      time: 0 as Instant,
      actor: { type: 'system', part: 'bench' },
      correlationId: 'c',
      causationId: 'c',
    } as const;
    const event = (id: string): NewEvent => ({ id, type: 'Step', data: { text: 'x'.repeat(300) }, metadata });
    let next = 0;
    const write = async (): Promise<void> => {
      for (let n = next++; n < alerts; n = next++)
        for (let step = 0; step < EVENTS_PER_ALERT; step++)
          await store.append(`alert-${n}`, step === 0 ? 'no_stream' : step - 1, [event(`${n}-${step}`)]);
    };
    const startedAt = performance.now();
    await Promise.all(Array.from({ length: POSTED_AT_ONCE }, write));
    const perSecond = rounded((alerts * 1_000) / (performance.now() - startedAt), 0);
    await log.close();
    return perSecond;
  });

const results = { ours: [] as Round[], limit: [] as number[] };
for (let round = 1; round <= rounds; round++) {
  results.limit.push(await limit());
  results.ours.push(await ours());
  console.log(`${round}/${rounds}: limit ${results.limit.at(-1)}/s, ours ${JSON.stringify(results.ours.at(-1))}`);
}
const rate = median(results.ours.map(({ alertsPerSecond }) => alertsPerSecond));
const limitRate = median(results.limit);
report(
  'sustained',
  flag('full') ? 'full' : 'quick',
  [
    { what: `new alerts per second, each paged (its ${EVENTS_PER_ALERT} appends alone: ${limitRate}/s)`, value: rate, atLeast: 500 },
    { what: 'idle memory in MB', value: median(results.ours.map(({ idleMemoryMb }) => idleMemoryMb)), atMost: 200 },
    { what: `idle CPU in ms over ${IDLE_MS / 1_000} s`, value: median(results.ours.map(({ idleCpuMs }) => idleCpuMs)), atMost: 50 },
  ],
  { alerts, rounds, shareOfTheLimit: rounded(rate / limitRate, 2), results },
);
