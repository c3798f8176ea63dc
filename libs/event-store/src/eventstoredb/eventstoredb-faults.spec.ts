import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { EventStoreDbServer, LOOPBACK_CERTIFICATE, LOOPBACK_KEY } from '@tocsin/testing/eventstoredb';
import type { FaultKind } from '@tocsin/testing/eventstoredb';
import { EventStoreFault, START } from '../event-store';
import { newEvent, newEvents } from '../event-store.contract';
import { Follower } from '../follower.contract';
import { Client } from './client';
import { EventStoreDbEventStore } from './eventstoredb-event-store';
import { serve } from './store-under-test.contract';

const ids = (events: readonly { readonly id: string }[]): string[] => events.map(({ id }) => id);

describe('an append to EventStoreDB', () => {
  const kinds: FaultKind[] = ['lose-answer', 'cut', 'hang', 'hang-after', 'not-leader', 'unavailable'];

  it.each(kinds)('that meets "%s" is made, once, and answered as if nothing had been', async (kind) => {
    const served = await serve();
    const store = served.store({ tryMs: 400 });
    await store.append('alert-1', 'no_stream', newEvents(1));
    const events = newEvents(2);
    served.server.faults.next({ kind, asked: 'append' });
    const answer = await store.append('alert-1', 0, events);
    expect(answer.revision).toBe(2);
    expect(ids(await store.readStream('alert-1', { from: 1 }))).toEqual(ids(events));
    expect((await store.readLast('alert-1'))?.position).toBe(answer.position);
  });

  it.each(kinds)('that expects any and meets "%s" is made once as well', async (kind) => {
    const served = await serve();
    const store = served.store({ tryMs: 400 });
    await store.append('alert-1', 'any', newEvents(1));
    served.server.faults.next({ kind, asked: 'append', times: 2 });
    expect(await store.append('alert-1', 'any', newEvents(1))).toMatchObject({ revision: 1 });
    expect(await store.readStream('alert-1')).toHaveLength(2);
  });

  it('ends in bounded time while the server is away, and goes well when it is back', async () => {
    const served = await serve();
    const store = served.store({ callMs: 600, tryMs: 300 });
    const events = newEvents(1);
    await served.stopServer();
    const begun = performance.now();
    const fault = await store.append('alert-1', 'no_stream', events).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(EventStoreFault);
    expect(fault).toMatchObject({ retriable: true, reason: expect.stringMatching(/^(unavailable|timeout)$/) as unknown });
    expect(performance.now() - begun).toBeLessThan(5_000);
    await served.startServer();
    expect(await served.store().append('alert-1', 'no_stream', events)).toMatchObject({ revision: 0 });
  });

  it('that is too large is refused for good, and leaves nothing', async () => {
    const store = (await serve()).store();
    const large = store.append('alert-1', 'no_stream', [newEvent({ text: 'x'.repeat(1_100_000) })]);
    await expect(large).rejects.toMatchObject({ name: 'EventStoreFault', reason: 'too-large', retriable: false });
    const huge = store.append('alert-1', 'no_stream', [newEvent({ text: 'x'.repeat(18_000_000) })]);
    await expect(huge).rejects.toMatchObject({ name: 'EventStoreFault', reason: 'too-large', retriable: false });
    expect(await store.readStream('alert-1')).toEqual([]);
  });

  it('of what is no JSON is a mistake of the caller', async () => {
    const store = (await serve()).store();
    await expect(store.append('alert-1', 'no_stream', [newEvent({ n: 1n })])).rejects.toBeInstanceOf(TypeError);
  });

  it('to a stream that an operator ended is refused for good', async () => {
    const served = await serve();
    const { EventStoreDBClient } = await import('@eventstore/db-client');
    const client = EventStoreDBClient.connectionString(served.server.url);
    await client.tombstoneStream('alert-1');
    await client.dispose();
    const store = served.store();
    for (const expected of ['any', 'no_stream', 3] as const) {
      await expect(store.append('alert-1', expected, newEvents(1))).rejects.toMatchObject({ reason: 'denied', retriable: false });
    }
    expect(await store.readStream('alert-1')).toEqual([]);
  });
});

