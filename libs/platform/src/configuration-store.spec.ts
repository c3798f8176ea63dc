import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { factRoutes, RELAY } from '@tocsin/contracts';
import { instant } from '@tocsin/domain';
import type { Instant, Team, TeamId } from '@tocsin/domain';
import { EmbeddedLog } from '@tocsin/embedded-log';
import { EmbeddedEventStore } from '@tocsin/event-store/embedded';
import { completion, CONFIGURATION_TOPIC, ConfigurationReader, PARKED_TOPIC, Parking, Relay } from '@tocsin/messaging';
import { EmbeddedMessageBus } from '@tocsin/messaging/embedded';
import { WoundClock } from './clock/wound-clock';
import { ConfigurationStore } from './configuration-store';
import type { ChangeContext } from './configuration-store';
import { IdAllocator } from './ids';

const NOON = instant(1_772_452_800_000);

/** Two replicas over one log: each has its own reader, its own ids and its own store. */
const twoReplicas = async ({ relaying = true } = {}) => {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-configuration-'));
  const log = await EmbeddedLog.open({ directory });
  const eventStore = new EmbeddedEventStore(log);
  const bus = new EmbeddedMessageBus(log);
  const clock = new WoundClock(NOON);
  await bus.declare([CONFIGURATION_TOPIC, PARKED_TOPIC]);
  const routes = factRoutes.filter(({ topic }) => topic === CONFIGURATION_TOPIC.name);
  const relay = new Relay({ eventStore, bus, routes, name: RELAY, parking: new Parking(bus, clock), random: () => 0.5, clock });
  if (relaying) await relay.start();
  else await bus.publish(CONFIGURATION_TOPIC.name, [completion(CONFIGURATION_TOPIC.name, clock.now())]);
  const replica = async () => {
    const configuration = new ConfigurationReader();
    await configuration.start(bus);
    const ids = new IdAllocator({ eventStore, clock });
    const store = new ConfigurationStore({ eventStore, configuration, ids, clock, visibleWithinMs: relaying ? 2_000 : 30 });
    return { configuration, store };
  };
  const [one, two] = [await replica(), await replica()];
  return {
    one,
    two,
    eventStore,
    clock,
    close: async () => {
      if (relaying) await relay.stop();
      await one.configuration.close();
      await two.configuration.close();
      await log.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
};

let replicas: Awaited<ReturnType<typeof twoReplicas>>;
let requests = 0;
beforeEach(async () => {
  replicas = await twoReplicas();
});
afterEach(() => replicas.close());

const context = (more: Partial<ChangeContext> = {}): ChangeContext => ({
  requestId: `request-${(requests += 1)}`,
  actor: { type: 'system', part: 'spec' },
  ...more,
});
const team = (id: number, name: string, now: Instant = NOON): Team => ({
  id: id as TeamId,
  name,
  visibility: 'PUBLIC',
  members: [],
  createdAt: now,
  updatedAt: now,
});
const types = async (stream: string): Promise<readonly string[]> => (await replicas.eventStore.readStream(stream)).map(({ type }) => type);
const made = (name: string) => replicas.one.store.create('team', (id, now) => team(id, name, now), context());
const code = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'done',
    (error: { readonly code?: string }) => error.code,
  );

describe('a change of configuration', () => {
  it('is seen when it is answered', async () => {
    const { one } = replicas;
    const { id } = await made('Ops');
    expect(one.configuration.get('team', id)?.name).toBe('Ops');
    await one.store.change('team', id, (current) => ({ ...current, name: 'Platform' }), context());
    expect(one.configuration.get('team', id)?.name).toBe('Platform');
    await one.store.remove('team', id, () => undefined, context());
    expect(one.configuration.get('team', id)).toBeUndefined();
    expect(await types(`team-${id}`)).toEqual(['ResourceConfigured', 'ResourceConfigured', 'ResourceDeleted']);
  });

  it('keeps who made it, why, when and from where', async () => {
    const { id } = await made('Ops');
    const actor = { type: 'user', userId: 9 as never } as const;
    await replicas.one.store.change(
      'team',
      id,
      (current) => ({ ...current, name: 'x' }),
      context({ requestId: 'r', actor, remoteAddress: '192.0.2.1' }),
    );
    const [, changed] = await replicas.eventStore.readStream(`team-${id}`);
    expect(changed?.metadata).toMatchObject({ actor, time: NOON, correlationId: 'r', causationId: 'r', remoteAddress: '192.0.2.1' });
  });

  it('that changes nothing is not recorded, whatever its time', async () => {
    const { id } = await made('Ops');
    await replicas.one.store.change('team', id, (current) => ({ ...current, updatedAt: (NOON + 5) as Instant }), context());
    expect(await types(`team-${id}`)).toEqual(['ResourceConfigured']);
  });

  it('acts once per request', async () => {
    const { id } = await made('Ops');
    const once = context();
    const rename = () => replicas.one.store.change('team', id, (current) => ({ ...current, name: `${current.name}!` }), once);
    expect([(await rename()).name, (await rename()).name]).toEqual(['Ops!', 'Ops!']);
  });

  it('of two replicas at once loses neither', async () => {
    const { one, two } = replicas;
    const { id } = await made('0');
    const count = (replica: typeof one) =>
      replica.store.change('team', id, (current) => ({ ...current, name: String(Number(current.name) + 1) }), context());
    await Promise.all([count(one), count(two), count(one), count(two)]);
    expect((await one.store.change('team', id, (current) => current, context())).name).toBe('4');
  });

  it('is decided on all that was changed before it, also by another replica', async () => {
    const { one, two } = replicas;
    const unique = (replica: typeof one) =>
      replica.store.create(
        'team',
        (id, now) => {
          if (replica.configuration.find('team', 'name', 'Ops') !== undefined)
            throw Object.assign(new Error('taken'), { code: 'already-exists' });
          return team(id, 'Ops', now);
        },
        context(),
      );
    await unique(one);
    expect(await code(unique(two))).toBe('already-exists');
    // In one process the second waits for the first.
    await one.store.remove('team', one.configuration.list('team')[0]?.id ?? 0, () => undefined, context());
    expect((await Promise.all([code(unique(one)), code(unique(one))])).toSorted()).toEqual(['already-exists', 'done']);
  });

  it('of what is not there is refused', async () => {
    expect(await code(replicas.one.store.change('team', 999, (current) => current, context()))).toBe('not-found');
    expect(await code(replicas.one.store.remove('team', 999, () => undefined, context()))).toBe('not-found');
  });

  it('that is refused leaves nothing behind and does not stop the next', async () => {
    const { id } = await made('Ops');
    const needed = (): void => {
      throw Object.assign(new Error('needed'), { code: 'still-in-use' });
    };
    expect(await code(replicas.one.store.remove('team', id, needed, context()))).toBe('still-in-use');
    expect(replicas.one.configuration.get('team', id)?.name).toBe('Ops');
    expect((await made('Next')).name).toBe('Next');
  });
});

describe('what the first start makes', () => {
  it('is made once, however many replicas make it', async () => {
    const { one, two } = replicas;
    const results = await Promise.all(
      [one, two, one].map((replica, n) => replica.store.bootstrap('team', team(1, `by ${n}`), context({ requestId: `bootstrap of ${n}` }))),
    );
    expect(new Set(results.map(({ name }) => name)).size).toBe(1);
    expect(await types('team-1')).toEqual(['ResourceConfigured']);
  });

  it('is not put back to what it was at a later start', async () => {
    const { one } = replicas;
    await one.store.bootstrap('team', team(1, 'Ops'), context());
    await one.store.change('team', 1, (current) => ({ ...current, name: 'Renamed' }), context());
    expect((await one.store.bootstrap('team', team(1, 'Ops'), context())).name).toBe('Renamed');
  });

  it('stays deleted', async () => {
    const { one, two } = replicas;
    expect(await one.store.wasMade('team', 1)).toBe(false);
    await one.store.bootstrap('team', team(1, 'Ops'), context());
    await one.store.remove('team', 1, () => undefined, context());
    expect(await code(two.store.bootstrap('team', team(1, 'Ops'), context()))).toBe('not-found');
    expect(await two.store.wasMade('team', 1)).toBe(true);
    expect(await types('team-1')).toEqual(['ResourceConfigured', 'ResourceDeleted']);
  });
});

describe('a change that the topic does not show in time', () => {
  it('is answered all the same, with a word that reads are behind (B1)', async () => {
    const behind = await twoReplicas({ relaying: false });
    const onBehind = jest.fn();
    const { id } = await behind.one.store.create('team', (teamId, now) => team(teamId, 'Ops', now), context({ onBehind }));
    expect(onBehind).toHaveBeenCalledTimes(1);
    expect(await behind.eventStore.readLast(`team-${id}`)).toMatchObject({ type: 'ResourceConfigured' });
    await behind.close();
  });
});
