import type { Upcasts } from '@tocsin/event-store';
import * as fc from 'fast-check';
import { Consumer } from './consumer';
import type { ConsumerOptions } from './consumer';
import type { Message } from './message-bus';
import type { Outcome } from './outcome';
import { PARKED_TOPIC, ParkedMessages } from './parking';
import { outgoing } from './testing/messages';
import { onDisk } from './testing/on-disk';
import type { OnDisk } from './testing/on-disk';

const backOff = { firstMs: 1, longestMs: 2 };
const THINGS = { name: 'things', compacted: false, retentionDays: 7 };

let disk: OnDisk;
let running: Consumer[];

beforeEach(async () => {
  disk = await onDisk();
  running = [];
  await disk.bus.declare([THINGS, PARKED_TOPIC]);
});

afterEach(async () => {
  await Promise.all(running.map((consumer) => consumer.stop()));
  await disk.close();
});

const consume = async (handle: ConsumerOptions['handle'], options: Partial<ConsumerOptions> = {}): Promise<Consumer> => {
  const { bus, parking } = disk;
  const consumer = new Consumer({ bus, topic: 'things', group: 'readers', parking, random: () => 0, backOff, handle, ...options });
  running.push(consumer);
  await consumer.start();
  return consumer;
};

describe('two groups of one topic', () => {
  it('each handle every message, in the order of its key', async () => {
    const seen: Record<'a' | 'b', unknown[]> = { a: [], b: [] };
    const a = await consume(async ({ data }) => void seen.a.push(data), { group: 'a' });
    const b = await consume(async ({ data }) => void seen.b.push(data), { group: 'b' });
    await disk.bus.publish(
      'things',
      [1, 2, 3].map((data) => outgoing({ key: 'k', data })),
    );
    await Promise.all([a.settled(), b.settled()]);
    expect(seen).toEqual({ a: [1, 2, 3], b: [1, 2, 3] });
    expect(await a.lag()).toBe(0);
  });
});

describe('a message of an older version', () => {
  const upcasts: Upcasts = { 'Moved@1': (event) => ({ ...event, data: { metres: event.data }, schemaVersion: 2 }) };
  const fact = { stream: 'thing-1', revision: 0, position: '' };

  it('that is a fact is handled in its newest shape', async () => {
    const seen: unknown[] = [];
    const consumer = await consume(async ({ schemaVersion, data }) => void seen.push([schemaVersion, data]), { upcasts });
    const [old, current] = [outgoing({ type: 'Moved', data: 5, fact }), outgoing({ type: 'Moved', data: { metres: 6 }, schemaVersion: 2 })];
    await disk.bus.publish('things', [old, { ...current, fact: { ...fact, revision: 1 } }]);
    await consumer.settled();
    expect(seen).toEqual([
      [2, { metres: 5 }],
      [2, { metres: 6 }],
    ]);
  });

  it('that only the bus holds is handled as it was said', async () => {
    const seen: unknown[] = [];
    const consumer = await consume(async ({ data }) => void seen.push(data), { upcasts });
    await disk.bus.publish('things', [outgoing({ type: 'Moved', data: 5 })]);
    await consumer.settled();
    expect(seen).toEqual([5]);
  });

  it('is parked as it came when it cannot be handled, so that a later version may', async () => {
    const consumer = await consume(() => Promise.reject(new Error('bug')), { upcasts });
    await disk.bus.publish('things', [outgoing({ type: 'Moved', data: 5, fact })]);
    await consumer.settled();
    const parked = new ParkedMessages(disk.bus, disk.clock);
    const [kept] = await parked.find((await parked.list()).map(({ id }) => id));
    expect(kept?.message).toMatchObject({ schemaVersion: 1, data: 5 });
  });
});

describe('a consumer that was stopped', () => {
  it('continues with the first message it had not finished', async () => {
    const seen: unknown[] = [];
    const first = await consume(async ({ data }) => void seen.push(data));
    await disk.bus.publish('things', [outgoing({ data: 1 })]);
    await first.settled();
    await first.stop();
    await disk.bus.publish('things', [outgoing({ data: 2 })]);
    const second = await consume(async ({ data }) => void seen.push(data));
    await second.settled();
    expect(seen).toEqual([1, 2]);
  });

  it('leaves what hung beyond the deadline to the next one', async () => {
    const started = new Promise<void>((resolve) => {
      void consume(() => {
        resolve();
        return new Promise(() => undefined);
      });
    });
    await disk.bus.publish('things', [outgoing({ data: 'hangs' })]);
    await started;
    await running[0]?.stop(1);
    const seen: unknown[] = [];
    const next = await consume(async ({ data }) => void seen.push(data));
    await next.settled();
    expect(seen).toEqual(['hangs']);
  });
});

