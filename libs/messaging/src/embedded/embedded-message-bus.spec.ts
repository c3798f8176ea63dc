import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommitFaults, EmbeddedLog } from '@tocsin/embedded-log';
import { messageBusContract } from '../message-bus.contract';
import type { Message } from '../message-bus';
import { outgoing } from '../testing/messages';
import { EmbeddedMessageBus } from './embedded-message-bus';

const DAY_MS = 86_400_000;
const THINGS = { name: 'things', compacted: false, retentionDays: 7 };

// A test that fails half-way must not leave a writer thread behind: it would keep the test run from ending.
const opened: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of opened) await close();
});

async function open(now?: () => number) {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-message-bus-'));
  const faults = new CommitFaults();
  const openLog = () => EmbeddedLog.open({ directory, faults, deadlineMs: 2_000 });
  let log = await openLog();
  const close = async () => {
    await log.close();
    rmSync(directory, { recursive: true, force: true });
  };
  opened.push(close);
  const options = now === undefined ? {} : { now };
  return {
    bus: new EmbeddedMessageBus(log, options),
    faults,
    reopen: async () => {
      await log.close();
      log = await openLog();
      return new EmbeddedMessageBus(log, options);
    },
    close,
    stall: () => {
      faults.set('stall');
      return () => faults.set('none');
    },
  };
}

/** Connects and resolves when `count` messages have come; commits what `commitBelow` says. */
async function receive(bus: EmbeddedMessageBus, group: string, count: number, commitBelow = 0): Promise<readonly Message[]> {
  const received: Message[] = [];
  let arrived: () => void = () => undefined;
  const all = new Promise<void>((resolve) => (arrived = resolve));
  const connection = await bus.connect('things', group, {
    receive: async (messages) => {
      received.push(...messages);
      if (received.length >= count) arrived();
    },
    revoked: async () => undefined,
  });
  await all;
  if (commitBelow > 0) connection.commit(0, commitBelow);
  await connection.close();
  return received;
}

messageBusContract('in one process', open);

describe('retention in the embedded bus', () => {
  it('removes what is too old and behind every group, and nothing else', async () => {
    let now = 0;
    const { bus, close } = await open(() => now);
    await bus.declare([THINGS]);
    for (let day = 0; day < 10; day++) {
      now = day * DAY_MS;
      await bus.publish('things', [outgoing()]);
    }
    await receive(bus, 'fast', 10, 10);
    await receive(bus, 'slow', 10, 2);
    expect(await bus.removeExpired(10 * DAY_MS)).toBe(2);
    await receive(bus, 'slow', 8, 10);
    expect(await bus.removeExpired(10 * DAY_MS)).toBe(1);
    expect((await receive(bus, 'new', 7)).map(({ offset }) => offset)).toEqual([3, 4, 5, 6, 7, 8, 9]);
    await close();
  });

  it('removes nothing that a group has not read, also when that group has never finished anything, over a restart', async () => {
    let now = 0;
    const { bus, close, reopen } = await open(() => now);
    await bus.declare([THINGS]);
    await bus.publish('things', [outgoing(), outgoing()]);
    await receive(bus, 'slow', 2);
    await receive(bus, 'fast', 2, 2);
    now = 400 * DAY_MS;
    expect(await bus.removeExpired(now)).toBe(0);
    const again = await reopen();
    expect(await again.removeExpired(now)).toBe(0);
    expect((await receive(again, 'slow', 2, 1)).map(({ offset }) => offset)).toEqual([0, 1]);
    expect(await again.removeExpired(now)).toBe(1);
    expect((await receive(again, 'slow', 1, 2)).map(({ offset }) => offset)).toEqual([1]);
    expect(await again.removeExpired(now)).toBe(1);
    await close();
  });

  it('leaves a group that is new with exactly the lag of what is kept', async () => {
    let now = 0;
    const { bus, close, reopen } = await open(() => now);
    await bus.declare([THINGS]);
    await bus.publish('things', [outgoing(), outgoing(), outgoing()]);
    now = 20 * DAY_MS;
    await bus.publish('things', [outgoing()]);
    expect(await bus.removeExpired(now)).toBe(3);
    const again = await reopen();
    const connection = await again.connect('things', 'new', {
      receive: () => new Promise(() => undefined),
      revoked: async () => undefined,
    });
    expect(await connection.lag()).toBe(1);
    await connection.close();
    await close();
  });

  it('never takes a message from a compacted topic', async () => {
    const { bus, close } = await open(() => 0);
    await bus.declare([{ name: 'kept', compacted: true, retentionDays: 1 }]);
    await bus.publish('kept', [outgoing({ key: 'a' })]);
    expect(await bus.removeExpired(1_000 * DAY_MS)).toBe(0);
    const keys: (string | null)[] = [];
    const follower = await bus.followCompacted('kept', ({ key }) => keys.push(key));
    await follower.close();
    expect(keys).toEqual(['a']);
    await close();
  });
});

