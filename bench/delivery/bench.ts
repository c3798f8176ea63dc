import { setTimeout as delay } from 'node:timers/promises';
import type { NotificationEvent } from '@tocsin/domain';
import { EmbeddedLog } from '@tocsin/embedded-log';
import { START } from '@tocsin/event-store';
import { EmbeddedEventStore } from '@tocsin/event-store/embedded';
import type { StandaloneProcess } from '@tocsin/testing';
import { HttpSink } from '../measuring/http-sink.ts';
import { MailSink } from '../measuring/mail-sink.ts';
import { API_KEY, flag, inDirectory, numberOption, startStandalone } from '../measuring/programs.ts';
import { report } from '../measuring/report.ts';
import { median, percentile, rounded } from '../measuring/statistics.ts';
import { FIRST_ID } from '../measuring/templates.ts';
import { plant } from './planned-pages.ts';
import type { Paged } from './planned-pages.ts';

const pages = numberOption('pages', 10_000);
const open = numberOption('alerts', 100_000);
const accepts = numberOption('accepts', flag('full') ? 2_000 : 500);
const rounds = numberOption('rounds', flag('full') ? 5 : 3);
/** For seeding and starting, before the pages are due. */
const AHEAD_MS = numberOption('ahead', 20_000 + pages * 3);
const WITHIN_MS = 120_000;
const IDLE_MS = 10_000;
const FAR_MS = 86_400_000;
const ACCEPTED_PER_SECOND = 20;
/** What a company that sends messages usually needs for one, and takes at once. */
const PROVIDER = { answersAfterMs: 50, atOnce: 100 };

/** One of each way; the country of a number says which provider has it. */
const PAGED: readonly Paged[] = [
  { method: 'EMAIL', target: 'ana@example.test' },
  { method: 'SMS', target: '+4915112345678' },
  { method: 'SMS', target: '+436641234567' },
  { method: 'PUSH', target: 'a-topic' },
];

class Providers {
  readonly mail: MailSink;
  readonly http: Readonly<Record<'twilio' | 'gateway' | 'ntfy', HttpSink>>;

  private constructor(mail: MailSink, http: Providers['http']) {
    this.mail = mail;
    this.http = http;
  }

  static async start(): Promise<Providers> {
    const sid = 'SM00000000000000000000000000000001';
    const [mail, twilio, gateway, ntfy] = await Promise.all([
      MailSink.start(),
      HttpSink.start({ ...PROVIDER, answer: JSON.stringify({ sid, status: 'queued' }) }),
      HttpSink.start({ ...PROVIDER, answer: '{}' }),
      HttpSink.start({ ...PROVIDER, answer: '{}' }),
    ]);
    return new Providers(mail, { twilio, gateway, ntfy });
  }

  get environment(): Readonly<Record<string, string>> {
    const { twilio, gateway, ntfy } = this.http;
    return {
      SMTP_URL: this.mail.url,
      MAIL_FROM: 'tocsin@example.test',
      TWILIO_ACCOUNT_SID: 'AC00000000000000000000000000000001',
      TWILIO_AUTH_TOKEN: 'a-token',
      TWILIO_FROM: '+4930555001',
      TWILIO_API_BASE_URL: twilio.url,
      SMS_GATEWAY_URL: `${gateway.url}/messages`,
      SMS_ROUTES: '+43=gateway;*=twilio',
      NTFY_URL: ntfy.url,
      // The usual budgets of these two are for providers that take less.
      SMTP_AT_ONCE: String(PROVIDER.atOnce / 2),
      SMS_GATEWAY_AT_ONCE: String(PROVIDER.atOnce / 2),
    };
  }

  get taken(): number {
    return this.mail.receivedAt.size + this.mail.repeated + Object.values(this.http).reduce((sum, { taken }) => sum + taken, 0);
  }

  get refused(): number {
    return Object.values(this.http).reduce((sum, { refused }) => sum + refused, 0);
  }

  async stop(): Promise<void> {
    await Promise.all([this.mail.stop(), ...Object.values(this.http).map((sink) => sink.stop())]);
  }
}