describe('a message that cannot be processed', () => {
  const poison = (data: unknown): void => {
    if (data === 'poison') throw new TypeError('cannot read this');
  };

  it('is parked with its error while others go on, and replayed only to the group that parked it (P8)', async () => {
    const seen: unknown[] = [];
    const others: Message[] = [];
    const outcomes: Outcome[] = [];
    let mended = false;
    const reader = await consume(
      async ({ data }) => {
        if (!mended) poison(data);
        seen.push(data);
      },
      { onOutcome: (outcome) => void outcomes.push(outcome) },
    );
    const other = await consume(async (message) => void others.push(message), { group: 'others' });
    await disk.bus.publish(
      'things',
      ['before', 'poison', 'after'].map((data) => outgoing({ key: 'k', data })),
    );
    await reader.settled();
    expect(seen).toEqual(['before', 'after']);

    const parked = new ParkedMessages(disk.bus, disk.clock);
    const [listed, ...rest] = await parked.list();
    expect(rest).toEqual([]);
    expect(listed?.message).not.toHaveProperty('data');
    const [kept] = await parked.find([listed?.id ?? '']);
    if (kept === undefined) throw new Error('nothing is parked');
    expect(kept).toMatchObject({
      group: 'readers',
      topic: 'things',
      error: { name: 'TypeError', message: 'cannot read this' },
      message: { key: 'k', data: 'poison' },
    });

    mended = true;
    await parked.replay(kept);
    await Promise.all([reader.settled(), other.settled()]);
    expect(seen).toEqual(['before', 'after', 'poison']);
    expect(others.map(({ data }) => data)).toEqual(['before', 'poison', 'after']);
    expect(await parked.list()).toEqual([]);
    expect(outcomes.filter(({ outcome }) => outcome === 'parked')).toMatchObject([{ tries: 4 }]);
  });

  it('is parked anew when its replay fails too', async () => {
    const reader = await consume(async ({ data }) => poison(data));
    await disk.bus.publish('things', [outgoing({ data: 'poison' })]);
    await reader.settled();
    const parked = new ParkedMessages(disk.bus, disk.clock);
    const [first] = await parked.list();
    for (const message of await parked.find([first?.id ?? ''])) await parked.replay(message);
    await reader.settled();
    const [again, ...rest] = await parked.list();
    if (again === undefined) throw new Error('nothing is parked');
    expect(rest).toEqual([]);
    expect(again.id).not.toBe(first?.id);
    await parked.discard(again);
    expect(await parked.list()).toEqual([]);
  });

  it('is not found any more after it was replayed, and never under an id that it does not have', async () => {
    const reader = await consume(async ({ data, onlyGroup }) => (onlyGroup === undefined ? poison(data) : undefined));
    await disk.bus.publish('things', [outgoing({ data: 'poison' })]);
    await reader.settled();
    const parked = new ParkedMessages(disk.bus, disk.clock);
    const [listed] = await parked.list();
    for (const message of await parked.find([listed?.id ?? ''])) await parked.replay(message);
    expect(await parked.find([listed?.id ?? '', 'nothing'])).toEqual([]);
  });
});

describe('a consumer stopped and started at any moment, with any failures', () => {
  it('handles every message at least once and finishes those of a key in order (P3, P4)', async () => {
    const plan = fc.array(fc.record({ key: fc.constantFrom('a', 'b', 'c'), faults: fc.nat({ max: 2 }), stopsAfter: fc.boolean() }), {
      minLength: 1,
      maxLength: 25,
    });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(plan, async (messages) => {
        const group = `any-${++run}`;
        const topic = `things-${run}`;
        await disk.bus.declare([{ ...THINGS, name: topic }]);
        const faults = messages.map(({ faults }) => faults);
        const finished: Record<string, number[]> = { a: [], b: [], c: [] };
        const handle = async ({ key, data }: Message): Promise<void> => {
          const index = data as number;
          await new Promise((resolve) => setImmediate(resolve));
          if ((faults[index] ?? 0) > 0) {
            faults[index] = (faults[index] ?? 0) - 1;
            throw Object.assign(new Error('away'), { retriable: true });
          }
          finished[key ?? '']?.push(index);
        };
        let consumer = await consume(handle, { group, topic });
        for (const [index, { key, stopsAfter }] of messages.entries()) {
          await disk.bus.publish(topic, [outgoing({ key, data: index })]);
          if (!stopsAfter) continue;
          await consumer.stop();
          consumer = await consume(handle, { group, topic });
        }
        await consumer.settled();
        await consumer.stop();
        for (const key of ['a', 'b', 'c']) {
          const expected = messages.flatMap((message, index) => (message.key === key ? [index] : []));
          const firsts = [...new Set(finished[key])];
          expect(firsts).toEqual(expected);
        }
      }),
      { numRuns: 15 },
    );
  });
});
