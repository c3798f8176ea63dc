import { createConnection, type Connection as MongooseConnection, type mongo } from 'mongoose';
import { ReadStoreFault } from '../read-store';
import { faultOf, isWorthReadingAgain } from './faults';
import { transactionsOf } from './hello';

export type Db = mongo.Db;

/** Goes into every operation: without it one on a server that hangs never ends. */
export interface Bounds {
  readonly signal: AbortSignal;
  readonly maxTimeMS: number;
}

const SERVER_WITHIN_MS = 3_000;
/** Longer than the building of any index. Of a server that hangs the driver's monitor finds out long before. */
const SOCKET_MS = 900_000;

/** Acknowledged means: by a majority, in its journal. What is weaker can vanish after it was said to be there. */
export const DURABLE = { w: 'majority', j: true, wtimeoutMS: 10_000 } as const;

/**
 * One mongoose connection. It connects when it is first needed and goes on trying with every call, so that a service starts
 * while MongoDB is down; once connected, the driver finds the primary again by itself.
 */
export class Connection {
  private readonly connection: MongooseConnection = createConnection();
  private opening: Promise<unknown> | undefined;
  private closed = false;

  constructor(
    private readonly url: string,
    private readonly callDeadlineMs: number,
  ) {
    // Whoever made the call is told; nobody else needs to be.
    this.connection.on('error', () => undefined);
  }

  /** @throws ReadStoreFault; what is no fault of the store comes as it is. */
  async call<T>(work: (db: Db, bounds: Bounds) => Promise<T>, deadlineMs = this.callDeadlineMs): Promise<T> {
    try {
      const db = await this.db();
      const signal = AbortSignal.timeout(deadlineMs);
      return await unlessAborted(work(db, { signal, maxTimeMS: deadlineMs }), signal);
    } catch (error) {
      if (this.closed) throw new ReadStoreFault('closed', false, { cause: error });
      throw faultOf(error);
    }
  }

  /** A rebuilt view takes the place of the one that is being read: then the reading begins once more. */
  async read<T>(work: (db: Db, bounds: Bounds) => Promise<T>): Promise<T> {
    return this.call(async (db, bounds) => {
      try {
        return await work(db, bounds);
      } catch (error) {
        if (!isWorthReadingAgain(error)) throw error;
        return work(db, bounds);
      }
    });
  }

  session(): mongo.ClientSession {
    return this.connection
      .getClient()
      .startSession({ defaultTransactionOptions: { writeConcern: DURABLE, readConcern: { level: 'local' } } });
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.opening?.catch(() => undefined);
    await this.connection.close(true);
  }

  private async db(): Promise<Db> {
    if (this.closed) throw new ReadStoreFault('closed', false);
    this.opening ??= this.open();
    try {
      await this.opening;
    } catch (error) {
      this.opening = undefined;
      throw error;
    }
    if (this.connection.db === undefined) throw new ReadStoreFault('unavailable', true);
    return this.connection.db;
  }

  private async open(): Promise<void> {
    await this.connection.openUri(this.url, {
      serverSelectionTimeoutMS: SERVER_WITHIN_MS,
      connectTimeoutMS: SERVER_WITHIN_MS,
      socketTimeoutMS: SOCKET_MS,
      writeConcern: DURABLE,
      autoIndex: false,
      autoCreate: false,
      // The driver would read documents of another server's making; here everything is strings and numbers.
      promoteLongs: true,
    });
    const hello = await this.connection.db?.admin().command({ hello: 1 }, { signal: AbortSignal.timeout(SERVER_WITHIN_MS) });
    const transactions = transactionsOf(hello);
    if (transactions === 'has') return;
    await this.connection.close(true);
    if (transactions === 'not yet') throw new ReadStoreFault('unavailable', true);
    throw new ReadStoreFault('unavailable', false, {
      cause: new Error('MongoDB has to be a replica set: a single server has no transactions'),
    });
  }
}

/** The promise's answer, or the signal's reason when that comes first. */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