interface Storm {
  /** From the moment they are due until the last one has been begun. */
  readonly firedWithinS: number;
  readonly handedOverWithinS: number;
  readonly pagesPerSecond: number;
  readonly taken: number;
  /** Calls that a provider refused, because it had as many as it takes at once. */
  readonly overBudget: number;
  readonly mostAtOnce: Readonly<Record<string, number>>;
  readonly cpuMsPerPage: number;
  readonly mainThreadCpuMsPerPage: number;
}

/** All pages are due at one moment. */
const storm = (): Promise<Storm> =>
  inDirectory(async (directory) => {
    const providers = await Providers.start();
    const dueAt = Date.now() + AHEAD_MS;
    await plant(directory, { alerts: pages, paged: PAGED, dueAt, delayMin: 10 });
    const standalone = await startStandalone(directory, providers.environment);
    let used = { cpuMs: 0, mainThreadCpuMs: 0 };
    try {
      await delay(Math.max(0, dueAt - 1_000 - Date.now()));
      if (Date.now() > dueAt || providers.taken > 0)
        throw new Error(`not ready before the pages are due: give it more than --ahead ${AHEAD_MS}`);
      const before = standalone.use();
      const deadline = dueAt + WITHIN_MS;
      while (providers.taken < pages && Date.now() < deadline) await delay(20);
      const after = standalone.use();
      used = { cpuMs: after.cpuMs - before.cpuMs, mainThreadCpuMs: after.mainThreadCpuMs - before.mainThreadCpuMs };
      // What became of the last ones is written down.
      await delay(2_000);
    } finally {
      await standalone.stop();
      await providers.stop();
    }
    const { begun, handedOver } = await moments(directory, dueAt);
    const lastMs = Math.max(...handedOver);
    return {
      firedWithinS: rounded(Math.max(...begun) / 1_000, 2),
      handedOverWithinS: rounded(lastMs / 1_000, 2),
      pagesPerSecond: rounded((handedOver.length * 1_000) / lastMs, 0),
      taken: providers.taken,
      overBudget: providers.refused,
      mostAtOnce: Object.fromEntries(Object.entries(providers.http).map(([name, { mostAtOnce }]) => [name, mostAtOnce])),
      cpuMsPerPage: rounded(used.cpuMs / pages, 2),
      mainThreadCpuMsPerPage: rounded(used.mainThreadCpuMs / pages, 2),
    };
  });

/** From the log: how long after their time pages were begun first, and handed over. */
const moments = async (directory: string, dueAt: number): Promise<Readonly<Record<'begun' | 'handedOver', readonly number[]>>> => {
  const log = await EmbeddedLog.open({ directory });
  const store = new EmbeddedEventStore(log);
  const first = { begun: new Map<string, number>(), handedOver: new Map<string, number>() };
  for (let after = START; ;) {
    const page = await store.readAll({ after, prefixes: ['notification-'], limit: 5_000 });
    for (const { stream, type, data } of page.events) {
      const { at } = data as NotificationEvent['data'] & { readonly at: number };
      const of = type === 'AttemptStarted' ? first.begun : type === 'HandedOver' ? first.handedOver : undefined;
      if (of !== undefined && at >= dueAt && !of.has(stream)) of.set(stream, at - dueAt);
    }
    if (page.atHead) break;
    after = page.next;
  }
  await log.close();
  if (first.handedOver.size < pages) throw new Error(`${first.handedOver.size} of ${pages} pages were handed over`);
  return { begun: [...first.begun.values()], handedOver: [...first.handedOver.values()] };
};

/** CPU of a process that has nothing to do, over ten seconds. */
const atRest = async (standalone: StandaloneProcess): Promise<number> => {
  const measured: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const before = standalone.use().cpuMs;
    await delay(IDLE_MS);
    measured.push(standalone.use().cpuMs - before);
  }
  return median(measured);
};

/** Longer than a process rests before it gives back what the start took, and V8 collects once more after that. */
const RESTING_MS = 24_000;

/** Until it has seen everything that is in the log, and has given back the memory that this took: that is done once. */
const caughtUp = async (standalone: StandaloneProcess): Promise<void> => {
  for (let before = standalone.use().cpuMs, restsSince = performance.now(); performance.now() - restsSince < RESTING_MS;) {
    await delay(3_000);
    const now = standalone.use().cpuMs;
    if (now - before > 50) restsSince = performance.now();
    before = now;
  }
};

interface Timing {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly worstMs: number;
}

