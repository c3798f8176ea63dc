import { START } from '@tocsin/event-store';
import type { Position } from '@tocsin/event-store';
import { ProjectionRunner } from './projection-runner';
import type { ProjectionLog } from './projection-runner';
import { ReadStoreFault } from './read-store';
import { rebuildEqualsLive } from './testing';
import { embeddedStores, removeDirectory } from './testing/embedded-stores';
import type { EmbeddedStores } from './testing/embedded-stores';
import { added, newEvent, tallyView } from './testing/tally';
import type { Tally } from './testing/tally';

const LONG_MS = 30_000;

describe('a projection', () => {
  let stores: EmbeddedStores;
  let runner: ProjectionRunner;
  let logged: ProjectionLog[];

  const newRunner = (more: { batchSize?: number; cachedDocuments?: number; projection?: typeof tallyView } = {}): ProjectionRunner => {
    runner = new ProjectionRunner({
      projection: tallyView,
      eventStore: stores.eventStore,
      readStore: stores.readStore,
      log: (entry) => logged.push(entry),
      ...more,
    });
    return runner;
  };
  const append = async (stream: string, ...amounts: unknown[]): Promise<Position> =>
    (await stores.eventStore.append(stream, 'any', amounts.map(added))).position;
  const total = async (stream: string): Promise<number | undefined> => (await stores.readStore.get<Tally>('tallies', stream))?.total;
  const passed = async (position: Position): Promise<void> => expect(await runner.waitFor(position, LONG_MS)).toBe(true);

  beforeEach(async () => {
    logged = [];
    stores = await embeddedStores();
    newRunner();
  });
  afterEach(async () => {
    await runner.stop();
    await stores.close();
    removeDirectory(stores.directory);
  });

  describe('of a log that already has events', () => {
    it('catches up, then follows', async () => {
      const before = await append('account-1', 1, 2);
      runner.start();
      await passed(before);
      expect(await total('account-1')).toBe(3);
      await passed(await append('account-1', 4));
      expect(await total('account-1')).toBe(7);
      expect(await stores.readStore.checkpoint('tallies')).toBe(await stores.eventStore.head());
      expect(runner.settled()).toBe(true);
      expect(runner.state()).toBe('live');
    });

    it('goes over them in as many batches as it takes, with more documents than it keeps in memory', async () => {
      for (let i = 0; i < 40; i += 1) await append(`account-${i % 7}`, 1);
      await runner.stop();
      newRunner({ batchSize: 3, cachedDocuments: 2 }).start();
      await passed(await stores.eventStore.head());
      expect(await Promise.all([0, 1, 6].map((i) => total(`account-${i}`)))).toEqual([6, 6, 5]);
    });
  });

  describe('over a store whose batches are dear', () => {
    const HOUR_MS = 3_600_000;
    const batches: number[] = [];
    beforeEach(async () => {
      batches.length = 0;
      const { readStore } = stores;
      const apply = readStore.apply.bind(readStore);
      Object.assign(readStore, {
        gatherMs: HOUR_MS,
        apply: async (...batch: Parameters<typeof apply>) => {
          batches.push(batch[1].length);
          await apply(...batch);
        },
      });
      runner.start();
      await passed(await append('account-0', 1));
    });

    it('writes the first change at once, and those that come meanwhile when somebody waits for them', async () => {
      const [first] = [await append('account-1', 1)];
      await passed(first);
      const before = batches.length;
      for (let i = 2; i < 10; i += 1) await append(`account-${i}`, 1);
      expect(batches).toHaveLength(before);
      await passed(await stores.eventStore.head());
      expect(batches.slice(before)).toEqual([8]);
    });

    it('stops without waiting for more', async () => {
      await append('account-1', 1);
      await runner.stop();
      expect(runner.state()).toBe('stopped');
    });
  });

  describe('that is started again', () => {
    it('goes on behind what it has written', async () => {
      runner.start();
      await passed(await append('account-1', 1));
      await runner.stop();
      const { directory } = stores;
      await stores.close();
      stores = await embeddedStores(directory);
      const touched: string[] = [];
      newRunner({
        projection: {
          ...tallyView,
          touches: (event) => {
            touched.push(event.stream);
            return tallyView.touches(event);
          },
        },
      }).start();
      await passed(await append('account-2', 5));
      expect(touched).toEqual(['account-2']);
      expect([await total('account-1'), await total('account-2')]).toEqual([1, 5]);
    });

    it('is built again when the log does not reach as far as the view', async () => {
      await stores.readStore.declare('tallies', [...tallyView.collections, runnerCollection()]);
      const beyond = '99999999999999999999';
      const change = { put: { id: 'account-9', total: 9, seen: [] } };
      await stores.readStore.apply('tallies', [{ collection: 'tallies', change }], beyond);
      const position = await append('account-1', 1);
      runner.start();
      await passed(position);
      expect([await total('account-9'), await total('account-1')]).toEqual([undefined, 1]);
      expect(logged).toContainEqual({ message: 'projection rebuilding', view: 'tallies', reason: 'ahead of the log' });
    });
  });

  describe('of which other streams are no part', () => {
    it('moves on with the log all the same', async () => {
      runner.start();
      await passed((await stores.eventStore.append('other-1', 'any', [newEvent({})])).position);
      await passed((await stores.eventStore.append('account-1', 'any', [newEvent({}, 'Noted')])).position);
      expect(await total('account-1')).toBeUndefined();
    });
  });

  describe('that meets an event it cannot digest', () => {
    it('parks it and what follows in its stream, and goes on with the others', async () => {
      await append('account-1', 1);
      await append('account-1', 'nonsense', 10);
      await append('account-2', 5);
      runner.start();
      await passed(await append('account-1', 100));
      expect([await total('account-1'), await total('account-2')]).toEqual([1, 5]);
      expect(runner.blockedStreams()).toBe(1);
      expect(await stores.readStore.count('parked-tallies', { in: { stream: ['account-1'] } })).toBe(3);
      expect(logged.filter(({ message }) => message === 'event parked')).toHaveLength(1);
    });

    it('still knows after a restart which streams are blocked', async () => {
      runner.start();
      await passed(await append('account-1', 'nonsense'));
      await runner.stop();
      newRunner().start();
      await passed(await append('account-1', 3));
      expect(await total('account-1')).toBeUndefined();
      expect(runner.blockedStreams()).toBe(1);
    });

    it('takes the stream back when it is rebuilt by code that can', async () => {
      runner.start();
      await passed(await append('account-1', 1, 'nonsense', 3));
      await runner.stop();
      const better = {
        ...tallyView,
        apply: ((event, documents) => {
          const { amount } = event.data as { amount: unknown };
          tallyView.apply(typeof amount === 'number' ? event : { ...event, data: { amount: 0 } }, documents);
        }) as typeof tallyView.apply,
      };
      const progress: number[] = [];
      await newRunner({ projection: better }).rebuild(({ events }) => progress.push(events));
      expect(await total('account-1')).toBe(4);
      expect(runner.blockedStreams()).toBe(0);
      expect(progress.at(-1)).toBe(3);
    });

    it('parks the one whose document cannot be indexed', async () => {
      const picky = {
        ...tallyView,
        collections: [
          {
            ...tallyView.collections[0],
            fields: {
              total: (tally: Tally): number => {
                if (tally.total === 13) throw new Error('unlucky');
                return tally.total;
              },
            },
          },
        ] as unknown as typeof tallyView.collections,
      };
      await append('account-1', 1);
      await append('account-2', 13);
      await append('account-3', 3);
      newRunner({ projection: picky }).start();
      await passed(await stores.eventStore.head());
      expect(await Promise.all([1, 2, 3].map((i) => total(`account-${i}`)))).toEqual([1, undefined, 3]);
      expect(runner.blockedStreams()).toBe(1);
    });

    it('does not let it use a document that it did not name', async () => {
      const nosy = { ...tallyView, apply: ((_, documents) => void documents.get('tallies', 'account-x')) as typeof tallyView.apply };
      newRunner({ projection: nosy }).start();
      await passed(await append('account-1', 1));
      expect(logged).toContainEqual(
        expect.objectContaining({
          message: 'event parked',
          error: expect.objectContaining({ message: expect.stringContaining('account-x') }),
        }),
      );
    });
  });

  describe('while the read store is away', () => {
    it('waits, says so, and folds each event once, also those whose write was not answered', async () => {
      const apply = stores.readStore.apply.bind(stores.readStore);
      const outcomes: ('lost' | 'unanswered')[] = ['lost', 'unanswered', 'lost', 'unanswered'];
      stores.readStore.apply = async (...call) => {
        const outcome = outcomes.shift();
        if (outcome === 'lost') throw new ReadStoreFault('unavailable', true);
        await apply(...call);
        if (outcome === 'unanswered') throw new ReadStoreFault('timeout', true);
      };
      runner.start();
      await passed(await append('account-1', 1));
      await passed(await append('account-1', 2));
      await passed(await append('account-1', 4));
      expect(await total('account-1')).toBe(7);
      expect((await stores.readStore.get<Tally>('tallies', 'account-1'))?.seen).toHaveLength(3);
      expect(logged.map(({ message }) => message)).toContain('projection degraded');
      expect(logged.at(-1)?.message).toBe('projection recovered');
    });
  });

  it('gives the same documents in any split (P9)', async () => {
    for (let i = 0; i < 60; i += 1) await append(`account-${i % 5}`, i % 11 === 10 ? -1 : i);
    const { events } = await stores.eventStore.readAll({ after: START, prefixes: ['account-'], limit: 1000 });
    rebuildEqualsLive(tallyView, events);
  });
});

