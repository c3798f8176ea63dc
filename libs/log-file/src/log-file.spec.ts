import { copyFile, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { RELAY, topics } from '@tocsin/contracts';
import { instant } from '@tocsin/domain';
import { EmbeddedLog } from '@tocsin/embedded-log';
import { EventStoreFault, EventStoreInBetween, START } from '@tocsin/event-store';
import type { AllPage, AppendResult, EventStore, ExpectedRevision, NewEvent, ReadAllQuery, StoredEvent } from '@tocsin/event-store';
import { EmbeddedEventStore } from '@tocsin/event-store/embedded';
import { EventStoreDbEventStore } from '@tocsin/event-store/eventstoredb';
import {
  completion,
  CONFIGURATION_TOPIC,
  PARKED_TOPIC,
  ParkedMessages,
  Parking,
  topicDefinitions,
  topicsOfTheirOwn,
} from '@tocsin/messaging';
import type { OutgoingMessage } from '@tocsin/messaging';
import { EmbeddedMessageBus, unhandledMessages } from '@tocsin/messaging/embedded';
import { EventStoreDbServer } from '@tocsin/testing/eventstoredb';
import { exportLog, LogChangedMeanwhile } from './export-log';
import { ImportRefused, importLog } from './import-log';
import { check, LogFileDamaged } from './log-file';

const DAY_MS = 86_400_000;
const NOW = 1_700_000_000_000;

let folder: string;
const opened: EmbeddedLog[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tocsin-log-file-'));
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((log) => log.close()));
  await rm(folder, { recursive: true, force: true });
});

/** A data directory of its own. */
const stores = async (name: string) => {
  const log = await EmbeddedLog.open({ directory: join(folder, name) });
  opened.push(log);
  const bus = new EmbeddedMessageBus(log, { now: () => NOW });
  await bus.declare(topicDefinitions);
  return { log, eventStore: new EmbeddedEventStore(log), bus };
};

let made = 0;
const event = (type: string, data: unknown = {}, daysAgo = 0): NewEvent => ({
  id: `20000000-0000-4000-8000-${String(++made).padStart(12, '0')}`,
  type,
  data,
  metadata: {
    schemaVersion: 1,
    time: instant(NOW - daysAgo * DAY_MS),
    actor: { type: 'system', part: 'spec' },
    correlationId: 'c',
    causationId: 'd',
  },
});

const message = (key: string, data: unknown = {}): OutgoingMessage => ({
  id: `30000000-0000-4000-8000-${String(++made).padStart(12, '0')}`,
  key,
  type: 'ToolEvent',
  schemaVersion: 1,
  time: instant(NOW),
  correlationId: 'c',
  causationId: 'd',
  data,
});

const everything = async (eventStore: EventStore): Promise<readonly StoredEvent[]> => {
  const events: StoredEvent[] = [];
  for (let after = START; ;) {
    const page = await eventStore.readAll({ after, prefixes: [], limit: 100 });
    events.push(...page.events);
    if (page.atHead) return events;
    after = page.next;
  }
};

/** All of an event but where it lies in the whole log. */
const inOrder = async (eventStore: EventStore) => (await everything(eventStore)).map(({ position: _, ...rest }) => rest);

const fill = async (eventStore: EventStore): Promise<void> => {
  await eventStore.append('policy-1', 'no_stream', [event('ResourceConfigured', { name: 'line\u2028separator, ü€😀' }, 300)]);
  await eventStore.append('alert-1', 'no_stream', [event('AlertRaised', null, 20), event('AlertResolved', {}, 19)]);
  await eventStore.append('lease-relay', 'no_stream', [event('LeaseTaken')]);
  for (let id = 2; id < 6; id++) await eventStore.append(`alert-${id}`, 'no_stream', [event('AlertRaised', { id }, 2)]);
  await eventStore.append('alert-3', 0, [event('AlertAccepted', {}, 1)]);
  await eventStore.append('alert-2', 0, [event('AlertAccepted', {}, 1), event('AlertResolved', {}, 1)]);
};

const exported = async (eventStore: EventStore, name = 'log', messages: readonly { topic: string; message: OutgoingMessage }[] = []) => {
  const file = join(folder, name);
  await exportLog({ eventStore, messages: () => messages, file, madeAt: '2026-01-01T00:00:00.000Z', secretKeys: ['a1'] });
  return file;
};

/** Refuses from the n-th append on, as a store that is killed. */
class DyingStore extends EventStoreInBetween {
  constructor(
    inner: EventStore,
    private left: number,
  ) {
    super(inner);
  }

