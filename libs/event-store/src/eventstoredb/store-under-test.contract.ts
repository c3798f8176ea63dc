import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventStoreDbServer } from '@tocsin/testing/eventstoredb';
import { EventStoreDbEventStore } from './eventstoredb-event-store';
import type { EventStoreDbOptions } from './eventstoredb-event-store';

const started: ServedStore[] = [];

/** A server that ends with the suite at the latest. */
export async function serve(): Promise<ServedStore> {
  const served = await ServedStore.start();
  started.push(served);
  return served;
}
afterAll(async () => {
  for (const served of started) await served.close();
});

/** A test server of a test's own, which can be ended and started again where it was, and stores that speak to it. */
export class ServedStore {
  private readonly directory = mkdtempSync(join(tmpdir(), 'tocsin-event-store-'));
  private readonly stores: EventStoreDbEventStore[] = [];
  private running: EventStoreDbServer | undefined;
  private port = 0;

  static async start(): Promise<ServedStore> {
    const served = new ServedStore();
    await served.startServer();
    return served;
  }

  get server(): EventStoreDbServer {
    if (this.running === undefined) throw new Error('the server is away');
    return this.running;
  }

  async startServer(): Promise<void> {
    // A server that remembers nothing: what is promised may not rest on its memory.
    this.running = await EventStoreDbServer.start({ directory: this.directory, port: this.port, rememberedIds: 0 });
    this.port = this.running.port;
  }

  async stopServer(): Promise<void> {
    await this.running?.stop();
    this.running = undefined;
  }

  store(options: Partial<EventStoreDbOptions> = {}): EventStoreDbEventStore {
    const store = new EventStoreDbEventStore({ url: `esdb://127.0.0.1:${this.port}?tls=false`, ...options });
    this.stores.push(store);
    return store;
  }

  async close(): Promise<void> {
    for (const store of this.stores) await store.close();
    await this.stopServer();
    rmSync(this.directory, { recursive: true, force: true });
  }
}