describe('reads of EventStoreDB', () => {
  it.each(['cut', 'hang', 'unavailable', 'not-leader'] as const)('that meet "%s" are made again', async (kind) => {
    const served = await serve();
    const store = served.store({ tryMs: 400 });
    await store.append('alert-1', 'no_stream', newEvents(3));
    for (const read of [
      () => store.readStream('alert-1'),
      () => store.readAll({ after: START, prefixes: ['alert-'], limit: 10 }).then(({ events }) => events),
    ]) {
      served.server.faults.next({ kind, asked: 'read' });
      served.server.faults.next({ kind, asked: 'subscribe' });
      expect(await read()).toHaveLength(3);
      served.server.faults.none();
    }
  });

  it('of a closed store say so', async () => {
    const store = (await serve()).store();
    await store.close();
    await expect(store.readStream('alert-1')).rejects.toMatchObject({ reason: 'closed', retriable: false });
  });
});

describe('a follower of EventStoreDB whose connection breaks', () => {
  it.each(['cut', 'hang', 'unavailable', 'not-leader'] as const)('goes on from where it was when it meets "%s"', async (kind) => {
    const served = await serve();
    const store = served.store({ tryMs: 500 });
    const events = newEvents(5);
    await store.append('alert-1', 'no_stream', events.slice(0, 2));
    const follower = new Follower(store, START, ['alert-']);
    await follower.until(() => follower.events.length === 2);
    served.server.faults.next({ kind, asked: 'subscribe' });
    served.server.cutConnections();
    await store.append('alert-1', 1, events.slice(2, 4));
    served.server.cutConnections();
    await store.append('alert-1', 3, events.slice(4));
    await follower.until(() => follower.events.length >= 5);
    await follower.subscription.close();
    expect(ids(follower.events)).toEqual(ids(events));
  });

  it('goes on after the server was ended and started again', async () => {
    const served = await serve();
    const store = served.store({ callMs: 20_000 });
    const events = newEvents(4);
    await store.append('alert-1', 'no_stream', events.slice(0, 2));
    const follower = new Follower(store, START, ['alert-']);
    await follower.until(() => follower.events.length === 2);
    await served.stopServer();
    await served.startServer();
    await store.append('alert-1', 1, events.slice(2));
    await follower.until(() => follower.events.length >= 4);
    await follower.subscription.close();
    expect(ids(follower.events)).toEqual(ids(events));
  });
});

describe('calls that fail one after the other while no node is found', () => {
  it('tell whoever made them, and nobody else', async () => {
    const served = await serve();
    const client = new Client(`esdb+discover://127.0.0.1:${served.server.port}?tls=false&maxDiscoverAttempts=3`);
    const follow = () =>
      new Promise<'begun' | 'failed'>((resolve) => {
        client.follow(
          { after: undefined, prefixes: [] },
          {
            confirmed: () => resolve('begun'),
            event: () => undefined,
            checkpoint: () => undefined,
            caughtUp: () => undefined,
            failed: () => resolve('failed'),
          },
        );
      });
    expect(await follow()).toBe('begun');
    served.server.faults.next({ kind: 'unavailable', asked: 'subscribe' });
    // The client leaves the connection, on which the first call goes on until the server ends.
    expect(await follow()).toBe('failed');
    const [inVain] = await Promise.all([follow(), served.stopServer()]);
    expect(inVain).toBe('failed');
    await client.dispose();
    // A rejection that nobody waits for is one when the turn ends.
    await nextTurn();
  });
});

describe('EventStoreDB with TLS and a password', () => {
  it('serves who has it, and denies others for good', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'tocsin-event-store-tls-'));
    const ca = join(directory, 'ca.pem');
    writeFileSync(ca, LOOPBACK_CERTIFICATE);
    const server = await EventStoreDbServer.start({
      directory,
      tls: { certificate: LOOPBACK_CERTIFICATE, key: LOOPBACK_KEY },
      users: { tocsin: 'p:w@d' },
    });
    const open = (user: string) =>
      new EventStoreDbEventStore({ url: `esdb://${user}127.0.0.1:${server.port}?tlsCAFile=${encodeURIComponent(ca)}`, callMs: 2_000 });
    const store = open(`tocsin:${encodeURIComponent('p:w@d')}@`);
    await store.append('alert-1', 'no_stream', newEvents(1));
    expect(await store.readAll({ after: START, prefixes: ['alert-'], limit: 10 })).toMatchObject({ events: [{ stream: 'alert-1' }] });
    const stranger = open('tocsin:wrong@');
    await expect(stranger.append('alert-1', 0, newEvents(1))).rejects.toMatchObject({ reason: 'denied', retriable: false });
    await expect(stranger.readStream('alert-1')).rejects.toMatchObject({ reason: 'denied', retriable: false });
    expect(() => open('')).toThrow(/needs a user/);
    for (const one of [store, stranger]) await one.close();
    await server.stop();
  });
});
