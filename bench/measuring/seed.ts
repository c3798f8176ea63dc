import type { AlertSource, AlertSourceId } from '@tocsin/domain';
import { EmbeddedLog } from '@tocsin/embedded-log';
import { EmbeddedEventStore } from '@tocsin/event-store/embedded';
import { START } from '@tocsin/event-store';
import { readSettings, startStandalone } from '@tocsin/standalone';
import type { Standalone } from '@tocsin/standalone';
import { API_KEY } from './programs.ts';
import { play, sow } from './templates.ts';
import type { Template } from './templates.ts';

export const SOURCES = 10;
const FIRST_SOURCE = 100;
/** Between one alert and the next. */
const EVERY_MS = 2_000;

export interface Seeded {
  readonly alerts: number;
  readonly facts: number;
}

/** Sources as `FIRST_SOURCE + n`. */
export const sourceId = (n: number): number => FIRST_SOURCE + (n % SOURCES);

/**
 * Fills a fresh directory: a few alerts go the whole way through the product, then their streams are appended again and
 * again. 98 % are resolved, 1 % accepted, 1 % pending with nothing left to come; spread over ten sources.
 */
export const seed = async (directory: string, alerts: number): Promise<Seeded> => {
  const { resolved, accepted, pending } = await templates(directory);
  const log = await EmbeddedLog.open({ directory });
  const store = new EmbeddedEventStore(log);
  const newestAt = Date.now() - 60_000;
  const facts = await sow(store, alerts, (n) => ({
    template: n % 100 === 0 ? accepted : n % 100 === 1 ? pending : resolved,
    raisedAt: newestAt - (alerts - n) * EVERY_MS,
    sourceId: sourceId(n),
  }));
  await log.close();
  return { alerts, facts };
};

/** What an earlier `seed` of so many alerts has left. */
export const factsIn = async (directory: string, alerts: number): Promise<Seeded> => {
  const log = await EmbeddedLog.open({ directory });
  const store = new EmbeddedEventStore(log);
  let facts = 0;
  try {
    for (let after = START; ;) {
      const page = await store.readAll({ after, prefixes: ['alert-', 'alertkey-', 'escalation-', 'notification-'], limit: 5_000 });
      facts += page.events.length;
      after = page.next;
      if (page.atHead) return { alerts, facts };
    }
  } finally {
    await log.close();
  }
};

const templates = async (directory: string): Promise<Readonly<Record<'resolved' | 'accepted' | 'pending', Template>>> => {
  const env = { TOCSIN_DATA_DIR: directory, TOCSIN_PORT: '0', TOCSIN_BOOTSTRAP_API_KEY: API_KEY, LOG_LEVEL: 'silent' };
  const standalone = await startStandalone(readSettings(env));
  try {
    await addSources(standalone);
    return {
      resolved: await play(standalone, { priority: 'HIGH', answers: ['ACCEPT', 'RESOLVE'] }),
      accepted: await play(standalone, { priority: 'HIGH', answers: ['ACCEPT'] }),
      // A LOW alert goes no further than its first level: a million of them leave no timer behind.
      pending: await play(standalone, { priority: 'LOW' }),
    };
  } finally {
    await standalone.stop();
  }
};

const addSources = async ({ platform }: Standalone): Promise<void> => {
  const [first] = platform.configuration.list('source');
  if (first === undefined) throw new Error('there is no alert source to copy');
  for (let n = 0; n < SOURCES; n++) {
    const source: AlertSource = { ...first, id: sourceId(n) as AlertSourceId, name: `source ${n}` };
    await platform.configurationStore.bootstrap('source', source, { requestId: 'seed', actor: { type: 'system', part: 'bench' } });
  }
};
