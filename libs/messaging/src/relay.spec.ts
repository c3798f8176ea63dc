import { instant } from '@tocsin/domain';
import { EventStoreFault, START } from '@tocsin/event-store';
import type { EventStore, NewEvent, Position } from '@tocsin/event-store';
import { Consumer } from './consumer';
import { MessageBusFault } from './message-bus';
import type { Message, MessageBus, OutgoingMessage } from './message-bus';
import { MessageBusInBetween } from './message-bus-in-between';
import { PARKED_TOPIC, ParkedMessages } from './parking';
import { Relay } from './relay';
import type { RelayOptions } from './relay';
import { onDisk } from './testing/on-disk';
import type { OnDisk } from './testing/on-disk';

let disk: OnDisk;
let relays: Relay[];
let consumers: Consumer[];
let made = 0;

const backOff = { firstMs: 1, longestMs: 2 };
const routes = [
  { prefix: 'alert-', topic: 'alert-facts' },
  { prefix: 'policy-', topic: 'configuration', compacted: true },
] as const;

beforeEach(async () => {
  disk = await onDisk();
  relays = [];
  consumers = [];
  await disk.bus.declare([
    { name: 'alert-facts', compacted: false, retentionDays: 7 },
    { name: 'configuration', compacted: true, retentionDays: 0 },
    PARKED_TOPIC,
  ]);
});

afterEach(async () => {
  await Promise.all(relays.map((relay) => relay.stop()));
  await Promise.all(consumers.map((consumer) => consumer.stop()));
  await disk.close();
});

const event = (type: string, data: unknown = {}): NewEvent => ({
  id: `10000000-0000-4000-8000-${String(++made).padStart(12, '0')}`,
  type,
  data,
  metadata: {
    schemaVersion: 1,
    time: instant(1_700_000_000_000 + made),
    actor: { type: 'system', part: 'spec' },
    correlationId: 'c',
    causationId: 'd',
  },
});

const relaying = async (options: Partial<RelayOptions> = {}): Promise<Relay> => {
  const relay = new Relay({ ...disk, routes, name: 'facts', random: () => 0, backOff, checkpointEveryMs: 1, ...options });
  relays.push(relay);
  await relay.start();
  return relay;
};

/** What a consumer of the alert facts has handled so far, and a way to wait for the rest. */
const readingFacts = async () => {
  const seen: Message[] = [];
  const { bus, parking } = disk;
  const consumer = new Consumer({
    bus,
    parking,
    topic: 'alert-facts',
    group: 'spec',
    random: () => 0,
    handle: async (message) => void seen.push(message),
  });
  consumers.push(consumer);
  await consumer.start();
  return { seen, settled: () => consumer.settled() };
};

/** The embedded bus, except that publishing can fail before or after it was done. */
class FailingBus extends MessageBusInBetween {
  readonly published: { topic: string; messages: readonly OutgoingMessage[] }[] = [];
  constructor(
    bus: MessageBus,
    private readonly fails: (
      topic: string,
      messages: readonly OutgoingMessage[],
      call: number,
    ) => 'before' | 'after' | 'too-large' | undefined,
  ) {
    super(bus);
  }
  override async publish(topic: string, messages: readonly OutgoingMessage[]): Promise<void> {
    const call = this.published.push({ topic, messages });
    const fails = this.fails(topic, messages, call);
    if (fails === 'too-large') throw new MessageBusFault('too-large', false);
    if (fails === 'before') throw new MessageBusFault('unavailable', true);
    await super.publish(topic, messages);
    if (fails === 'after') throw new MessageBusFault('timeout', true);
  }
}

describe('facts in the event store', () => {
  it('come to their topics in the order of the log, with their stream, revision and actor', async () => {
    const relay = await relaying();
    const { seen, settled } = await readingFacts();
    await disk.eventStore.append('alert-1', 'no_stream', [event('AlertRaised', { summary: 'disk full' }), event('AlertAccepted')]);
    await disk.eventStore.append('alertkey-1', 'no_stream', [event('AlertOpenedForKey')]);
    await disk.eventStore.append('alert-2', 'no_stream', [event('AlertRaised')]);
    await relay.settled();
    await settled();
    const { position } = await disk.eventStore.append('alert-1', 1, [event('AlertResolved')]);
    expect(await relay.waitFor(position, 5_000)).toBe(true);
    await settled();
    expect(seen.map(({ fact, type }) => `${fact?.stream}/${fact?.revision} ${type}`)).toEqual([
      'alert-1/0 AlertRaised',
      'alert-1/1 AlertAccepted',
      'alert-2/0 AlertRaised',
      'alert-1/2 AlertResolved',
    ]);
    expect(seen[0]).toMatchObject({
      key: 'alert-1',
      actor: { type: 'system', part: 'spec' },
      data: { summary: 'disk full' },
      causationId: 'd',
    });
  });

  it('of streams that no topic wants move the position all the same', async () => {
    const relay = await relaying();
    const { position } = await disk.eventStore.append('alertkey-1', 'no_stream', [event('AlertOpenedForKey')]);
    await relay.settled();
    expect(relay.position()).toBe(position);
  });

  it('of a deleted resource become a tombstone on a compacted topic', async () => {
    const relay = await relaying();
    await disk.eventStore.append('policy-1', 'no_stream', [
      event('ResourceConfigured', { name: 'a' }),
      event('ResourceDeleted', { id: 1 }),
    ]);
    await relay.settled();
    const seen: Message[] = [];
    const follower = await disk.bus.followCompacted('configuration', (message) => void seen.push(message));
    await follower.close();
    expect(seen.at(-1)).toMatchObject({ key: 'policy-1', data: null, fact: { revision: 1 } });
  });
});

