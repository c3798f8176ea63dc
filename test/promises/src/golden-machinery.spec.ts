import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Lease, START } from '@tocsin/event-store';
import type { EventStore } from '@tocsin/event-store';
import { EventStoreDbEventStore } from '@tocsin/event-store/eventstoredb';
import { IdAllocator, PathProbes } from '@tocsin/platform';
import { EventStoreDbServer } from '@tocsin/testing/eventstoredb';
import { World } from '../../acceptance/src/world';
import { goldenEvent } from './golden';

jest.setTimeout(120_000);

/** Stores the examples as an older version left them. */
const leave = async (store: EventStore, stream: string, name: string): Promise<void> => {
  for (const event of goldenEvent(name)) await store.append(stream, 'any', [event]);
};

describe('events of the machinery, as an older version has stored them', () => {
  let world: World;
  let store: EventStore;
  beforeEach(async () => {
    world = await World.start();
    store = world.platform.eventStore;
  });
  afterEach(() => world.stop());

  /** How long whoever comes next waits, in its own time, until it is the owner. */
  const waitedFor = async (name: string): Promise<number> => {
    await leave(store, 'lease-golden', name);
    let waited = 0;
    const time = { now: () => waited, wait: (ms: number) => Promise.resolve(void (waited += ms)) };
    const lease = new Lease({ eventStore: store, name: 'golden', owner: 'another', clock: world.clock, time, random: () => 0.5 });
    const owned = new Promise<number>((resolve) =>
      lease.start(async (_held, lost) => {
        resolve(waited);
        await new Promise((ended) => lost.addEventListener('abort', ended));
      }),
    );
    const result = await owned;
    await lease.stop();
    return result;
  };

  it.each(['LeaseTaken@1', 'LeaseRenewed@1'])('have the next owner wait until a lease is over: %s', async (name) => {
    expect(await waitedFor(name)).toBeGreaterThanOrEqual(6_000);
  });

  it('give a released lease to the next owner at once', async () => {
    expect(await waitedFor('LeaseReleased@1')).toBe(0);
  });

  it('keep the keys that devices have subscribed with', async () => {
    await leave(store, 'vapidkeys-1', 'VapidKeysMade@1');
    const [stored] = goldenEvent('VapidKeysMade@1');
    const { pushKey } = (await world.get<{ pushKey: string }>('/me/state')).body;
    expect(pushKey).toBe((stored?.data as { publicKey: string }).publicKey);
  });

  it('keep ids from being taken twice', async () => {
    await leave(store, 'idblock-team', 'IdBlockTaken@1');
    expect(await new IdAllocator({ eventStore: store, clock: world.clock }).next('team')).toBe(101);
  });

  it('have the probes go on that waited', async () => {
    const probes = new PathProbes({ eventStore: store, clock: world.clock, obstructions: () => [] });
    for (const event of goldenEvent('PathProbed@1')) {
      const { step } = event.data as { readonly step: string };
      await store.append(`probeescalation-${step}`, 'no_stream', [event]);
      const isWaiting = step === 'level-planned' || step === 'page-planned';
      expect([step, (await probes.goOn(`probeescalation-${step}`, 'level-due')) !== undefined]).toEqual([step, isWaiting]);
    }
  });

  it('keep a sign-in link from being used again', async () => {
    const { url } = (await world.post<{ url: string }>('/api/sign-in-links')).body;
    const path = new URL(url).pathname;
    const [payload = ''] = path.split('/').at(-1)?.split('.') ?? [];
    const [, , { n }] = JSON.parse(Buffer.from(payload, 'base64url').toString()) as [string, number, { readonly n: string }];
    await leave(store, `signin-${n}`, 'SignInLinkUsed@1');
    expect((await fetch(world.urlOf(path), { method: 'POST', redirect: 'manual' })).status).toBe(403);
  });
});

describe('what an older version has stored of its own in EventStoreDB', () => {
  let directory: string;
  let server: EventStoreDbServer;
  let store: EventStoreDbEventStore;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tocsin-golden-'));
    server = await EventStoreDbServer.start({ directory });
    store = new EventStoreDbEventStore({ url: server.url });
  });
  afterEach(async () => {
    await store.close();
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  });

  it('says where a processor stands', async () => {
    await leave(store, '_tocsin-checkpoint-relay', 'CheckpointSaved@1');
    expect(await store.loadCheckpoint('relay')).toBe('00000000000000004711');
  });

  it('says which events are of a deleted stream', async () => {
    const [event] = goldenEvent('AlertResolved@1');
    for (const stream of ['alert-1', 'alert-2']) await store.append(stream, 'no_stream', event === undefined ? [] : [event]);
    // What is deleted ended before the position in the file.
    const { position } = await store.append('alert-3', 'no_stream', goldenEvent('AlertResolved@1').slice(0, 1));
    expect(Number(position)).toBeLessThan(4_711);
    await leave(store, '_tocsin-deleted', 'StreamDeleted@1');
    const { events } = await store.readAll({ after: START, prefixes: ['alert-'], limit: 100 });
    expect(events.map(({ stream }) => stream)).toEqual(['alert-2', 'alert-3']);
  });
});
