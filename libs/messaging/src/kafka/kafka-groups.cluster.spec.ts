import { randomUUID } from 'node:crypto';
import { instant, Clock } from '@tocsin/domain';
import type { Timer } from '@tocsin/domain';
import { Kafka, logLevel } from 'kafkajs';
import { Consumer } from '../consumer';
import { Member } from '../member.contract';
import type { Message, MessageBus } from '../message-bus';
import { PARKED_TOPIC, ParkedMessages, Parking } from '../parking';
import { outgoing } from '../testing/messages';
import { onKafka } from '../testing/on-kafka';
import { UNREADABLE } from './record';

class StoppedClock extends Clock {
  now() {
    return instant(1_700_000_000_000);
  }
  at(): Timer {
    throw new Error('nothing here waits for business time');
  }
}

const AT_ONCE = { firstMs: 1, longestMs: 5 };
const clock = new StoppedClock();
const kafka = (): Kafka => new Kafka({ brokers: (process.env['KAFKA_BROKERS'] ?? '').split(','), logLevel: logLevel.NOTHING });

const declared = async (bus: MessageBus): Promise<string> => {
  const name = `t-${randomUUID()}`;
  await bus.declare([{ name, compacted: false, retentionDays: 7 }]);
  return name;
};

/** Resolves when `reached` holds; asked whenever `changed` is called. */
const watch = (reached: () => boolean) => {
  let resolve: () => void = () => undefined;
  const over = new Promise<void>((done) => (resolve = done));
  return { over, changed: () => void (reached() && resolve()) };
};