describe('a projection that keeps something outside its documents', () => {
  it('is caught by the property of P9', async () => {
    const stores = await embeddedStores();
    for (let i = 0; i < 20; i += 1) await stores.eventStore.append('account-1', 'any', [added(1)]);
    const { events } = await stores.eventStore.readAll({ after: START, prefixes: ['account-'], limit: 100 });
    let calls = 0;
    const forgetful = {
      ...tallyView,
      apply: ((event, documents) => {
        calls += 1;
        tallyView.apply({ ...event, data: { amount: calls } }, documents);
      }) as typeof tallyView.apply,
    };
    expect(() => rebuildEqualsLive(forgetful, events)).toThrow(/seed/);
    const rash = {
      ...tallyView,
      apply: ((event, documents) => {
        const before = documents.get<{ id: string; total: number }>('tallies', event.stream) ?? { id: event.stream, total: 0 };
        before.total += 1;
        documents.put('tallies', before);
      }) as typeof tallyView.apply,
    };
    expect(() => rebuildEqualsLive(rash, events)).toThrow(TypeError);
    await stores.close();
    removeDirectory(stores.directory);
  });
});

const runnerCollection = (): (typeof tallyView.collections)[number] => ({
  name: 'parked-tallies',
  version: 1,
  fields: { stream: (parked: { stream: string }) => parked.stream } as never,
  indexes: [['id'], ['stream', 'id']],
  counters: [['stream']],
});
