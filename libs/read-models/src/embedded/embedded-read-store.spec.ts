import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { readStoreContract } from '../read-store.contract';
import type { CollectionDefinition } from '../read-store';
import { EmbeddedReadStore } from './embedded-read-store';
import type { StoreRequest } from './protocol';
import { ThreadClient } from './thread-client';

const newDirectory = (): string => mkdtempSync(join(tmpdir(), 'tocsin-views-'));

readStoreContract('EmbeddedReadStore', async () => {
  const directory = newDirectory();
  let current = await EmbeddedReadStore.open({ directory });
  return {
    store: current,
    reopen: async () => {
      await current.close();
      current = await EmbeddedReadStore.open({ directory });
      return current;
    },
    close: async () => {
      await current.close();
      rmSync(directory, { recursive: true });
    },
  };
});

describe('a damaged views.db', () => {
  it('is thrown away, because everything in it can be rebuilt', async () => {
    const directory = newDirectory();
    writeFileSync(join(directory, 'views.db'), 'this has not been a database for a long time '.repeat(100));
    const store = await EmbeddedReadStore.open({ directory });
    await store.declare('v', [{ name: 'c', version: 1, fields: {}, indexes: [], counters: [] }]);
    expect(await store.count('c', {})).toBe(0);
    expect(await store.checkpoint('v')).toBeUndefined();
    await store.close();
    rmSync(directory, { recursive: true });
  });

  it('is thrown away, too, where it begins like a database', async () => {
    const directory = newDirectory();
    const path = join(directory, 'views.db');
    const definition = { name: 'c', version: 1, fields: {}, indexes: [], counters: [] };
    const before = await EmbeddedReadStore.open({ directory });
    await before.declare('v', [definition]);
    await before.apply(
      'v',
      Array.from({ length: 1_000 }, (_, id) => ({ collection: 'c', change: { put: { id, text: 'x'.repeat(100) } as never } })),
      '1',
    );
    await before.close();
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.fill(0x7f, 4_096));

    const store = await EmbeddedReadStore.open({ directory });
    await store.declare('v', [definition]);
    expect(await store.count('c', {})).toBe(0);
    expect(await store.checkpoint('v')).toBeUndefined();
    await store.close();
    rmSync(directory, { recursive: true });
  });
});

describe('a walk through large documents', () => {
  const definition = { name: 'c', version: 1, fields: {}, indexes: [], counters: [] };
  const document = (id: number, note: string) => ({ collection: 'c', change: { put: { id, note } as never } });
  const oldestFirst = { sort: [{ field: 'id', descending: false }], skip: 0, limit: 100 };
  let directory: string;
  let store: EmbeddedReadStore;

  beforeEach(async () => {
    directory = newDirectory();
    store = await EmbeddedReadStore.open({ directory });
    await store.declare('v', [definition]);
    await store.apply(
      'v',
      [1, 2, 3, 4].map((id) => document(id, 'x'.repeat(300_000))),
      '1',
    );
  });
  afterEach(async () => {
    await store.close();
    rmSync(directory, { recursive: true });
  });

  it('reads none before it is asked for: each is as it is then, and none is that is gone', async () => {
    const walk = store.walk<{ id: number; note: string }>('c', oldestFirst);
    expect((await walk.next()).value?.map(({ id }) => id)).toEqual([1]);
    await store.apply('v', [document(2, 'changed'), { collection: 'c', change: { remove: 3 } }], '2');
    const rest: (readonly [number, number])[] = [];
    for await (const part of walk) rest.push(...part.map(({ id, note }) => [id, note.length] as const));
    expect(rest).toEqual([
      [2, 7],
      [4, 300_000],
    ]);
  });

  it('ends with a fault when the store is closed in the middle of it', async () => {
    const walk = store.walk('c', oldestFirst);
    await walk.next();
    await store.close();
    await expect(walk.next()).rejects.toMatchObject({ name: 'ReadStoreFault', reason: 'closed' });
  });
});

