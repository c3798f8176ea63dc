import { randomUUID } from 'node:crypto';
import { createConnection } from 'mongoose';
import { readStoreContract } from '../read-store.contract';
import { MongodbReadStore } from './mongodb-read-store';

jest.setTimeout(180_000);

/** A database of its own on the server of this run. */
const newDatabase = (): string => {
  const url = new URL(process.env['MONGODB_URL'] ?? '');
  url.pathname = `/tocsin-${randomUUID().slice(0, 8)}`;
  return url.href;
};

const drop = async (url: string): Promise<void> => {
  const connection = await createConnection(url).asPromise();
  await connection.dropDatabase();
  await connection.close();
};

readStoreContract('MongodbReadStore', async () => {
  const url = newDatabase();
  let current = new MongodbReadStore({ url });
  return {
    store: current,
    reopen: async () => {
      await current.close();
      current = new MongodbReadStore({ url });
      return current;
    },
    close: async () => {
      await current.close();
      await drop(url);
    },
  };
});
