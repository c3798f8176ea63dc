import { createHash, randomUUID } from 'node:crypto';
import { RELAY } from '@tocsin/contracts';
import type { EventStore, NewEvent, StoredEvent } from '@tocsin/event-store';
import type { Standalone } from '@tocsin/standalone';

/** Seeded ids lie above whatever the templates took, and below what the id blocks hand out afterwards. */
export const FIRST_ID = 10_000;
const APPENDS_AT_ONCE = 512;

/** One alert's streams as they really came to be, to be repeated with other ids and times. */
export interface Template {
  readonly raisedAt: number;
  readonly streams: readonly (readonly StoredEvent[])[];
}

export interface Story {
  readonly priority: 'HIGH' | 'LOW';
  readonly answers?: readonly ('ACCEPT' | 'RESOLVE')[];
  /** Of the source; without it the one of the first start. */
  readonly integrationKey?: string | undefined;
}

export interface Copy {
  readonly template: Template;
  readonly raisedAt: number;
  readonly sourceId: number;
  /** Who has it instead of whoever had it first, and the id of their contact. */
  readonly personId?: number;
}

/** Raises an alert, lets it be paged, then answers it. */
export const play = async (
  { url, platform, settle, firstStart }: Standalone,
  { priority, answers = [], integrationKey = firstStart?.integrationKey }: Story,
): Promise<Template> => {
  const alertKey = `template-${randomUUID()}`;
  for (const eventType of ['ALERT', ...answers]) {
    const body = JSON.stringify({
      integrationKey,
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

/** Appends as many copies, and leaves the log as if they had come to be in it. @returns how many facts they are */
export const sow = async (store: EventStore, alerts: number, copy: (n: number) => Copy): Promise<number> => {
  let next = 0;
  let facts = 0;
  const work = async (): Promise<void> => {
    for (let n = next++; n < alerts; n = next++)
      for (const stream of copyOf(n, copy(n))) {
        await store.append(stream.name, 'no_stream', stream.events);
        facts += stream.events.length;
      }
  };
  await Promise.all(Array.from({ length: APPENDS_AT_ONCE }, work));
  // Ids given out later must not meet the seeded ones.
  for (const kind of ['alert', 'notification']) await skipIds(store, kind, FIRST_ID + alerts * 2);
  // The bus had all of this long ago, and has forgotten it.
  await store.saveCheckpoint(RELAY, await store.head());
  return facts;
};

/** The same story for alert `n`: other ids, other times, another source. */
const copyOf = (
  n: number,
  { template, raisedAt, sourceId, personId }: Copy,
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
        return sourceId;
      case 'userId':
      case 'contactId':
        return personId ?? value;
      case 'alertKey':
        return `key-${n}`;
      // So that a provider can tell which one it has.
      case 'summary':
        return `key:seed-${n} ${String(value)}`;
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
      ? `alertkey-${sourceId}-${createHash('sha256').update(`key-${n}`).digest('hex')}`
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