describe('two members of a group on Kafka', () => {
  it('never handle messages of one partition at the same time, and lose none, while one comes and goes', async () => {
    const buses = [onKafka(), onKafka()] as const;
    const [bus, other] = buses;
    const topic = await declared(bus);
    const running = new Map<number, string>();
    const overlaps: string[] = [];
    const handled = new Set<string>();
    let published = 0;
    let isOver = false;
    const everything = watch(() => isOver && handled.size === published);
    const shared = watch(() => members.size === 2);
    const members = new Set<string>();
    const consumer = (name: string, of: MessageBus): Consumer =>
      new Consumer({
        bus: of,
        topic,
        group: 'g',
        parking: new Parking(of, clock),
        random: () => 0.5,
        // One at a time, so that two at once can only be two members.
        concurrency: 1,
        handle: async ({ id, partition }) => {
          const there = running.get(partition);
          if (there !== undefined && there !== name) overlaps.push(`${there} and ${name} on ${partition}`);
          running.set(partition, name);
          // Long enough that a rebalance meets it.
          await new Promise((resolve) => setTimeout(resolve, 20));
          if (running.get(partition) === name) running.delete(partition);
          members.add(name);
          handled.add(id);
          shared.changed();
          everything.changed();
        },
      });
    const publishing = (async () => {
      while (!isOver) {
        await bus.publish(topic, [outgoing({ id: randomUUID(), key: `k${published % 12}` })]);
        published++;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    })();
    const one = consumer('one', bus);
    await one.start();
    for (let round = 0; round < 3; round++) {
      members.clear();
      const two = consumer('two', other);
      await two.start();
      if (round === 0) await shared.over;
      await two.stop();
    }
    isOver = true;
    await publishing;
    everything.changed();
    await everything.over;
    await one.stop();
    for (const each of buses) await each.close();
    expect(overlaps).toEqual([]);
  }, 240_000);
});

describe('a member of a group on Kafka', () => {
  it('finishes what it has begun before another member gets the partition', async () => {
    const buses = [onKafka({ partitions: 1 }), onKafka()] as const;
    const topic = await declared(buses[0]);
    const steps: string[] = [];
    let begun: () => void = () => undefined;
    const isBegun = new Promise<void>((resolve) => (begun = resolve));
    let finish: () => void = () => undefined;
    const mayFinish = new Promise<void>((resolve) => (finish = resolve));
    const [one, two] = buses.map(
      (bus, index) =>
        new Consumer({
          bus,
          topic,
          group: 'g',
          parking: new Parking(bus, clock),
          random: () => 0.5,
          handle: async () => {
            if (index > 0) return void steps.push('second handles');
            begun();
            await mayFinish;
            steps.push('first has finished');
          },
        }),
    ) as [Consumer, Consumer];
    await buses[0].publish(topic, [outgoing({ key: 'k' })]);
    await one.start();
    await isBegun;
    const joined = two.start().then(() => steps.push('second has joined'));
    // More than enough for a member that need not wait.
    await Promise.race([joined, new Promise((resolve) => setTimeout(resolve, 3_000))]);
    finish();
    await joined;
    await Promise.all([one.stop(), two.stop()]);
    await Promise.all(buses.map((bus) => bus.close()));
    expect(steps[0]).toBe('first has finished');
  });

  it('whose receiver fails gives it the same messages again, and those behind them after', async () => {
    const bus = onKafka({ partitions: 1 });
    const topic = await declared(bus);
    const received: number[] = [];
    let calls = 0;
    const finished = watch(() => received.includes(3));
    await bus.connect(topic, 'g', {
      receive: async (messages) => {
        if (++calls === 1) throw new Error('not now');
        received.push(...messages.map(({ offset }) => offset));
        finished.changed();
      },
      revoked: async () => undefined,
    });
    await bus.publish(topic, [outgoing(), outgoing()]);
    await bus.publish(topic, [outgoing(), outgoing()]);
    await finished.over;
    await bus.close();
    expect(calls).toBeGreaterThan(1);
    expect([...new Set(received)]).toEqual([0, 1, 2, 3]);
  });

  it('reads on where it stands when kafkajs has jumped ahead', async () => {
    const bus = onKafka({ partitions: 1 });
    const topic = await declared(bus);
    const received: number[] = [];
    const arrived = watch(() => received.length > 0);
    const finished = watch(() => received.includes(7));
    let makeRoom: () => void = () => undefined;
    const room = new Promise<void>((resolve) => (makeRoom = resolve));
    const connection = await bus.connect(topic, 'g', {
      receive: async (messages) => {
        received.push(...messages.map(({ offset }) => offset));
        arrived.changed();
        finished.changed();
        await room;
      },
      revoked: async () => undefined,
    });
    await bus.publish(topic, [outgoing(), outgoing()]);
    await arrived.over;
    await bus.publish(
      topic,
      Array.from({ length: 6 }, () => outgoing()),
    );
    // As a fetch of an assignment that is over does it, with several brokers.
    (connection as unknown as { consumer: ReturnType<Kafka['consumer']> }).consumer.seek({ topic, partition: 0, offset: '6' });
    makeRoom();
    await finished.over;
    await bus.close();
    expect(received).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });
});

describe('a message that is parked on Kafka', () => {
  it('is listed, and handled by its own group alone when it is replayed', async () => {
    const bus = onKafka();
    const topic = await declared(bus);
    await bus.declare([PARKED_TOPIC]);
    const parking = new Parking(bus, clock);
    const handledBy: string[] = [];
    let isMended = false;
    const parked = watch(() => outcomes.includes('g parked'));
    const replayed = watch(() => handledBy.filter((group) => group === 'g').length === 1 && outcomes.includes('other not-for-this-group'));
    const outcomes: string[] = [];
    const consumers = ['g', 'other'].map(
      (group) =>
        new Consumer({
          bus,
          topic,
          group,
          parking,
          random: () => 0.5,
          backOff: AT_ONCE,
          handle: async () => {
            if (group === 'g' && !isMended) throw new Error('a bug');
            handledBy.push(group);
          },
          onOutcome: ({ outcome }) => {
            outcomes.push(`${group} ${outcome}`);
            parked.changed();
            replayed.changed();
          },
        }),
    );
    for (const consumer of consumers) await consumer.start();
    const message = outgoing({ id: randomUUID(), key: 'k', data: { text: 'ü' } });
    await bus.publish(topic, [message]);
    await parked.over;
    const messages = new ParkedMessages(bus, clock);
    const listed = (await messages.list()).filter((each) => each.topic === topic);
    const found = await messages.find(listed.map(({ id }) => id));
    expect(found).toMatchObject([{ group: 'g', offset: 0, error: { message: 'a bug' }, message }]);
    isMended = true;
    for (const each of found) await messages.replay(each);
    await replayed.over;
    expect((await messages.list()).filter((each) => each.topic === topic)).toEqual([]);
    for (const consumer of consumers) await consumer.settled();
    for (const consumer of consumers) await consumer.stop();
    await bus.close();
    expect(handledBy.filter((group) => group === 'other')).toHaveLength(1);
  });
});

describe('a topic of Kafka', () => {
  it('that is made anew has another epoch', async () => {
    const bus = onKafka();
    const topic = await declared(bus);
    const admin = kafka().admin();
    await admin.connect();
    const epochs: (string | undefined)[] = [];
    for (const group of ['before', 'after']) {
      await bus.publish(topic, [outgoing({ key: 'k' })]);
      const member = await Member.connect(bus, topic, group);
      await member.until((received) => received.length === 1);
      epochs.push(member.received[0]?.epoch);
      await member.close();
      if (group === 'after') break;
      await admin.deleteTopics({ topics: [topic] });
      while ((await admin.listTopics()).includes(topic));
      await bus.declare([{ name: topic, compacted: false, retentionDays: 7 }]);
    }
    await admin.disconnect();
    await bus.close();
    expect(new Set(epochs).size).toBe(2);
    expect(epochs[0]).toMatch(/^[0-9a-f]{32}$/);
  });

  it('that exists with other settings is left as it is, and that is logged', async () => {
    const lines: unknown[] = [];
    const bus = onKafka({ log: (level, fields) => level === 'warn' && lines.push(fields) });
    const topic = await declared(bus);
    await bus.declare([{ name: topic, compacted: false, retentionDays: 9 }]);
    const elsewhere = onKafka({ partitions: 5, log: (level, fields) => level === 'warn' && lines.push(fields) });
    await elsewhere.declare([{ name: topic, compacted: false, retentionDays: 7 }]);
    await Promise.all([bus.close(), elsewhere.close()]);
    expect(lines).toEqual([
      { topic, setting: 'retention.ms', is: '604800000', wanted: '777600000' },
      { topic, setting: 'partitions', is: '3', wanted: '5' },
    ]);
  });

  it('that nobody declared refuses, and nothing else waits for that', async () => {
    const bus = onKafka({ publishTimeoutMs: 500 });
    const topic = await declared(bus);
    const refused = bus.publish('nobody-declared-this', [outgoing()]);
    await bus.publish(topic, [outgoing()]);
    await expect(refused).rejects.toMatchObject({ name: 'MessageBusFault', reason: 'unavailable', retriable: true });
    await bus.close();
  });

  it('with more than one partition is not followed', async () => {
    const bus = onKafka();
    const topic = await declared(bus);
    await expect(bus.followCompacted(topic, () => undefined)).rejects.toThrow('a topic that is followed has one');
    await bus.close();
  });

  it('gives what others wrote as unreadable, and goes on behind it', async () => {
    const bus = onKafka();
    const topic = await declared(bus);
    const producer = kafka().producer();
    await producer.connect();
    await producer.send({ topic, messages: [{ key: 'k', value: 'not ours' }] });
    await producer.disconnect();
    const sent = outgoing({ key: 'k' });
    await bus.publish(topic, [sent]);
    const member = await Member.connect(bus, topic, 'g');
    await member.until((received) => received.length === 2);
    await member.close();
    await bus.close();
    expect(member.received.map(({ type }: Message) => type)).toEqual([UNREADABLE, sent.type]);
  });

  it('takes more in one call than the brokers take at once', async () => {
    const bus = onKafka();
    const topic = await declared(bus);
    const sent = Array.from({ length: 40 }, () => outgoing({ id: randomUUID(), key: 'k', data: 'x'.repeat(100_000) }));
    await bus.publish(topic, sent);
    const member = await Member.connect(bus, topic, 'g');
    await member.until((received) => received.length === 40);
    await member.close();
    await bus.close();
    expect(member.received.map(({ id }) => id)).toEqual(sent.map(({ id }) => id));
  });
});
