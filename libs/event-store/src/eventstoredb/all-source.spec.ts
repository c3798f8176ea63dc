import { setImmediate as nextTurn } from 'node:timers/promises';
import { newEvents } from '../event-store.contract';
import { AllSource } from './all-source';
import { Client } from './client';
import { serve } from './store-under-test.contract';

describe('a source of all events', () => {
  it('believes how far the server is only when everything before was taken', async () => {
    const served = await serve();
    const store = served.store();
    for (let n = 0; n < 12; n++) await store.append(`${n % 2 === 0 ? 'mine' : 'other'}-${n}`, 'no_stream', newEvents(1));
    const head = BigInt(await store.head());
    const client = new Client(served.server.url);
    const source = new AllSource(client, { after: undefined, prefixes: ['mine-'], window: 1, buffered: 500 }, 5_000);
    // By then the client has been told of everything.
    for (let turns = 0; turns < 60; turns++) {
      await source.news(10);
      expect(source.take(0)).toEqual({ events: [], reached: undefined });
      expect(source.caughtUp).toBe(false);
    }
    for (let n = 0; n < 5; n++) {
      const { events, reached } = source.take(1);
      expect(events).toHaveLength(1);
      expect(reached).toBe(events[0]?.at);
    }
    expect(source.take(10).events).toHaveLength(1);
    while (source.take(10).reached !== head) await nextTurn();
    expect(source.caughtUp).toBe(true);
    source.close();
    await client.dispose();
  });
});
