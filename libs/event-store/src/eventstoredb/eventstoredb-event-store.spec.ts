import { EventStoreDBClient } from '@eventstore/db-client';
import { START } from '../event-store';
import { eventStoreContract, newEvent, newEvents } from '../event-store.contract';
import { Follower } from '../follower.contract';
import { serve } from './store-under-test.contract';

eventStoreContract('EventStoreDB', async () => {
  const served = await serve();
  const store = served.store();
  return {
    store,
    reopen: async () => {
      await store.close();
      await served.stopServer();
      await served.startServer();
      return served.store();
    },
    close: () => served.close(),
    stall: () => {
      served.server.faults.next({ kind: 'hang-after', asked: 'append', times: Infinity });
      return () => served.server.faults.none();
    },
  };
});

describe('what the event store keeps in EventStoreDB', () => {
  let served: Awaited<ReturnType<typeof serve>>;
  let client: EventStoreDBClient;
  beforeAll(async () => {
    served = await serve();
    client = EventStoreDBClient.connectionString(served.server.url);
  });
  afterAll(() => client.dispose());

  it('is JSON, with the cause and the chain under the names that the server knows', async () => {
    await served.store().append('alert-1', 'no_stream', [newEvent({ n: 1 }, 'Raised')]);
    for await (const { event } of client.readStream('alert-1')) {
      expect(event).toMatchObject({ type: 'Raised', isJson: true, data: { n: 1 } });
      expect(event?.metadata).toMatchObject({ $correlationId: 'c', $causationId: 'd', schemaVersion: 1 });
      expect(event?.metadata).not.toHaveProperty('correlationId');
    }
    expect.assertions(3);
  });

  it('is one event per checkpoint, which nobody is shown', async () => {
    const store = served.store();
    const { position } = await store.append('alert-2', 'no_stream', newEvents(1));
    for (let n = 0; n < 3; n++) await store.saveCheckpoint('relay', position);
    expect((await client.getStreamMetadata('_tocsin-checkpoint-relay')).metadata).toEqual({ maxCount: 1 });
    await store.append('alert-2', 0, newEvents(1));
    await store.deleteStream('alert-2');
    await store.append('alert-3', 'no_stream', newEvents(1));
    const { events, atHead } = await store.readAll({ after: position, prefixes: [], limit: 100 });
    expect(events.map(({ stream }) => stream)).toEqual(['alert-3']);
    expect(atHead).toBe(true);
    expect((await client.getStreamMetadata('_tocsin-deleted')).metadata).toEqual({ maxAge: 35 * 24 * 3_600 });
  });

  it('is hidden from a process that starts after its stream was deleted elsewhere', async () => {
    const store = served.store();
    await store.append('alert-4', 'no_stream', newEvents(2));
    await store.append('alert-5', 'no_stream', newEvents(1));
    await store.deleteStream('alert-4');
    const other = served.store();
    const { events } = await other.readAll({ after: START, prefixes: ['alert-'], limit: 500 });
    expect(events.map(({ stream }) => stream)).not.toContain('alert-4');
    expect(events.map(({ stream }) => stream)).toContain('alert-5');
    const follower = new Follower(other, START, ['alert-']);
    await follower.until(() => follower.events.some(({ stream }) => stream === 'alert-5'));
    await follower.subscription.close();
    expect(follower.events.map(({ stream }) => stream)).not.toContain('alert-4');
  });

  it('is gone as soon as its deletion began, and a deletion that broke off goes on where it was', async () => {
    const store = served.store();
    await store.append('alert-6', 'no_stream', newEvents(2));
    served.server.faults.next({ kind: 'unavailable', asked: 'delete', times: Infinity });
    await expect(store.deleteStream('alert-6')).rejects.toMatchObject({ name: 'EventStoreFault', retriable: true });
    expect(await store.readStream('alert-6')).toEqual([]);
    expect(await store.readLast('alert-6')).toBeUndefined();
    await expect(store.append('alert-6', 1, newEvents(1))).rejects.toMatchObject({ name: 'WrongExpectedRevision', actual: 'no_stream' });
    served.server.faults.none();
    await served.store().deleteStream('alert-6');
    await store.append('alert-6', 'no_stream', newEvents(1));
    expect(await store.readStream('alert-6')).toHaveLength(1);
  });
});

describe('a follower of EventStoreDB', () => {
  it('may stop after any page and go on from there: nothing is left out and nothing comes again', async () => {
    const served = await serve();
    const store = served.store();
    const written: string[] = [];
    for (let n = 0; n < 60; n++) {
      const events = newEvents((n % 3) + 1);
      await store.append(`${n % 4 === 0 ? 'mine' : 'other'}-${n}`, 'no_stream', events);
      if (n % 4 === 0) written.push(...events.map(({ id }) => id));
    }
    const last = await store.head();
    const seen: string[] = [];
    let turns = 0;
    for (let from = START; from < last; turns++) {
      const stopping = new Error('stop here');
      const follower = new Follower(store, from, ['mine-'], async (page) => {
        seen.push(...page.events.map(({ id }) => id));
        from = page.next;
        throw stopping;
      });
      expect(await follower.ended).toBe(stopping);
    }
    expect(seen).toEqual(written);
    expect(turns).toBeGreaterThan(0);
  });

  it('is told of what it may skip only after it was given what comes before', async () => {
    const served = await serve();
    const store = served.store();
    const follower = new Follower(store, START, ['mine-'], async (page) => {
      await new Promise((resolve) => setImmediate(resolve));
      const given = new Set([...follower.events, ...page.events].map(({ id }) => id));
      for (const [id, position] of mine) if (position <= page.next) expect(given).toContain(id);
    });
    const mine = new Map<string, string>();
    for (let n = 0; n < 80; n++) {
      const events = newEvents(1);
      const { position } = await store.append(`${n % 2 === 0 ? 'mine' : 'other'}-1`, 'any', events);
      if (n % 2 === 0) for (const { id } of events) mine.set(id, position);
    }
    await follower.until(() => follower.events.length === mine.size);
    await follower.subscription.close();
  });
});
