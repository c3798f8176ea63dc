import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { EmbeddedLog } from '@tocsin/embedded-log';
import type { EventStore } from '@tocsin/event-store';
import { EmbeddedEventStore } from '@tocsin/event-store/embedded';
import { EventStoreDbEventStore } from '@tocsin/event-store/eventstoredb';
import type { MessageBus } from '@tocsin/messaging';
import { EmbeddedMessageBus } from '@tocsin/messaging/embedded';
import { KafkaMessageBus } from '@tocsin/messaging/kafka';
import type { Instant } from '@tocsin/domain';
import { Cluster } from '../measuring/cluster.ts';
import { CpuMeter } from '../measuring/cpu.ts';
import { MailSink } from '../measuring/mail-sink.ts';
import { flag, inDirectory, numberOption, startStandalone } from '../measuring/programs.ts';
import { report } from '../measuring/report.ts';
import { median, percentile, rounded } from '../measuring/statistics.ts';

const USUAL_RATE = 50;
const perSecond = numberOption('rate', USUAL_RATE);
const seconds = numberOption('seconds', flag('full') ? 60 : 15);
const rounds = numberOption('rounds', flag('full') ? 5 : 3);
/**
 * Writes that must follow each other between an event and its page: the tool event; the guard; the alert; its fact on the
 * bus; the level due; that fact on the bus; the resolution; the responders; that fact; the plan; the attempt.
 */
const WRITES = ['bus', 'store', 'store', 'bus', 'store', 'bus', 'bus', 'store', 'bus', 'store', 'store'] as const;
/** A machine that cannot keep up is to be measured, too. */
const ALL_WITHIN_MS = 180_000;
const WARM_UP_S = 3;
const AT_REST_S = 5;
/** As many as it takes until what is done for each one is compiled: services run for weeks. */
const WARM_UP = { total: 3_000, perSecond: USUAL_RATE };
const MEASURED = { total: (WARM_UP_S + seconds) * perSecond, perSecond };

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

interface Intake {
  readonly url: string;
  readonly integrationKey: string;
}

/** From the moment the tool begins to post until the provider has the whole message. */
const pages = async (to: Intake, mail: MailSink, name: string, load = MEASURED): Promise<Round> => {
  const postedAt = new Map<string, number>();
  const answers: Promise<unknown>[] = [];
  const startedAt = performance.now();
  const before = mail.receivedAt.size;
  const { integrationKey, url } = to;
  for (let n = 0; n < load.total; n++) {
    // At fixed times, whether or not the one before has been answered: a slow answer must not thin out the load.
    await delay(Math.max(0, startedAt + (n * 1_000) / load.perSecond - performance.now()));
    const key = `e2p-${name}-${n}`;
    postedAt.set(key, performance.now());
    answers.push(
      fetch(`${url}/api/events`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ integrationKey, eventType: 'ALERT', summary: `key:${key} disk full`, alertKey: key }),
      }).then((response) => response.arrayBuffer()),
    );
  }
  await Promise.all(answers);
  await mail.has(before + load.total, ALL_WITHIN_MS);
  const measured = [...postedAt].slice(WARM_UP_S * perSecond);
  return summary(measured.map(([key, at]) => (mail.receivedAt.get(key) ?? NaN) - at));
};

const ours = (): Promise<Round> =>
  inDirectory(async (directory) => {
    const mail = await MailSink.start();
    const standalone = await startStandalone(directory, {
      SMTP_URL: mail.url,
      MAIL_FROM: 'tocsin@example.test',
      TOCSIN_BUNDLE_PAGES: 'false',
    });
    try {
      return await pages(standalone, mail, 'one');
    } finally {
      await standalone.stop();
      await mail.stop();
    }
  });

/** The same writes, one after the other, at the same rate: what the stores alone take. */
const writesAlone = async (bus: MessageBus, eventStore: EventStore): Promise<Round> => {
  await bus.declare([{ name: 'steps', compacted: false, retentionDays: 1 }]);
  const delays: number[] = [];
  const chain = async (): Promise<void> => {
    const startedAt = performance.now();
    const chainId = randomUUID();
    const about = { schemaVersion: 1, time: 0 as Instant, correlationId: chainId, causationId: chainId };
    const actor = { type: 'system', part: 'bench' } as const;
    for (const to of WRITES) {
      const step = { id: randomUUID(), type: 'Step', data: { chainId } };
      if (to === 'store') await eventStore.append(`steps-${step.id}`, 'no_stream', [{ ...step, metadata: { ...about, actor } }]);
      else await bus.publish('steps', [{ ...step, ...about, key: chainId }]);
    }
    delays.push(performance.now() - startedAt);
  };
  const startedAt = performance.now();
  const running: Promise<void>[] = [];
  for (let n = 0; n < 5 * perSecond; n++) {
    await delay(Math.max(0, startedAt + (n * 1_000) / perSecond - performance.now()));
    running.push(chain());
  }
  await Promise.all(running);
  return summary(delays);
};

