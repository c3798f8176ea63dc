import { setTimeout as delay } from 'node:timers/promises';
import { Cluster, SERVICES } from '../measuring/cluster.ts';
import type { ServiceName } from '../measuring/cluster.ts';
import { MailSink } from '../measuring/mail-sink.ts';
import { inDirectory, numberOption } from '../measuring/programs.ts';
import { report } from '../measuring/report.ts';
import { median, rounded } from '../measuring/statistics.ts';

const perSecond = numberOption('rate', 5);
const rounds = numberOption('rounds', 3);
const BEFORE_MS = 5_000;
const AFTER_MS = 15_000;
const ALL_WITHIN_MS = 120_000;

/** Posts at a steady rate until it is told to end. */
class SteadyLoad {
  readonly postedAt = new Map<string, number>();
  private ended = false;
  private readonly posting: Promise<void>;

  constructor(url: () => string, integrationKey: string) {
    this.posting = this.post(url, integrationKey);
    // Whoever ends it is told.
    this.posting.catch(() => undefined);
  }

  async end(): Promise<void> {
    this.ended = true;
    await this.posting;
  }

  private async post(url: () => string, integrationKey: string): Promise<void> {
    const startedAt = performance.now();
    for (let n = 0; !this.ended; n++) {
      await delay(Math.max(0, startedAt + (n * 1_000) / perSecond - performance.now()));
      const key = `failover-${n}`;
      this.postedAt.set(key, performance.now());
      const response = await fetch(`${url()}/api/events`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ integrationKey, eventType: 'ALERT', summary: `key:${key} disk full`, alertKey: key }),
      });
      if (!response.ok) throw new Error(`an event was answered ${response.status}: ${await response.text()}`);
    }
  }
}

const killed: { readonly service: ServiceName; readonly at: number }[] = [];
const longestMs: Record<string, number[]> = {};

await inDirectory(async (directory) => {
  const mail = await MailSink.start();
  const services = await Cluster.start(directory, { SMTP_URL: mail.url, MAIL_FROM: 'tocsin@example.test', TOCSIN_BUNDLE_PAGES: 'false' });
  try {
    for (const service of SERVICES) await services.add(service);
    const key = await services.integrationKey();
    // To a replica that lives: what a front door does is not measured here.
    const load = new SteadyLoad(() => services.urls('ingestion').at(-1) ?? '', key);
    for (let round = 1; round <= rounds; round++)
      for (const service of SERVICES) {
        await delay(BEFORE_MS);
        services.kill(service);
        killed.push({ service, at: performance.now() });
        await delay(AFTER_MS);
        await services.add(service);
      }
    await load.end();
    await mail.has(load.postedAt.size, ALL_WITHIN_MS);
    for (const { service, at } of killed) {
      const waited = [...load.postedAt]
        .filter(([, postedAt]) => postedAt > at - BEFORE_MS && postedAt < at + AFTER_MS)
        .map(([of, postedAt]) => (mail.receivedAt.get(of) ?? NaN) - postedAt);
      (longestMs[service] ??= []).push(rounded(Math.max(...waited), 0));
    }
  } finally {
    await services.stop();
    await mail.stop();
  }
});

console.log(longestMs);
report(
  'failover',
  'quick',
  [
    { what: 'longest wait of a page in ms', value: Math.max(...Object.values(longestMs).flat()), atMost: 10_000 },
    ...Object.entries(longestMs).map(([service, all]) => ({
      what: `longest wait in ms when a replica of ${service} dies, median`,
      value: median(all),
      atMost: 10_000,
    })),
  ],
  { perSecond, rounds, longestMs },
);
