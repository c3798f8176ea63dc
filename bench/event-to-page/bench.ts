import { setTimeout as delay } from 'node:timers/promises';
import { EmbeddedLog } from '@tocsin/embedded-log';
import { EmbeddedMessageBus } from '@tocsin/messaging/embedded';
import type { Instant } from '@tocsin/domain';
import { MailSink } from '../measuring/mail-sink.ts';
import { flag, inDirectory, numberOption, startStandalone } from '../measuring/programs.ts';
import { report } from '../measuring/report.ts';
import { median, percentile, rounded } from '../measuring/statistics.ts';

const perSecond = numberOption('rate', 50);
const seconds = numberOption('seconds', flag('full') ? 60 : 15);
const rounds = numberOption('rounds', flag('full') ? 5 : 3);
/**
 * Commits that must follow each other between an event and its page: the tool event; the guard; the alert; its fact on the
 * bus; the level due; that fact on the bus; the resolution; the responders; that fact; the plan; the attempt.
 */
const COMMITS = 11;
const WARM_UP_S = 3;

interface Round {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly worstMs: number;
}

const summary = (delays: readonly number[]): Round => ({
  p50Ms: rounded(percentile(delays, 0.5)),
  p99Ms: rounded(percentile(delays, 0.99)),
  worstMs: rounded(Math.max(...delays)),
});

/** From the moment the tool begins to post until the provider has the whole message. */
const ours = (): Promise<Round> =>
  inDirectory(async (directory) => {
    const mail = await MailSink.start();
    const standalone = await startStandalone(directory, { SMTP_URL: mail.url, MAIL_FROM: 'tocsin@example.test' });
    try {
      const integrationKey = standalone.integrationKey;
      const postedAt = new Map<string, number>();
      const answers: Promise<unknown>[] = [];
      const total = (WARM_UP_S + seconds) * perSecond;
      const startedAt = performance.now();
      for (let n = 0; n < total; n++) {
        // At fixed times, whether or not the one before has been answered: a slow answer must not thin out the load.
        await delay(Math.max(0, startedAt + (n * 1_000) / perSecond - performance.now()));
        const key = `e2p-${n}`;
        postedAt.set(key, performance.now());
        answers.push(
          fetch(`${standalone.url}/api/events`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ integrationKey, eventType: 'ALERT', summary: `key:${key} disk full`, alertKey: key }),
          }).then((response) => response.arrayBuffer()),
        );
      }
      await Promise.all(answers);
      await mail.has(total, 30_000);
      const measured = [...postedAt].slice(WARM_UP_S * perSecond);
      return summary(measured.map(([key, at]) => (mail.receivedAt.get(key) ?? NaN) - at));
    } finally {
      await standalone.stop();
      await mail.stop();
    }
  });

/** The same number of commits, one after the other, at the same rate: what the disk alone takes. */
const limit = (): Promise<Round> =>
  inDirectory(async (directory) => {
    const log = await EmbeddedLog.open({ directory });
    const bus = new EmbeddedMessageBus(log);
    await bus.declare([{ name: 'steps', compacted: false, retentionDays: 1 }]);
    const delays: number[] = [];
    const chain = async (n: number): Promise<void> => {
      const startedAt = performance.now();
      for (let step = 0; step < COMMITS; step++) {
        const id = `${n}-${step}`;
        const message = {
          id,
          key: `${n}`,
          type: 'Step',
          schemaVersion: 1,
          time: 0 as Instant,
          correlationId: id,
          causationId: id,
          data: { n },
        };
        await bus.publish('steps', [message]);
      }
      delays.push(performance.now() - startedAt);
    };
    const startedAt = performance.now();
    const running: Promise<void>[] = [];
    for (let n = 0; n < 5 * perSecond; n++) {
      await delay(Math.max(0, startedAt + (n * 1_000) / perSecond - performance.now()));
      running.push(chain(n));
    }
    await Promise.all(running);
    await log.close();
    return summary(delays);
  });

const results = { ours: [] as Round[], limit: [] as Round[] };
for (let round = 1; round <= rounds; round++) {
  results.limit.push(await limit());
  results.ours.push(await ours());
  console.log(`${round}/${rounds}: limit ${JSON.stringify(results.limit.at(-1))}, ours ${JSON.stringify(results.ours.at(-1))}`);
}
const p50 = median(results.ours.map(({ p50Ms }) => p50Ms));
const limitP50 = median(results.limit.map(({ p50Ms }) => p50Ms));
report(
  'event-to-page',
  flag('full') ? 'full' : 'quick',
  [
    { what: `p50 in ms at ${perSecond} events/s (${COMMITS} commits alone: ${limitP50})`, value: p50, atMost: 15 },
    { what: 'p99 in ms', value: median(results.ours.map(({ p99Ms }) => p99Ms)), atMost: 60 },
  ],
  { perSecond, seconds, rounds, commits: COMMITS, timesTheLimit: rounded(p50 / limitP50, 2), results },
);