const limit = (): Promise<Round> =>
  inDirectory(async (directory) => {
    const log = await EmbeddedLog.open({ directory });
    const round = await writesAlone(new EmbeddedMessageBus(log), new EmbeddedEventStore(log));
    await log.close();
    return round;
  });

const variant = flag('full') ? 'full' : 'quick';
const medianOf = (all: readonly Round[], which: keyof Round): number => median(all.map((round) => round[which]));

const standalone = async (): Promise<void> => {
  const results = { ours: [] as Round[], limit: [] as Round[] };
  for (let round = 1; round <= rounds; round++) {
    results.limit.push(await limit());
    results.ours.push(await ours());
    console.log(`${round}/${rounds}: limit ${JSON.stringify(results.limit.at(-1))}, ours ${JSON.stringify(results.ours.at(-1))}`);
  }
  const p50 = medianOf(results.ours, 'p50Ms');
  const limitP50 = medianOf(results.limit, 'p50Ms');
  report(
    'event-to-page',
    variant,
    [
      { what: `p50 in ms at ${perSecond} events/s (${WRITES.length} writes alone: ${limitP50})`, value: p50, atMost: 15 },
      { what: 'p99 in ms', value: medianOf(results.ours, 'p99Ms'), atMost: 60 },
    ],
    { perSecond, seconds, rounds, writes: WRITES.length, timesTheLimit: rounded(p50 / limitP50, 2), results },
  );
};

/** All five services, one replica each, and their servers, on the same cores. */
const cluster = (): Promise<void> =>
  inDirectory(async (directory) => {
    const mail = await MailSink.start();
    const services = await Cluster.start(directory, { SMTP_URL: mail.url, MAIL_FROM: 'tocsin@example.test', TOCSIN_BUNDLE_PAGES: 'false' });
    const results = { ours: [] as Round[], limit: [] as Round[] };
    const cpu = { perAlert: [] as Readonly<Record<string, number>>[], atRest: {} as Readonly<Record<string, number>> };
    const processes = { ...services.processes, bench: process.pid };
    const bus = new KafkaMessageBus({ brokers: services.brokers.split(',') }, Math.random);
    const eventStore = new EventStoreDbEventStore({ url: services.eventStoreUrl });
    try {
      const [url = ''] = services.urls('ingestion');
      const to = { url, integrationKey: await services.integrationKey() };
      await pages(to, mail, 'warm-up', WARM_UP);
      const resting = new CpuMeter(processes);
      await delay(AT_REST_S * 1_000);
      cpu.atRest = resting.perSecond();
      console.log(`CPU at rest, ms/s: ${JSON.stringify(cpu.atRest)}`);
      for (let round = 1; round <= rounds; round++) {
        results.limit.push(await writesAlone(bus, eventStore));
        const meter = new CpuMeter(processes);
        results.ours.push(await pages(to, mail, `round${round}`));
        cpu.perAlert.push(meter.each(MEASURED.total));
        console.log(`${round}/${rounds}: limit ${JSON.stringify(results.limit.at(-1))}, ours ${JSON.stringify(results.ours.at(-1))}`);
        console.log(`CPU, ms per alert: ${JSON.stringify(cpu.perAlert.at(-1))}`);
      }
    } finally {
      await bus.close();
      await eventStore.close();
      await services.stop();
      await mail.stop();
    }
    const p50 = medianOf(results.ours, 'p50Ms');
    const limitP50 = medianOf(results.limit, 'p50Ms');
    report(
      'event-to-page',
      perSecond === USUAL_RATE ? `cluster-${variant}` : `cluster-${variant}-${perSecond}-per-second`,
      [
        { what: `p50 in ms at ${perSecond} events/s (${WRITES.length} writes alone: ${limitP50})`, value: p50, atMost: 60 },
        { what: 'p99 in ms', value: medianOf(results.ours, 'p99Ms'), atMost: 250 },
      ],
      { perSecond, seconds, rounds, writes: WRITES.length, timesTheLimit: rounded(p50 / limitP50, 2), cpuMs: cpu, results },
    );
  });

await (flag('cluster') ? cluster() : standalone());
