import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { EmbeddedLog } from '@tocsin/embedded-log';
import { EmbeddedEventStore } from '@tocsin/event-store/embedded';
import type { NewEvent } from '@tocsin/event-store';
import type { Instant } from '@tocsin/domain';
import type { StandaloneProcess } from '@tocsin/testing';
import { MailSink } from '../measuring/mail-sink.ts';
import { API_KEY, flag, inDirectory, numberOption, startStandalone } from '../measuring/programs.ts';
import { report } from '../measuring/report.ts';
import { median, rounded } from '../measuring/statistics.ts';

const alerts = numberOption('alerts', flag('full') ? 20_000 : 4_000);
const rounds = numberOption('rounds', flag('full') ? 5 : 3);
const POSTED_AT_ONCE = 64;
const IDLE_MS = 10_000;
const WITHIN_MS = 600_000;
/** Events that one alert with one page leaves in the log; what the limit appends. */
const EVENTS_PER_ALERT = 9;

interface Round {
  readonly alertsPerSecond: number;
  readonly acceptedPerSecond: number;
  readonly idleMemoryMb: number;
  readonly idleCpuMs: number;
  readonly busyMemoryMb: number;
}

type Provider = 'outbox' | 'smtp';

/** A storm: all events at once, done when every alert is in the list and every page handed over. */
const ours = (provider: Provider): Promise<Round> =>
  inDirectory(async (directory) => {
    const mail = provider === 'smtp' ? await MailSink.start() : undefined;
    // Each page counts: a mail with many would hide how fast they leave.
    const paging: Readonly<Record<string, string>> =
      mail === undefined ? {} : { SMTP_URL: mail.url, MAIL_FROM: 'tocsin@example.test', TOCSIN_BUNDLE_PAGES: 'false' };
    const standalone = await startStandalone(directory, paging);
    try {
      await delay(2_000);
      const before = standalone.use();
      await delay(IDLE_MS);
      const idle = standalone.use();
      const startedAt = performance.now();
      await postAll(standalone);
      const acceptedAt = performance.now();
      await (mail?.has(alerts, WITHIN_MS) ?? handedOver(directory));
      while ((await count(standalone.url)) < alerts) await delay(20);
      const doneAt = performance.now();
      return {
        alertsPerSecond: rounded((alerts * 1_000) / (doneAt - startedAt), 0),
        acceptedPerSecond: rounded((alerts * 1_000) / (acceptedAt - startedAt), 0),
        idleMemoryMb: rounded(idle.residentBytes / 1_048_576, 0),
        idleCpuMs: idle.cpuMs - before.cpuMs,
        busyMemoryMb: rounded(standalone.use().residentBytes / 1_048_576, 0),
      };
    } finally {
      await standalone.stop();
      await mail?.stop();
    }
  });

const postAll = async ({ url, integrationKey }: StandaloneProcess): Promise<void> => {
  let next = 0;
  const post = async (): Promise<void> => {
    for (let n = next++; n < alerts; n = next++) {
      const body = JSON.stringify({ integrationKey, eventType: 'ALERT', summary: `key:storm-${n} disk full`, alertKey: `storm-${n}` });
      const response = await fetch(`${url}/api/events`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      await response.arrayBuffer();
      if (response.status !== 202) throw new Error(`an event was answered ${response.status}`);
    }
  };
  await Promise.all(Array.from({ length: POSTED_AT_ONCE }, post));
};

/** The outbox sends nothing that could be counted: that each page was handed over stands in the log. */
const handedOver = async (directory: string): Promise<void> => {
  const log = new DatabaseSync(join(directory, 'log.db'), { readOnly: true });
  const counted = log.prepare("SELECT count(*) AS pages FROM events WHERE category = 'notification-' AND type = 'HandedOver'");
  const deadline = Date.now() + WITHIN_MS;
  while (Number(counted.get()?.['pages']) < alerts) {
    if (Date.now() > deadline) throw new Error('not all pages were handed over');
    await delay(50);
  }
  log.close();
};

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

const rateOf = (measured: readonly Round[]): number => median(measured.map(({ alertsPerSecond }) => alertsPerSecond));

const results = { outbox: [] as Round[], smtp: [] as Round[], limit: [] as number[] };
for (let round = 1; round <= rounds; round++) {
  results.limit.push(await limit());
  for (const provider of ['outbox', 'smtp'] as const) results[provider].push(await ours(provider));
  console.log(
    `${round}/${rounds}: limit ${results.limit.at(-1)}/s, outbox ${JSON.stringify(results.outbox.at(-1))}, smtp ${JSON.stringify(results.smtp.at(-1))}`,
  );
}
const limitRate = median(results.limit);
const rates = { outbox: rateOf(results.outbox), smtp: rateOf(results.smtp) };
const all = [...results.outbox, ...results.smtp];
report(
  'sustained',
  flag('full') ? 'full' : 'quick',
  [
    {
      what: `new alerts per second, each paged into the outbox (its ${EVENTS_PER_ALERT} appends alone: ${limitRate}/s)`,
      value: rates.outbox,
      atLeast: 500,
    },
    { what: 'new alerts per second, each paged through SMTP', value: rates.smtp, atLeast: 500 },
    { what: 'idle memory in MB', value: median(all.map(({ idleMemoryMb }) => idleMemoryMb)), atMost: 200 },
    { what: `idle CPU in ms over ${IDLE_MS / 1_000} s`, value: median(all.map(({ idleCpuMs }) => idleCpuMs)), atMost: 50 },
  ],
  {
    alerts,
    rounds,
    sharesOfTheLimit: { outbox: rounded(rates.outbox / limitRate, 2), smtp: rounded(rates.smtp / limitRate, 2) },
    results,
  },
);
