import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readStoreContract } from '../read-store.contract';
import { EmbeddedReadStore } from './embedded-read-store';

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
});
