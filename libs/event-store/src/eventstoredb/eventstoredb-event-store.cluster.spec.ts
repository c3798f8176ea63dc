import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { EventStoreDbProcess } from '@tocsin/testing/eventstoredb';
import { START } from '../event-store';
import type { NewEvent } from '../event-store';
import { eventStoreContract, newEvents } from '../event-store.contract';
import { Follower } from '../follower.contract';
import { EventStoreDbEventStore } from './eventstoredb-event-store';

/** Of the server that `npm run test:cluster` was given or has started. */
const url = process.env['EVENTSTORE_URL'] ?? '';
const root = resolve(__dirname, '../../../..');
const main = join(root, 'libs/testing/dist/eventstoredb/main.js');

eventStoreContract('at EVENTSTORE_URL', async () => {
  let store = new EventStoreDbEventStore({ url });
  return {
    store,
    // The server is not ours to end: the client is.
    reopen: async () => {
      await store.close();
      return (store = new EventStoreDbEventStore({ url }));
    },
    close: () => store.close(),
  };
});

describe('writers and a follower while the server is killed again and again', () => {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-eventstoredb-kills-'));
  let server: EventStoreDbProcess;
  beforeAll(async () => {
    const compiler = join(root, 'node_modules/typescript-7/bin/tsc');
    const { status } = spawnSync(process.execPath, [compiler, '-b', 'libs/testing'], { cwd: root, stdio: 'inherit' });
    expect(status).toBe(0);
    server = await EventStoreDbProcess.start(main, directory);
  }, 300_000);
  afterAll(async () => {
    await server.kill();
    rmSync(directory, { recursive: true, force: true });
  });

  it('lose no event that was answered, and none is there twice', async () => {
    const store = new EventStoreDbEventStore({ url: server.url, callMs: 60_000, tryMs: 2_000 });
    const follower = new Follower(store, START, ['alert-']);
    let writing = true;
    const written = Promise.all(
      Array.from({ length: 10 }, async (_, n) => {
        const stream = `alert-${n}`;
        const all: NewEvent[] = [];
        for (let revision = -1; writing;) {
          const events = newEvents(2);
          ({ revision } = await store.append(stream, revision < 0 ? 'no_stream' : revision, events));
          all.push(...events);
        }
        return [stream, all.map(({ id }) => id)] as const;
      }),
    );
    for (let kills = 0; kills < 5; kills++) {
      await wait(700);
      await server.kill();
      server = await EventStoreDbProcess.start(main, directory, server.port);
    }
    await wait(500);
    writing = false;
    const answered = await written;
    const total = answered.reduce((sum, [, ids]) => sum + ids.length, 0);
    await follower.until(() => follower.events.length >= total);
    await follower.subscription.close();
    for (const [stream, ids] of answered) {
      expect([stream, (await store.readStream(stream)).map(({ id }) => id)]).toEqual([stream, ids]);
      expect(follower.events.filter((event) => event.stream === stream).map(({ id }) => id)).toEqual(ids);
    }
    await store.close();
  }, 300_000);
});