describe('a read while the first array of a field is written, which moves an index', () => {
  it('finds it', async () => {
    const directory = newDirectory();
    const store = await EmbeddedReadStore.open({ directory });
    const definition: CollectionDefinition<{ id: number; tags: readonly string[] }> = {
      ...{ name: 'things', version: 1, counters: [] },
      fields: { tags: (thing) => thing.tags },
      indexes: [['tags', 'id']],
    };
    await store.declare('v', [definition]);
    const put = (id: number, ...tags: readonly string[]) => ({ collection: 'things', change: { put: { id, tags } as never } });
    const written = store.apply('v', [put(1, 'red')], '1');
    // Sent, and then done by the store's thread, whose word of it has not been taken: this one is not left before.
    for (let turns = 0; turns < 20; turns++) await Promise.resolve();
    const beside = new DatabaseSync(join(directory, 'views.db'), { readOnly: true });
    const position = beside.prepare('SELECT position FROM "tocsin.views"');
    while (position.get()?.['position'] !== '1');
    beside.close();
    const red = { in: { tags: ['red'] }, sort: [{ field: 'id', descending: false }], skip: 0, limit: 10 };
    expect(await store.find('things', red)).toEqual([{ id: 1, tags: ['red'] }]);
    await written;
    await store.close();
    rmSync(directory, { recursive: true });
  });
});

describe('a count that no counter answers', () => {
  const definition: CollectionDefinition<{ id: number; colour: string; size: number }> = {
    name: 'things',
    version: 1,
    fields: { colour: (thing) => thing.colour, size: (thing) => thing.size },
    indexes: [],
    counters: [],
  };
  const walk = { in: { colour: ['red'] }, range: { size: { from: 0 } } };
  const COUNT = 30_000;
  let directory: string;
  let store: EmbeddedReadStore;

  const open = async (callDeadlineMs?: number): Promise<void> => {
    store = await EmbeddedReadStore.open({ directory, ...(callDeadlineMs === undefined ? {} : { callDeadlineMs }) });
    await store.declare('v', [definition]);
  };
  const put = (id: number): Parameters<EmbeddedReadStore['apply']>[1][number] => ({
    collection: 'things',
    change: { put: { id, colour: id % 2 === 0 ? 'red' : 'blue', size: id } as never },
  });

  beforeAll(async () => {
    directory = newDirectory();
    await open();
    await store.apply(
      'v',
      Array.from({ length: COUNT }, (_, id) => put(id)),
      '1',
    );
    await store.close();
  });
  afterEach(() => store.close());
  afterAll(() => rmSync(directory, { recursive: true }));

  it('is made all the same', async () => {
    await open();
    expect(await store.count('things', walk)).toBe(COUNT / 2);
  });

  it('lets writes pass that come while it walks', async () => {
    await open();
    const order: string[] = [];
    // A queue of walks: the second write cannot be there before the first of them has begun.
    const counted = Promise.all(Array.from({ length: 40 }, () => store.count('things', walk))).then(() => order.push('counts'));
    await store.apply('v', [put(1)], '2');
    const written = store.apply('v', [put(1)], '3').then(() => order.push('write'));
    await Promise.all([counted, written]);
    expect(order).toEqual(['write', 'counts']);
  });

  it('is given up at its deadline, after which the store goes on', async () => {
    await open(1);
    await expect(store.count('things', walk)).rejects.toMatchObject({ name: 'ReadStoreFault', reason: 'timeout' });
    expect(await store.get('things', 2)).toMatchObject({ colour: 'red' });
  });
});

describe('a store that was closed', () => {
  it('says so', async () => {
    const directory = newDirectory();
    const store = await EmbeddedReadStore.open({ directory });
    await store.close();
    await expect(store.checkpoint('v')).rejects.toMatchObject({ reason: 'closed', retriable: false });
    await expect(store.apply('v', [], '1')).rejects.toMatchObject({ reason: 'closed' });
    rmSync(directory, { recursive: true });
  });
});

describe('a thread that dies', () => {
  it('fails what waits for it and what comes later, and is reported', async () => {
    const directory = newDirectory();
    const failures: Error[] = [];
    const thread = await ThreadClient.start(join(directory, 'views.db'), 10_000, (error) => failures.push(error));
    const waiting = thread.request(undefined as unknown as StoreRequest, 10_000);
    await expect(waiting).rejects.toMatchObject({ name: 'ReadStoreFault', reason: 'unavailable', retriable: true });
    await expect(thread.request({ op: 'reset', view: 'v' }, 10_000)).rejects.toMatchObject({ reason: 'unavailable' });
    expect(failures).toHaveLength(1);
    rmSync(directory, { recursive: true });
  });
});