describe('a relay that crashed between publishing and its checkpoint', () => {
  it('publishes again, and consumers drop what they have seen (P4)', async () => {
    const { seen, settled } = await readingFacts();
    const forgetful = Object.assign(Object.create(disk.eventStore) as EventStore, {
      saveCheckpoint: () => Promise.reject(new EventStoreFault('unavailable', true)),
    });
    const first = await relaying({ eventStore: forgetful });
    await disk.eventStore.append('alert-1', 'no_stream', [event('AlertRaised'), event('AlertAccepted')]);
    await first.settled();
    await first.stop();
    await settled();
    expect(await disk.eventStore.loadCheckpoint('facts')).toBe(START);

    const bus = new FailingBus(disk.bus, () => undefined);
    const second = await relaying({ bus });
    await disk.eventStore.append('alert-1', 1, [event('AlertResolved')]);
    await second.settled();
    await settled();
    expect(bus.published.flatMap(({ messages }) => messages.map(({ type }) => type))).toEqual([
      'AlertRaised',
      'AlertAccepted',
      'AlertResolved',
    ]);
    expect(seen.map(({ type }) => type)).toEqual(['AlertRaised', 'AlertAccepted', 'AlertResolved']);
  });

  it('publishes nothing again after an orderly stop', async () => {
    const first = await relaying({ checkpointEveryMs: 60_000 });
    await disk.eventStore.append('alert-1', 'no_stream', [event('AlertRaised')]);
    await first.settled();
    await first.stop();
    const bus = new FailingBus(disk.bus, () => undefined);
    const second = await relaying({ bus });
    await second.settled();
    expect(bus.published).toEqual([]);
  });
});

describe('a bus that fails', () => {
  it.each(['before', 'after'] as const)('%s it stored the messages is tried again until it took them, in order', async (moment) => {
    const bus = new FailingBus(disk.bus, (_topic, _messages, call) => (call <= 3 ? moment : undefined));
    const { seen, settled } = await readingFacts();
    const relay = await relaying({ bus });
    await disk.eventStore.append('alert-1', 'no_stream', [event('AlertRaised'), event('AlertAccepted')]);
    await relay.settled();
    await settled();
    expect(seen.map(({ fact }) => fact?.revision)).toEqual([0, 1]);
  });

  it('for ever holds the position back and does not keep the relay from stopping', async () => {
    const bus = new FailingBus(disk.bus, (topic) => (topic === 'alert-facts' ? 'before' : undefined));
    const relay = await relaying({ bus });
    const { position } = await disk.eventStore.append('alert-1', 'no_stream', [event('AlertRaised')]);
    expect(await relay.waitFor(position, 20)).toBe(false);
    await relay.stop();
    expect(await disk.eventStore.loadCheckpoint('facts')).toBe(START);
  });
});

describe('a fact that is too large for the bus', () => {
  it('is parked, and those around it are published (P8)', async () => {
    const isLarge = (messages: readonly OutgoingMessage[]): boolean => messages.some(({ type }) => type === 'Large');
    const bus = new FailingBus(disk.bus, (topic, messages) => (topic !== PARKED_TOPIC.name && isLarge(messages) ? 'too-large' : undefined));
    const { seen, settled } = await readingFacts();
    const relay = await relaying({ bus });
    await disk.eventStore.append('alert-1', 'no_stream', [event('A'), event('B'), event('Large'), event('C'), event('D')]);
    await relay.settled();
    await settled();
    expect(seen.map(({ type }) => type)).toEqual(['A', 'B', 'C', 'D']);
    expect(await new ParkedMessages(disk.bus, disk.clock).list()).toMatchObject([{ topic: 'alert-facts', message: { type: 'Large' } }]);
  });
});