  override append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendResult> {
    if (this.left-- <= 0) return Promise.reject(new EventStoreFault('unavailable', true));
    return super.append(stream, expected, events);
  }
}

describe('an exported log', () => {
  it('has every event in the order of the log, but for leases, and is imported as it was', async () => {
    const from = await stores('from');
    await fill(from.eventStore);
    const to = await stores('to');
    const file = await exported(from.eventStore);
    expect(await importLog({ ...to, file })).toEqual({ events: 10, messages: 0, fresh: 10 });
    expect(await inOrder(to.eventStore)).toEqual((await inOrder(from.eventStore)).filter(({ stream }) => stream !== 'lease-relay'));
  });

  it('says what it holds, and can be read by its owner alone', async () => {
    const from = await stores('from');
    await fill(from.eventStore);
    const file = await exported(from.eventStore);
    expect(await check(file)).toEqual({
      madeAt: '2026-01-01T00:00:00.000Z',
      secretKeys: ['a1'],
      events: 10,
      messages: 0,
      newest: NOW - DAY_MS,
    });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('of an empty log is imported as nothing', async () => {
    const [from, to] = [await stores('from'), await stores('to')];
    expect(await importLog({ ...to, file: await exported(from.eventStore) })).toEqual({ events: 0, messages: 0, fresh: 0 });
  });

  it('has nothing of a stream that was removed while it was read', async () => {
    const from = await stores('from');
    await fill(from.eventStore);
    let isRead = false;
    class Removing extends EventStoreInBetween {
      override async readAll(query: ReadAllQuery): Promise<AllPage> {
        const page = await super.readAll(query);
        if (!isRead) await this.inner.deleteStream('alert-2');
        isRead = true;
        return page;
      }
    }
    const to = await stores('to');
    await importLog({ ...to, file: await exported(new Removing(from.eventStore)) });
    expect(await to.eventStore.readStream('alert-2')).toEqual([]);
    expect(await inOrder(to.eventStore)).toHaveLength(7);
  });

  it('is given up when streams are removed again and again, and leaves no file', async () => {
    const from = await stores('from');
    await fill(from.eventStore);
    let removed = 1;
    class Removing extends EventStoreInBetween {
      override async readAll(query: ReadAllQuery): Promise<AllPage> {
        const page = await super.readAll(query);
        await this.inner.deleteStream(`alert-${removed++}`);
        return page;
      }
    }
    await expect(exported(new Removing(from.eventStore))).rejects.toThrow(LogChangedMeanwhile);
    await expect(stat(join(folder, 'log'))).rejects.toThrow('ENOENT');
  });
});

describe('a file that is not whole', () => {
  it('is refused wherever it was cut off, before anything is imported', async () => {
    const from = await stores('from');
    await fill(from.eventStore);
    const to = await stores('to');
    const file = await exported(from.eventStore);
    const { size } = await stat(file);
    for (const length of [0, 1, 20, size >> 1, size - 20, size - 8, size - 1]) {
      const cut = join(folder, `cut-${length}`);
      await copyFile(file, cut);
      await truncate(cut, length);
      await expect(importLog({ ...to, file: cut })).rejects.toThrow(LogFileDamaged);
    }
    expect(await everything(to.eventStore)).toEqual([]);
  });

  it.each([
    ['without its last line', (text: string) => text.replace(/[^\n]*\n$/, '')],
    ['without an event', (text: string) => text.replace(/\{"event"[^\n]*\n/, '')],
    ['with another word in it', (text: string) => text.replace('AlertAccepted', 'AlertResolved')],
    ['with two events in another order', (text: string) => text.replace(/(\{"event"[^\n]*\n)(\{"event"[^\n]*\n)/, '$2$1')],
    ['of another format', (text: string) => text.replace('"format":1', '"format":2')],
    ['that is something else', () => '{"hello":"world"}\n'],
  ])('is refused %s', async (_what, change) => {
    const from = await stores('from');
    await fill(from.eventStore);
    const file = await exported(from.eventStore);
    await writeFile(file, gzipSync(change(gunzipSync(await readFile(file)).toString())));
    const to = await stores('to');
    await expect(importLog({ ...to, file })).rejects.toThrow(LogFileDamaged);
    expect(await everything(to.eventStore)).toEqual([]);
  });
});

describe('an import', () => {
  it('that died after any number of appends goes on where it was', async () => {
    const from = await stores('from');
    await fill(from.eventStore);
    const file = await exported(from.eventStore);
    const all = (await inOrder(from.eventStore)).filter(({ stream }) => stream !== 'lease-relay');
    for (let appends = 0; appends < 8; appends++) {
      const to = await stores(`to-${appends}`);
      await expect(importLog({ ...to, file, eventStore: new DyingStore(to.eventStore, appends) })).rejects.toThrow(EventStoreFault);
      const { fresh } = await importLog({ ...to, file });
      expect(fresh).toBeLessThanOrEqual(all.length - appends);
      expect(await inOrder(to.eventStore)).toEqual(all);
    }
  });

  it('of a later file of the same log adds what has come since', async () => {
    const [from, to] = [await stores('from'), await stores('to')];
    await fill(from.eventStore);
    await importLog({ ...to, file: await exported(from.eventStore, 'first') });
    await from.eventStore.append('alert-5', 0, [event('AlertResolved')]);
    expect(await importLog({ ...to, file: await exported(from.eventStore, 'second') })).toMatchObject({ events: 11, fresh: 1 });
    expect((await everything(to.eventStore)).at(-1)).toMatchObject({ stream: 'alert-5', revision: 1 });
  });

  it.each([
    ['other events', async (to: EventStore) => void (await to.append('alert-1', 'no_stream', [event('AlertRaised')]))],
    [
      'the leases of services that run',
      async (to: EventStore) => void (await to.append('lease-relay', 'no_stream', [event('LeaseTaken')])),
    ],
  ])('is refused by a store that has %s, which it leaves as it was', async (_what, begin) => {
    const [from, to] = [await stores('from'), await stores('to')];
    await fill(from.eventStore);
    await begin(to.eventStore);
    await expect(importLog({ ...to, file: await exported(from.eventStore) })).rejects.toThrow(ImportRefused);
    expect(await everything(to.eventStore)).toHaveLength(1);
  });

  it('is refused by a store in which services have gone on since', async () => {
    const [from, to] = [await stores('from'), await stores('to')];
    await fill(from.eventStore);
    const file = await exported(from.eventStore);
    await importLog({ ...to, file });
    await to.eventStore.append('alert-9', 'no_stream', [event('AlertRaised')]);
    await expect(importLog({ ...to, file })).rejects.toThrow(ImportRefused);
  });

  it('notices what somebody else has written meanwhile', async () => {
    const [from, to] = [await stores('from'), await stores('to')];
    await fill(from.eventStore);
    class Shared extends EventStoreInBetween {
      override async append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendResult> {
        if (stream === 'alert-4') await this.inner.append('lease-oncall', 'no_stream', [event('LeaseTaken')]);
        return super.append(stream, expected, events);
      }
    }
    const importing = importLog({ ...to, eventStore: new Shared(to.eventStore), file: await exported(from.eventStore) });
    await expect(importing).rejects.toThrow('somebody else has written');
    expect(await to.eventStore.loadCheckpoint(RELAY)).toBe(START);
  });

  it('is refused where services of another log have used the topics', async () => {
    const [from, to] = [await stores('from'), await stores('to')];
    await fill(from.eventStore);
    await to.bus.publish(CONFIGURATION_TOPIC.name, [completion(CONFIGURATION_TOPIC.name, instant(NOW))]);
    await expect(importLog({ ...to, file: await exported(from.eventStore) })).rejects.toThrow('KAFKA_TOPIC_PREFIX');
    expect(await everything(to.eventStore)).toEqual([]);
  });

  it('asks once the file is known to be whole, and writes nothing when it may not', async () => {
    const [from, to] = [await stores('from'), await stores('to')];
    await fill(from.eventStore);
    const file = await exported(from.eventStore);
    const mayImport = jest.fn(() => {
      throw new ImportRefused('not with this key');
    });
    await expect(importLog({ ...to, file, mayImport })).rejects.toThrow('not with this key');
    expect(mayImport).toHaveBeenCalledWith(expect.objectContaining({ secretKeys: ['a1'], events: 10 }));
    expect(await everything(to.eventStore)).toEqual([]);
  });

  it('has the relay begin with the facts of the last week', async () => {
    const [from, to] = [await stores('from'), await stores('to')];
    await fill(from.eventStore);
    await importLog({ ...to, file: await exported(from.eventStore) });
    const position = await to.eventStore.loadCheckpoint(RELAY);
    const { events } = await to.eventStore.readAll({ after: position, prefixes: ['alert-'], limit: 100 });
    expect(events.map(({ stream, revision }) => `${stream}/${revision}`).slice(0, 2)).toEqual(['alert-2/0', 'alert-3/0']);
    expect(events).toHaveLength(7);
  });
});

describe('messages that nobody has handled', () => {
  const group = async ({ bus }: { bus: EmbeddedMessageBus }, topic: string, name: string, done: number): Promise<void> => {
    const connection = await bus.connect(topic, name, { receive: async () => undefined, revoked: async () => undefined });
    connection.commit(0, done);
    await connection.close();
  };

  it('are what any group of a topic has left, and what is parked', async () => {
    const from = await stores('from');
    const sent = [message('a'), message('b'), message('c')];
    await from.bus.publish(topics.toolEvents, sent);
    await group(from, topics.toolEvents, 'slow', 1);
    await group(from, topics.toolEvents, 'fast', 3);
    await from.bus.publish(topics.alertFacts, [message('alert-1')]);
    const parking = new Parking(from.bus, { now: () => instant(NOW) } as never);
    const where = { topic: topics.toolEvents, epoch: 'e', partition: 0 };
    await parking.park({ ...message('d'), ...where, offset: 7 }, 'alerts', new Error('no'));
    await parking.park({ ...message('e'), ...where, offset: 8 }, 'alerts', new Error('no'));
    const parked = new ParkedMessages(from.bus, { now: () => instant(NOW) } as never);
    const [first] = await parked.list();
    if (first !== undefined) await parked.discard(first);
    const left = [...unhandledMessages(from.log.messages, topicsOfTheirOwn)];
    expect(left.filter(({ topic }) => topic === topics.toolEvents).map(({ message: { key } }) => key)).toEqual(['b', 'c']);
    expect(left.filter(({ topic }) => topic === PARKED_TOPIC.name)).toHaveLength(1);
    expect(left).toHaveLength(3);
  });

  it('are published where the log is imported, in their order', async () => {
    const [from, to] = [await stores('from'), await stores('to')];
    const sent = Array.from({ length: 250 }, (_, n) => message(`k${n % 3}`, { n }));
    const file = await exported(from.eventStore, 'log', [...sent.map((one) => ({ topic: topics.toolEvents, message: one }))]);
    expect(await importLog({ ...to, file })).toMatchObject({ messages: 250 });
    expect([...unhandledMessages(to.log.messages, topicsOfTheirOwn)].map((one) => one.message)).toEqual(sent);
  });
});

describe('a log in EventStoreDB', () => {
  const serve = async (name: string) => {
    const server = await EventStoreDbServer.start({ directory: join(folder, name), port: 0 });
    const eventStore = new EventStoreDbEventStore({ url: server.url });
    const close = async (): Promise<void> => {
      await eventStore.close();
      await server.stop();
    };
    return { eventStore, close };
  };

  it('is the same after a way through two files, also where a stream was removed and begun again', async () => {
    const [cluster, elsewhere] = [await serve('cluster'), await serve('elsewhere')];
    try {
      const [from, { bus }] = [await stores('from'), await stores('bus')];
      await fill(from.eventStore);
      await importLog({ eventStore: cluster.eventStore, bus, file: await exported(from.eventStore, 'first') });
      await cluster.eventStore.deleteStream('alert-2');
      await cluster.eventStore.append('alert-2', 'no_stream', [event('AlertRaised', { again: true })]);
      const begun = await cluster.eventStore.append('alert-6', 'no_stream', [event('AlertRaised')]);
      const [again] = await cluster.eventStore.readStream('alert-2');
      expect(again?.revision).toBeGreaterThan(0);
      await cluster.eventStore.append('alert-2', again?.revision ?? 0, [event('AlertResolved')]);
      await cluster.eventStore.saveCheckpoint(RELAY, begun.position);
      const file = await exported(cluster.eventStore, 'second');
      await expect(importLog({ bus, file, eventStore: new DyingStore(elsewhere.eventStore, 8) })).rejects.toThrow(EventStoreFault);
      await importLog({ eventStore: elsewhere.eventStore, bus, file });
      const withoutRevision = async (eventStore: EventStore) => (await inOrder(eventStore)).map(({ revision: _, ...rest }) => rest);
      expect(await withoutRevision(elsewhere.eventStore)).toEqual(await withoutRevision(cluster.eventStore));
      expect((await elsewhere.eventStore.readStream('alert-2')).map(({ revision }) => revision)).toEqual([0, 1]);
    } finally {
      await Promise.all([cluster, elsewhere].map((one) => one.close()));
    }
  });
});