/** At fixed times, whether or not the one before was answered. */
const paced = async (count: number, ask: (n: number) => Promise<Response>): Promise<Timing> => {
  const startedAt = performance.now();
  const took: number[] = [];
  const asking: Promise<void>[] = [];
  for (let n = 0; n < count; n++) {
    await delay(Math.max(0, startedAt + (n * 1_000) / ACCEPTED_PER_SECOND - performance.now()));
    const askedAt = performance.now();
    asking.push(
      ask(n).then(async (response) => {
        await response.arrayBuffer();
        took.push(performance.now() - askedAt);
        if (response.status !== 200) throw new Error(`answered ${response.status}`);
      }),
    );
  }
  await Promise.all(asking);
  return { p50Ms: rounded(percentile(took, 0.5)), p99Ms: rounded(percentile(took, 0.99)), worstMs: rounded(Math.max(...took)) };
};

const headers = { authorization: `Bearer ${API_KEY}` };

interface Standing {
  readonly idleCpuMs: number;
  readonly memoryMb: number;
  /** An answer from memory, over the same way. */
  readonly answerAlone: Timing;
  /** Absent where there are too few to accept. */
  readonly accept?: Timing;
}

/** As many alerts are open, each with a page that is due tomorrow, and a level after it. */
const standing = (alerts: number): Promise<Standing> =>
  inDirectory(async (directory) => {
    await plant(directory, { alerts, paged: PAGED, dueAt: Date.now() + FAR_MS, delayMin: FAR_MS / 60_000 });
    const standalone = await startStandalone(directory, { SMTP_URL: 'smtp://127.0.0.1:1', MAIL_FROM: 'tocsin@example.test' });
    try {
      await caughtUp(standalone);
      const idleCpuMs = await atRest(standalone);
      const memoryMb = rounded(standalone.use().residentBytes / 1_048_576, 0);
      const step = Math.max(1, Math.floor(alerts / (accepts + 100)));
      const accept = (n: number): Promise<Response> =>
        fetch(`${standalone.url}/api/alerts/${FIRST_ID + n * step}/accept`, { method: 'PUT', headers });
      const answerAlone = await paced(200, () => fetch(`${standalone.url}/api/users/current`, { headers }));
      if (alerts < accepts + 100) return { idleCpuMs, memoryMb, answerAlone };
      // The first ones pay for compiling it.
      await paced(100, (n) => accept(accepts + n));
      return { idleCpuMs, memoryMb, answerAlone, accept: await paced(accepts, accept) };
    } finally {
      await standalone.stop();
    }
  });

const only = process.argv.slice(2).find((argument) => ['storm', 'standing'].includes(argument));
const storms: Storm[] = [];
if (only !== 'standing')
  for (let round = 1; round <= rounds; round++) {
    storms.push(await storm());
    console.log(`${round}/${rounds}: ${JSON.stringify(storms.at(-1))}`);
  }
const without = only === 'storm' ? undefined : await standing(0);
const withAll = only === 'storm' ? undefined : await standing(open);
console.log(JSON.stringify({ without, withAll }));
const middle = (which: 'firedWithinS' | 'pagesPerSecond' | 'overBudget'): number => median(storms.map((each) => each[which]));
report(
  'delivery',
  flag('full') ? 'full' : 'quick',
  [
    ...(storms.length === 0
      ? []
      : [
          { what: 'pages per second handed to the providers', value: middle('pagesPerSecond'), atLeast: 500 },
          { what: 'calls over what a provider takes at once', value: middle('overBudget'), atMost: 0 },
          { what: `${pages} timers that are due in one second, the last one fired after s`, value: middle('firedWithinS'), atMost: 10 },
        ]),
    ...(withAll === undefined || without === undefined
      ? []
      : [
          {
            what: `CPU in ms over ${IDLE_MS / 1_000} s with ${2 * open} timers pending (with none: ${without.idleCpuMs})`,
            value: withAll.idleCpuMs,
            atMost: without.idleCpuMs + 50,
          },
          {
            what: `accept at ${open} open alerts, p99 in ms (an answer alone: ${withAll.answerAlone.p99Ms})`,
            value: withAll.accept?.p99Ms ?? NaN,
            atMost: 100,
          },
        ]),
  ],
  { pages, open, accepts, rounds, storms, without, withAll },
);
