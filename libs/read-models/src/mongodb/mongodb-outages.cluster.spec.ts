import { setTimeout as pause } from 'node:timers/promises';
import { MongodbServer } from '@tocsin/testing';
import { createConnection, type Connection } from 'mongoose';
import type { CollectionDefinition } from '../read-store';
import { MongodbReadStore } from './mongodb-read-store';
import { StoredView, VIEWS } from './stored-view';

jest.setTimeout(120_000);

interface Coin {
  readonly id: number;
  readonly side: 'heads' | 'tails';
}

const COINS: CollectionDefinition<Coin> = {
  name: 'coins',
  version: 1,
  fields: { side: (coin) => coin.side },
  indexes: [['side', 'id']],
  counters: [['side']],
};
const position = (n: number): string => String(n).padStart(20, '0');
const put = (id: number, side: Coin['side']) => ({ collection: 'coins', change: { put: { id, side } } });
/** Batch `n` puts coin `n` and turns the one before it. */
const batch = (n: number) => [put(n, 'heads'), ...(n > 1 ? [put(n - 1, 'tails')] : [])];

describe('the read store on MongoDB', () => {
  let server: MongodbServer;
  let store: MongodbReadStore;
  let direct: Connection;

  const newStore = (): MongodbReadStore => new MongodbReadStore({ url: server.url, callDeadlineMs: 2_000 });
  const declared = async (): Promise<MongodbReadStore> => {
    const made = newStore();
    await made.declare('coins', [COINS]);
    return made;
  };
  const heads = () => store.count('coins', { in: { side: ['heads'] } });

  beforeEach(async () => {
    server = await MongodbServer.start();
    store = await declared();
    direct = await createConnection(server.url).asPromise();
  });
  afterEach(async () => {
    await direct.close();
    await store.close();
    await server.stop();
  });

  it('is killed at any moment and has documents, counts and checkpoint of one and the same moment', async () => {
    let written = 0;
    for (const afterMs of [3, 30, 80]) {
      const killing = pause(afterMs).then(() => server.kill());
      try {
        for (;;) {
          await store.apply('coins', batch(written + 1), position(written + 1));
          written += 1;
        }
      } catch (error) {
        expect(error).toMatchObject({ name: 'ReadStoreFault', retriable: true });
      }
      await killing;
      await server.restart();
      const reached = Number((await store.checkpoint('coins')) ?? 0);
      // What was answered is there; the one that was not may be.
      expect(reached - written).toBeGreaterThanOrEqual(0);
      expect(reached - written).toBeLessThanOrEqual(1);
      expect([await store.count('coins', {}), await heads()]).toEqual([reached, reached > 0 ? 1 : 0]);
      expect(await store.find('coins', { sort: [{ field: 'id', descending: true }], skip: 0, limit: 1 })).toEqual(
        reached > 0 ? [{ id: reached, side: 'heads' }] : [],
      );
      written = reached;
    }
  });

  describe('that hangs', () => {
    it('ends every call in bounded time, and goes on when it answers again', async () => {
      await store.apply('coins', batch(1), position(1));
      server.freeze();
      const startedAt = performance.now();
      const outcomes = await Promise.all([
        store.apply('coins', batch(2), position(2)).catch((error: unknown) => error),
        store.get('coins', 1).catch((error: unknown) => error),
        heads().catch((error: unknown) => error),
        store.checkpoint('coins').catch((error: unknown) => error),
        store.waitFor('coins', position(2), 1_000),
      ]);
      expect(performance.now() - startedAt).toBeLessThan(8_000);
      const fault: unknown = expect.objectContaining({ name: 'ReadStoreFault', retriable: true });
      expect(outcomes).toEqual([fault, fault, fault, fault, false]);
      server.thaw();
      await untilWritten(() => store.apply('coins', batch(3), position(3)));
      expect(await store.checkpoint('coins')).toBe(position(3));
    });
  });

  describe('that is down', () => {
    it('lets a process start, answers within bounded time, and serves it when it is there', async () => {
      await server.kill();
      const late = newStore();
      expect(await late.waitFor('alerts', position(1), 200)).toBe(false);
      await expect(late.declare('coins', [COINS])).rejects.toMatchObject({ name: 'ReadStoreFault', reason: 'unavailable' });
      await server.restart();
      await untilWritten(() => late.declare('coins', [COINS]));
      await late.apply('coins', batch(1), position(1));
      expect(await late.get('coins', 1)).toEqual({ id: 1, side: 'heads' });
      await late.close();
    });
  });

  describe('whose writer was killed in the middle of a transaction', () => {
    it('takes the next writer at once, and nothing of what was not committed', async () => {
      await store.apply('coins', batch(1), position(1));
      // What a killed process leaves behind: its session in the view's record, a transaction that nobody ends.
      const session = direct.getClient().startSession();
      const writer = (session.id as unknown as { id: { toString(encoding: string): string } }).id.toString('hex');
      const { id, collections } = new StoredView('coins', [COINS]);
      const views = direct.getClient().db('tocsin').collection<{ _id: string; position: string }>(VIEWS);
      await views.updateOne({ _id: id }, { $set: { writer } });
      session.startTransaction();
      await views.updateOne({ _id: id }, { $set: { position: position(9) } }, { session });
      await direct
        .getClient()
        .db('tocsin')
        .collection(collections[0]?.stored ?? '')
        .deleteMany({}, { session });

      const startedAt = performance.now();
      const next = await declared();
      await next.apply('coins', batch(2), position(2));
      // Left alone it would have ended after a minute or more.
      expect(performance.now() - startedAt).toBeLessThan(20_000);
      expect(await next.count('coins', {})).toBe(2);
      await next.close();
      await session.endSession();
    });
  });

  describe('with two processes that both think that they write the view', () => {
    it('ends where one alone would have', async () => {
      const other = await declared();
      const writeAll = async (writer: MongodbReadStore): Promise<void> => {
        for (let n = 1; n <= 25; n += 1) await untilWritten(() => writer.apply('coins', batch(n), position(n)));
      };
      await Promise.all([writeAll(store), writeAll(other)]);
      for (const reader of [store, other]) {
        expect(await reader.checkpoint('coins')).toBe(position(25));
        expect([await reader.count('coins', {}), await reader.count('coins', { in: { side: ['heads'] } })]).toEqual([25, 1]);
      }
      await other.close();
    });
  });

  describe('a process that only reads', () => {
    it('sees what another one has written, is told of its position, and counts arrays that it has not seen come', async () => {
      const people: CollectionDefinition<{ id: number; on: number[] }> = {
        ...COINS,
        name: 'people',
        fields: { on: (person: { readonly on: number[] }) => person.on },
        indexes: [['on', 'id']],
        counters: [['on']],
      } as never;
      await store.declare('people', [people]);
      const reader = new MongodbReadStore({ url: server.url, reads: [{ name: 'people', collections: [people as never] }] });
      const writer = newStore();
      const parked = {
        name: 'parked-people',
        version: 1,
        fields: { stream: () => '' },
        indexes: [['id'], ['stream', 'id']],
        counters: [['stream']],
      };
      await writer.declare('people', [people as never, parked as never]);
      expect(await reader.count('people', { in: { on: [1, 2] } })).toBe(0);
      const waiting = reader.waitFor('people', position(1), 10_000);
      await writer.apply('people', [{ collection: 'people', change: { put: { id: 1, on: [1, 2] } as never } }], position(1));
      expect(await waiting).toBe(true);
      expect(await reader.count('people', { in: { on: [1, 2] } })).toBe(1);
      expect(await reader.find('people', { in: { on: [2] }, sort: [{ field: 'id', descending: false }], skip: 0, limit: 9 })).toHaveLength(
        1,
      );
      await writer.close();
      await reader.close();
    });

    it('reads again when a rebuild puts another collection in place under a long list', async () => {
      const coins = Array.from({ length: 600 }, (_, n) => put(n + 1, 'heads'));
      await store.apply('coins', coins, position(1));
      const reader = await declared();
      let done = false;
      const lengths = new Set<number>();
      const reading = (async () => {
        while (!done) lengths.add((await reader.find('coins', { sort: [{ field: 'id', descending: false }], skip: 0, limit: 600 })).length);
      })();
      for (let round = 2; round < 6; round += 1) {
        const copy = await store.beginRebuild('coins');
        await copy.apply(coins, position(round));
        expect(await copy.replace()).toBe(true);
      }
      done = true;
      await reading;
      expect([...lengths]).toEqual([600]);
      await reader.close();
    });
  });

  describe('two versions of a view side by side', () => {
    it('have each their own documents; the one that nobody writes for a week is forgotten', async () => {
      await store.apply('coins', batch(1), position(1));
      const newer = newStore();
      await newer.declare('coins', [{ ...COINS, version: 2 }]);
      await newer.apply('coins', [put(7, 'tails')], position(1));
      expect([await store.count('coins', {}), await newer.get('coins', 7), await store.get('coins', 7)]).toEqual([
        1,
        { id: 7, side: 'tails' },
        undefined,
      ]);
      const db = direct.getClient().db('tocsin');
      const old = new StoredView('coins', [COINS]).id;
      await db.collection<{ _id: string }>(VIEWS).updateOne({ _id: old }, { $set: { writtenAt: new Date(Date.now() - 8 * 86_400_000) } });
      await newer.declare('coins', [{ ...COINS, version: 2 }]);
      const left = (await db.listCollections().toArray()).map(({ name }) => name);
      expect(left.filter((name) => name.startsWith('coins.'))).toHaveLength(2);
      await newer.close();
    });
  });
});

/** As a projection does: a fault is tried again. */
async function untilWritten(work: () => Promise<void>): Promise<void> {
  for (const deadline = performance.now() + 30_000; ;) {
    try {
      return await work();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await pause(50);
    }
  }
}