describe('a compacted topic in the embedded bus', () => {
  it('forgets at once what was replaced', async () => {
    const { bus, close, reopen } = await open();
    await bus.declare([{ name: 'kept', compacted: true, retentionDays: 1 }]);
    await bus.publish('kept', [outgoing({ key: 'a', data: { name: 'Ana' } }), outgoing({ key: 'b' })]);
    await bus.publish('kept', [outgoing({ key: 'a', data: null })]);
    const again = await reopen();
    const seen: unknown[] = [];
    const follower = await again.followCompacted('kept', ({ key, data, offset }) => seen.push([key, data, offset]));
    await follower.close();
    expect(seen).toEqual([
      ['b', {}, 1],
      ['a', null, 2],
    ]);
    await close();
  });

  it('refuses a message without a key, which it could never replace', async () => {
    const { bus, close } = await open();
    await bus.declare([{ name: 'kept', compacted: true, retentionDays: 1 }]);
    await expect(bus.publish('kept', [outgoing({ key: null })])).rejects.toThrow(TypeError);
    await close();
  });

  it('tells whoever waits that its handler has failed', async () => {
    const { bus, close } = await open();
    await bus.declare([{ name: 'kept', compacted: true, retentionDays: 1 }]);
    const follower = await bus.followCompacted('kept', () => {
      throw new Error('cannot read this');
    });
    await bus.publish('kept', [outgoing({ key: 'a' })]);
    await expect(follower.upToDate(2_000)).rejects.toThrow('its handler failed');
    await close();
  });
});

describe('a topic of the embedded bus', () => {
  it('that nobody declared is unavailable', async () => {
    const { bus, close } = await open();
    await expect(bus.publish('nothing', [outgoing()])).rejects.toMatchObject({ reason: 'unavailable', retriable: true });
    await expect(bus.connect('nothing', 'g', { receive: async () => undefined, revoked: async () => undefined })).rejects.toMatchObject({
      reason: 'unavailable',
    });
    await close();
  });

  it('cannot become compacted', async () => {
    const { bus, close } = await open();
    await bus.declare([THINGS]);
    await expect(bus.declare([{ ...THINGS, compacted: true }])).rejects.toThrow(TypeError);
    await close();
  });
});

describe('the embedded bus when a commit fails', () => {
  it('publishes nothing of it, and gives the offsets to what comes next (P1)', async () => {
    const { bus, faults, close } = await open();
    await bus.declare([THINGS]);
    faults.set('disk-full');
    await expect(bus.publish('things', [outgoing(), outgoing()])).rejects.toMatchObject({ name: 'MessageBusFault', reason: 'full' });
    faults.set('none');
    const kept = outgoing();
    await bus.publish('things', [kept]);
    expect(await receive(bus, 'g', 1)).toMatchObject([{ id: kept.id, offset: 0 }]);
    await close();
  });
});

describe('a receiver that fails', () => {
  it('is given the same messages again', async () => {
    const { bus, close } = await open();
    await bus.declare([THINGS]);
    await bus.publish('things', [outgoing(), outgoing()]);
    let calls = 0;
    const offsets = await new Promise<number[]>((resolve, reject) => {
      bus
        .connect('things', 'g', {
          receive: async (messages) => {
            if (++calls === 1) throw new Error('not now');
            resolve(messages.map(({ offset }) => offset));
          },
          revoked: async () => undefined,
        })
        .catch(reject);
    });
    expect(offsets).toEqual([0, 1]);
    await close();
  });
});
