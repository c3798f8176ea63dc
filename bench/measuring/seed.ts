import { createHash } from 'node:crypto';
import { RELAY } from '@tocsin/contracts';
import type { AlertSource, AlertSourceId } from '@tocsin/domain';
import { EmbeddedLog } from '@tocsin/embedded-log';
import { EmbeddedEventStore } from '@tocsin/event-store/embedded';
import { START } from '@tocsin/event-store';
import type { EventStore, NewEvent, StoredEvent } from '@tocsin/event-store';
import { readSettings, startStandalone } from '@tocsin/standalone';
import type { Standalone } from '@tocsin/standalone';
import { API_KEY } from './programs.ts';

export const SOURCES = 10;
const FIRST_SOURCE = 100;
/** Seeded ids lie above whatever the templates took, and below what the id blocks hand out afterwards. */
const FIRST_ID = 10_000;
const APPENDS_AT_ONCE = 512;
/** Between one alert and the next. */
const EVERY_MS = 2_000;

/** One alert's streams as they really came to be, to be repeated with other ids and times. */
interface Template {
  readonly raisedAt: number;
  readonly streams: readonly (readonly StoredEvent[])[];
}

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
  let next = 0;
  let facts = 0;
  const work = async (): Promise<void> => {
    for (let n = next++; n < alerts; n = next++) {
      const template = n % 100 === 0 ? accepted : n % 100 === 1 ? pending : resolved;
      for (const stream of copyOf(template, n, newestAt - (alerts - n) * EVERY_MS)) {
        await store.append(stream.name, 'no_stream', stream.events);
        facts += stream.events.length;
      }
    }
  };
  await Promise.all(Array.from({ length: APPENDS_AT_ONCE }, work));
  // Ids given out later must not meet the seeded ones.
  for (const kind of ['alert', 'notification']) await skipIds(store, kind, FIRST_ID + alerts * 2);
  // The bus had all of this long ago, and has forgotten it.
  await store.saveCheckpoint(RELAY, await store.head());
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
      resolved: await play(standalone, 'HIGH', ['ACCEPT', 'RESOLVE']),
      accepted: await play(standalone, 'HIGH', ['ACCEPT']),
      // A LOW alert goes no further than its first level: a million of them leave no timer behind.
      pending: await play(standalone, 'LOW', []),
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

/** Raises an alert, lets it be paged, then answers it. */
const play = async ({ url, platform, settle, firstStart }: Standalone, priority: string, answers: readonly string[]): Promise<Template> => {
  const alertKey = `template-${priority}-${answers.length}`;
  for (const eventType of ['ALERT', ...answers]) {
    const body = JSON.stringify({
      integrationKey: firstStart?.integrationKey,
      eventType,
      priority,
      alertKey,
      summary: 'file system /var is 97 % full on db-17',
    });
    const response = await fetch(`${url}/api/events`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    if (response.status !== 202) throw new Error(`a template's event was answered ${response.status}`);
    await settle();
  }
  const page = await platform.eventStore.readAll({
    after: '0'.repeat(20) as never,
    prefixes: ['alert-', 'alertkey-', 'escalation-', 'notification-'],
    limit: 500,
  });
  const raised = page.events.filter(({ type }) => type === 'AlertRaised').at(-1);
  if (raised === undefined) throw new Error('the template was not raised');
  const id = raised.stream.slice('alert-'.length);
  const isOfAlert = ({ stream, data }: StoredEvent): boolean =>
    stream.startsWith(`notification-${id}-`) || (data as { readonly alertId?: number }).alertId === Number(id);
  const names = new Set(page.events.filter(isOfAlert).map(({ stream }) => stream));
  const streams = [...names].map((name) => page.events.filter(({ stream }) => stream === name));
  return { raisedAt: raised.metadata.time, streams };
};

/** The same story for alert `n`: other ids, other times, another source. */
const copyOf = (
  template: Template,
  n: number,
  raisedAt: number,
): readonly { readonly name: string; readonly events: readonly NewEvent[] }[] => {
  const alertId = FIRST_ID + n;
  const shift = raisedAt - template.raisedAt;
  const alertStream = template.streams.flat().find(({ type }) => type === 'AlertRaised')?.stream ?? '';
  const oldId = alertStream.slice('alert-'.length);
  const change = (key: string, value: unknown): unknown => {
    switch (key) {
      case 'alertId':
        return alertId;
      case 'notificationId':
        return alertId;
      case 'sourceId':
        return sourceId(n);
      case 'alertKey':
        return `key-${n}`;
      case 'at':
      case 'dueAt':
      case 'time':
        return typeof value === 'number' ? value + shift : value;
      default:
        return value;
    }
  };
  const changed = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(changed);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, change(key, changed(part))]));
  };
  return template.streams.map((events, index) => {
    const [first] = events;
    const name = first?.stream.startsWith('alertkey-')
      ? `alertkey-${sourceId(n)}-${createHash('sha256').update(`key-${n}`).digest('hex')}`
      : (first?.stream ?? '').replace(`-${oldId}`, `-${alertId}`);
    return {
      name,
      events: events.map((event) => ({
        id: `${n}-${index}-${event.revision}`,
        type: event.type,
        data: changed(event.data),
        metadata: changed(event.metadata) as NewEvent['metadata'],
      })),
    };
  });
};

const skipIds = async (store: EventStore, kind: string, to: number): Promise<void> => {
  const last = await store.readLast(`idblock-${kind}`);
  if (last === undefined) throw new Error(`no ids of ${kind} were ever taken`);
  const { id: _id, stream: _stream, revision: _revision, position: _position, ...event } = last;
  await store.append(`idblock-${kind}`, last.revision, [{ ...event, id: `seed-${kind}`, data: { from: to, to } }]);
};
