import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { FaultKind } from '@tocsin/testing/eventstoredb';
import { START } from '../event-store';
import type { NewEvent } from '../event-store';
import { newEvents } from '../event-store.contract';
import { Follower } from '../follower.contract';
import { serve } from './store-under-test.contract';

const ids = (events: readonly { readonly id: string }[]): string[] => events.map(({ id }) => id);

describe('writers and followers of EventStoreDB while connections break and answers are lost', () => {
  it('leave every event in its stream once, in order, and every follower sees the same', async () => {
    const served = await serve();
    const store = served.store({ callMs: 30_000, tryMs: 1_000 });
    const followers = [
      new Follower(store, START, ['alert-']),
      new Follower(store, START, ['alert-', 'other-']),
      new Follower(store, START, []),
    ];
    const streams = Array.from({ length: 12 }, (_, n) => `${n % 3 === 0 ? 'other' : 'alert'}-${n}`);
    const kinds: FaultKind[] = ['lose-answer', 'cut', 'hang-after', 'unavailable'];
    const trouble = (async () => {
      for (let n = 0; n < 24; n++) {
        await wait(120);
        if (n % 3 === 0) served.server.cutConnections();
        else served.server.faults.next({ kind: kinds[n % kinds.length] ?? 'cut', asked: 'append' });
      }
      // Each fault meets one call: those that wait would all meet the last writer, longer than any patience.
      served.server.faults.none();
    })();
    const written = await Promise.all(
      streams.map(async (stream) => {
        const all: NewEvent[] = [];
        for (let revision = -1; all.length < 40;) {
          const events = newEvents(2);
          ({ revision } = await store.append(stream, revision < 0 ? 'no_stream' : revision, events));
          all.push(...events);
        }
        return [stream, ids(all)] as const;
      }),
    );
    await trouble;
    for (const [stream, wanted] of written) expect([stream, ids(await store.readStream(stream))]).toEqual([stream, wanted]);
    const count = (prefix: string) => written.filter(([stream]) => stream.startsWith(prefix)).length * 40;
    const wanted = [count('alert-'), count(''), count('')];
    for (const [index, follower] of followers.entries()) {
      await follower.until(() => follower.events.length >= (wanted[index] ?? 0));
      await follower.subscription.close();
      expect(follower.events).toHaveLength(wanted[index] ?? 0);
      for (const [stream, of] of written) {
        const seen = follower.events.filter((event) => event.stream === stream);
        if (seen.length > 0) expect(ids(seen)).toEqual(of);
      }
    }
  });
});

describe('an idle follower of EventStoreDB', () => {
  it('sends nothing', async () => {
    const served = await serve();
    let sent = 0;
    const sockets = new Set<Socket>();
    const proxy = createServer((near) => {
      const far = connect(served.server.port, '127.0.0.1');
      for (const socket of [near, far]) {
        sockets.add(socket);
        socket.on('error', () => undefined);
      }
      near.on('data', (bytes) => (sent += bytes.length));
      near.pipe(far).pipe(near);
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const store = served.store({ url: `esdb://127.0.0.1:${(proxy.address() as AddressInfo).port}?tls=false` });
    await store.append('alert-1', 'no_stream', newEvents(1));
    const followers = [new Follower(store, START, ['alert-']), new Follower(store, START, [])];
    for (const follower of followers) await follower.until(() => follower.events.length === 1);
    await store.append('other-1', 'no_stream', newEvents(1));
    for (const follower of followers) await follower.until(() => follower.pages.length > 1);
    await wait(300);
    sent = 0;
    await wait(1_500);
    expect(sent).toBe(0);
    for (const follower of followers) await follower.subscription.close();
    await store.close();
    proxy.close();
    for (const socket of sockets) socket.destroy();
  });
});