describe('a relay that lost its lease while it slept', () => {
  it('leaves the checkpoint of the new owner alone', async () => {
    let isOwner = true;
    const slept = await relaying({ checkpointEveryMs: 60_000, isOwner: () => isOwner });
    const { position } = await disk.eventStore.append('alert-1', 'no_stream', [event('AlertRaised')]);
    expect(await slept.waitFor(position, 5_000)).toBe(true);
    isOwner = false;
    const owner = await relaying();
    const later = await disk.eventStore.append('alert-1', 0, [event('AlertResolved')]);
    expect(await owner.waitFor(later.position, 5_000)).toBe(true);
    await owner.stop();
    await slept.stop();
    expect(await disk.eventStore.loadCheckpoint('facts')).toBe(later.position);
  });
});

describe('the checkpoint', () => {
  it('is saved once for many batches, not once per event', async () => {
    const saved: Position[] = [];
    const counting = Object.assign(Object.create(disk.eventStore) as EventStore, {
      saveCheckpoint: async (name: string, position: Position) => {
        saved.push(position);
        await disk.eventStore.saveCheckpoint(name, position);
      },
    });
    const relay = await relaying({ eventStore: counting, checkpointEveryMs: 60_000 });
    for (let i = 0; i < 20; i++) await disk.eventStore.append(`alert-${i}`, 'no_stream', [event('AlertRaised')]);
    await relay.settled();
    await relay.stop();
    expect(saved).toEqual([relay.position()]);
  });
});

describe('a bus that has lost everything', () => {
  const DAY_MS = 86_400_000;

  /** An empty bus beside the log that the relay has been copying from. */
  const emptyBus = async () => {
    const empty = await onDisk();
    await empty.bus.declare([
      { name: 'alert-facts', compacted: false, retentionDays: 7 },
      { name: 'configuration', compacted: true, retentionDays: 0 },
      PARKED_TOPIC,
    ]);
    return empty;
  };

  const olderBy = (days: number, made: NewEvent): NewEvent => ({
    ...made,
    metadata: { ...made.metadata, time: instant(made.metadata.time - days * DAY_MS) },
  });

  const copied = async (): Promise<void> => {
    await disk.eventStore.append('policy-1', 'no_stream', [olderBy(300, event('ResourceConfigured', { name: 'old' }))]);
    await disk.eventStore.append('alert-1', 'no_stream', [olderBy(8, event('AlertRaised')), olderBy(6, event('AlertResolved'))]);
    await disk.eventStore.append('policy-2', 'no_stream', [event('ResourceConfigured', { name: 'new' })]);
    await disk.eventStore.append('alert-2', 'no_stream', [event('AlertRaised')]);
    const before = await relaying();
    await before.settled();
    await before.stop();
  };

  it('gets all configuration, then says that it is complete, then the facts that a group may not have handled', async () => {
    await copied();
    const empty = await emptyBus();
    const bus = new FailingBus(empty.bus, () => undefined);
    const relay = await relaying({ bus });
    await relay.settled();
    const told = bus.published.flatMap(({ messages }) => messages.map(({ type, key, fact }) => `${type} ${key}/${fact?.revision ?? ''}`));
    const complete = told.indexOf('TopicCompleted complete/');
    expect(told.slice(0, complete)).toEqual(['ResourceConfigured policy-1/0', 'ResourceConfigured policy-2/0']);
    expect(told.slice(complete + 1).filter((line) => line.startsWith('Alert'))).toEqual([
      'AlertResolved alert-1/1',
      'AlertRaised alert-2/0',
    ]);
    await relay.stop();
    await empty.close();
  });

  it('gets the same again from a relay that follows one which was stopped before it had said so', async () => {
    await copied();
    const empty = await emptyBus();
    const dying = new FailingBus(empty.bus, (_topic, messages) => (messages.some(({ key }) => key === 'complete') ? 'before' : undefined));
    const first = new Relay({ ...disk, bus: dying, routes, name: 'facts', random: () => 0, backOff });
    void first.start();
    while (!dying.published.some(({ messages }) => messages.some(({ key }) => key === 'complete'))) await new Promise(setImmediate);
    await first.stop();
    const bus = new FailingBus(empty.bus, () => undefined);
    const second = await relaying({ bus });
    await second.settled();
    const types = bus.published.flatMap(({ messages }) => messages.map(({ type }) => type));
    expect(types.filter((type) => type === 'TopicCompleted')).toHaveLength(1);
    expect(types.filter((type) => type.startsWith('Alert'))).toEqual(['AlertResolved', 'AlertRaised']);
    await second.stop();
    await empty.close();
  });

  it('is told nothing twice once it is complete', async () => {
    await copied();
    const bus = new FailingBus(disk.bus, () => undefined);
    const relay = await relaying({ bus });
    await relay.settled();
    expect(bus.published).toEqual([]);
  });
});
