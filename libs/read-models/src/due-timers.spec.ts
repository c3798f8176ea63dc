import { once } from 'node:events';
import { EventEmitter } from 'node:events';
import { instant } from '@tocsin/domain';
import type { Instant } from '@tocsin/domain';
import type { Position, StoredEvent } from '@tocsin/event-store';
import type { Firing } from './due-plan';
import { DueTimers } from './due-timers';
import type { DueTimersLog } from './due-timers';
import { ReadStoreFault } from './read-store';
import { embeddedStores, removeDirectory } from './testing/embedded-stores';
import type { EmbeddedStores } from './testing/embedded-stores';
import { newEvent } from './testing/tally';
import { SpecClock } from './testing/wound-clock';

const due = (event: StoredEvent): { id: string; dueAt: Instant | null } | undefined => {
  const { dueAt } = event.data as { readonly dueAt?: number | null };
  return dueAt === undefined ? undefined : { id: event.stream, dueAt: dueAt === null ? null : instant(dueAt) };
};

describe('durable timers', () => {
  let stores: EmbeddedStores;
  let clock: SpecClock;
  let timers: DueTimers;
  let fired: { id: string; dueAt: Instant }[];
  let begun: string[];
  let logged: DueTimersLog[];
  let happened: EventEmitter;
  let onDue: (id: string, dueAt: Instant, firing: Firing) => Promise<void>;
  let onBegin: (firing: Firing) => Promise<void>;
  let isOwner: () => boolean;

  const start = (concurrency?: number): void => {
    // Of this test: timers that a restart left behind say late that their store is closed.
    const told = logged;
    timers = new DueTimers({
      name: 'spec',
      prefixes: ['process-'],
      eventStore: stores.eventStore,
      readStore: stores.readStore,
      clock,
      due,
      onDue: async (id, dueAt, firing) => {
        fired.push({ id, dueAt });
        try {
          await onDue(id, dueAt, firing);
        } finally {
          happened.emit('fired');
        }
      },
      isOwner: () => isOwner(),
      onBegin: async (ids, firing) => {
        begun.push(...ids);
        await onBegin(firing);
      },
      ...(concurrency === undefined ? {} : { concurrency }),
      log: (entry) => told.push(entry),
    });
    timers.start();
  };
  const plan = async (id: string, dueAt: Instant | null): Promise<Position> =>
    (await stores.eventStore.append(`process-${id}`, 'any', [newEvent({ dueAt }, 'Planned')])).position;
  const until = async (condition: () => boolean): Promise<void> => {
    for (const patience = performance.now() + 30_000; !condition();) {
      if (performance.now() > patience) throw new Error('it never came true');
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  };
  const settled = async (): Promise<void> => {
    const head = await stores.eventStore.head();
    await until(() => timers.position() >= head && timers.settled());
  };
  const stored = async (): Promise<void> => {
    const head = await stores.eventStore.head();
    expect(await stores.readStore.waitFor('timers-spec', head, 30_000)).toBe(true);
  };
  const restart = async (): Promise<void> => {
    const { directory } = stores;
    await stores.close();
    stores = await embeddedStores(directory);
    fired = [];
    begun = [];
    start();
  };
  const ids = (): string[] => fired.map(({ id }) => id.slice('process-'.length));

  beforeEach(async () => {
    clock = new SpecClock();
    fired = [];
    begun = [];
    logged = [];
    happened = new EventEmitter();
    onDue = async () => undefined;
    onBegin = async () => undefined;
    isOwner = () => true;
    stores = await embeddedStores();
  });
  afterEach(async () => {
    await timers.stop();
    await stores.close();
    removeDirectory(stores.directory);
  });

  describe('of one process', () => {
    it('that another replica took while they waited go no further, and stay due', async () => {
      const gates = new EventEmitter();
      const went: string[] = [];
      onDue = async (id, _dueAt, { aside, assertOpen }) => {
        await aside(once(gates, 'go'));
        assertOpen();
        went.push(id);
      };
      start();
      await plan('a', clock.now());
      await until(() => gates.listenerCount('go') === 1);
      isOwner = () => false;
      const over = once(happened, 'fired');
      gates.emit('go');
      await over;
      expect([went, logged]).toEqual([[], []]);
      isOwner = () => true;
      await until(() => gates.listenerCount('go') === 1);
      gates.emit('go');
      await settled();
      expect(went).toEqual(['process-a']);
    });

    it('fire no more while what was begun at the start comes to its end, which is told to end', async () => {
      let waits = false;
      onBegin = async ({ ended, assertOpen }) => {
        waits = true;
        await once(ended, 'abort');
        await plan('late', clock.now());
        assertOpen();
      };
      start();
      await until(() => waits);
      await timers.stop();
      expect([fired, logged]).toEqual([[], []]);
    });

    it('that wait when nothing new is to begin give up, and fire in the next life', async () => {
      onDue = async (_id, _dueAt, { aside, ended }) => {
        await aside(once(ended, 'abort'));
        ended.throwIfAborted();
      };
      start(1);
      await plan('a', clock.now());
      await until(() => fired.length === 1);
      await timers.stop();
      expect(logged).toEqual([]);
      onDue = async () => undefined;
      await restart();
      await settled();
      expect(ids()).toEqual(['a']);
    });

    it('fire when they are due, once, and not before', async () => {
      start();
      const dueAt = clock.in(1000);
      await plan('a', dueAt);
      await settled();
      clock.advance(999);
      await settled();
      expect(fired).toEqual([]);
      expect([timers.pending(), timers.oldestDue()]).toEqual([1, dueAt]);
      clock.advance(1);
      await settled();
      expect(fired).toEqual([{ id: 'process-a', dueAt }]);
      expect([timers.pending(), timers.oldestDue()]).toEqual([0, undefined]);
      clock.advance(60_000);
      await settled();
      expect(fired).toHaveLength(1);
    });

    it('tell at each start what is pending, due or not', async () => {
      start();
      // The start is over before anything is planned: what comes while it reads the log would belong to it.
      await settled();
      await plan('a', clock.in(1000));
      await plan('b', clock.in(1000));
      await plan('b', null);
      await settled();
      expect(begun).toEqual([]);
      await restart();
      await settled();
      expect(begun).toEqual(['process-a']);
      expect(fired).toEqual([]);
    });

    it('fire at once when the log says "now"', async () => {
      start();
      await settled();
      await plan('a', clock.now());
      await settled();
      expect(ids()).toEqual(['a']);
    });

    it('follow the last that was said', async () => {
      start();
      await plan('a', clock.in(1000));
      await plan('b', clock.in(1000));
      await plan('a', clock.in(5000));
      await plan('b', null);
      await settled();
      clock.advance(1000);
      await settled();
      expect(ids()).toEqual([]);
      clock.advance(4000);
      await settled();
      expect(ids()).toEqual(['a']);
    });

    it('fire again when an event plans the same instant again', async () => {
      start();
      await plan('a', clock.now());
      await settled();
      await plan('a', clock.now());
      await settled();
      expect(ids()).toEqual(['a', 'a']);
    });

    it('never run twice at the same time', async () => {
      let running = 0;
      const release = new EventEmitter();
      onDue = async () => {
        running += 1;
        expect(running).toBe(1);
        await once(release, 'go');
        running -= 1;
      };
      start();
      await plan('a', clock.now());
      await until(() => running === 1);
      const position = await plan('a', clock.now());
      await until(() => timers.position() >= position);
      expect(fired).toHaveLength(1);
      expect(timers.settled()).toBe(false);
      release.emit('go');
      await until(() => fired.length === 2);
      await until(() => running === 1);
      release.emit('go');
      await settled();
      expect(fired).toHaveLength(2);
    });
  });

  describe('whose work fails', () => {
    it('are tried again until it succeeds, and hold up nobody else', async () => {
      let failures = 2;
      onDue = async (id) => {
        if (id === 'process-a' && failures > 0) {
          failures -= 1;
          throw new Error('not yet');
        }
      };
      start();
      await settled();
      await plan('a', clock.now());
      await plan('b', clock.now());
      await until(() => ids().includes('b'));
      expect(timers.settled()).toBe(false);
      await settled();
      expect(ids().filter((id) => id === 'a')).toHaveLength(3);
      expect(logged.filter(({ message }) => message === 'timer failed')).toHaveLength(2);
    });

    it('are not tried again when an event has called them off', async () => {
      onDue = async () => {
        throw new Error('never');
      };
      start();
      await plan('a', clock.now());
      await until(() => timers.pending() === 1 && fired.length === 1);
      await plan('a', null);
      await settled();
      expect(timers.pending()).toBe(0);
      const before = fired.length;
      await until(() => logged.length === before);
      expect(fired).toHaveLength(before);
    });
  });

  describe('that belong to nobody for a moment', () => {
    it('fire nothing meanwhile, and all of it when they are again (P6)', async () => {
      let asked = 0;
      isOwner = () => ++asked > 3;
      start();
      await settled();
      for (const id of ['a', 'b', 'c']) await plan(id, clock.now());
      await until(() => asked >= 3);
      expect(fired).toEqual([]);
      await settled();
      expect(ids().toSorted()).toEqual(['a', 'b', 'c']);
      expect([timers.pending(), logged]).toEqual([0, []]);
    });
  });

  describe('after a restart', () => {
    it('fire what became due meanwhile, the oldest first, once (P6)', async () => {
      start(1);
      const planned = [clock.in(3000), clock.in(1000), clock.in(2000), clock.in(90_000)];
      await Promise.all(planned.map((dueAt, i) => plan(`p${i}`, dueAt)));
      await settled();
      await stored();
      await timers.stop();
      clock.advance(60_000);
      await restart();
      await settled();
      expect(ids()).toEqual(['p1', 'p2', 'p0']);
      expect(timers.pending()).toBe(1);
    });

    it('know what was planned and called off while they were away', async () => {
      start();
      await plan('off', clock.in(1000));
      await plan('moved', clock.in(1000));
      await settled();
      await stored();
      await timers.stop();
      await plan('off', null);
      await plan('moved', clock.in(5000));
      await plan('new', clock.in(2000));
      clock.advance(3000);
      await restart();
      await settled();
      expect(ids()).toEqual(['new']);
    });

    it('fire again what had fired but moved nothing', async () => {
      start();
      await plan('a', clock.now());
      await settled();
      await timers.stop();
      await restart();
      await settled();
      expect(ids()).toEqual(['a']);
    });

    it('read the pending ones only, not the log', async () => {
      start();
      for (let i = 0; i < 20; i += 1) await plan(`p${i}`, i < 18 ? null : clock.in(1000));
      await settled();
      await timers.stop();
      const { directory } = stores;
      await stores.close();
      stores = await embeddedStores(directory);
      const pages = jest.spyOn(stores.eventStore, 'readAll');
      start();
      await settled();
      expect(timers.pending()).toBe(2);
      expect(
        (await Promise.all(pages.mock.results.map(({ value }) => value as ReturnType<typeof stores.eventStore.readAll>))).flatMap(
          ({ events }) => events,
        ),
      ).toEqual([]);
    });
  });

  describe('while the read store is away', () => {
    const away = (): (() => void) => {
      const { readStore } = stores;
      const gone = async (): Promise<never> => {
        throw new ReadStoreFault('unavailable', true);
      };
      const spies = (['declare', 'checkpoint', 'find', 'apply', 'reset'] as const).map((name) =>
        jest.spyOn(readStore, name).mockImplementation(gone),
      );
      return () => spies.forEach((spy) => spy.mockRestore());
    };

    it('fire all the same, and are stored when it is back', async () => {
      start();
      await settled();
      const back = away();
      await plan('a', clock.now());
      await plan('b', clock.in(1000));
      await settled();
      expect(ids()).toEqual(['a']);
      await until(() => logged.some(({ message }) => message === 'timers are not stored'));
      back();
      await stored();
      expect(await stores.readStore.count('timers-spec', {})).toBe(2);
    });

    it('start from the log, and store what they found when it is back', async () => {
      start();
      await plan('old', clock.in(1000));
      await settled();
      await stored();
      await timers.stop();
      await plan('old', null);
      await plan('a', clock.in(1000));
      await plan('b', clock.now());
      const back = away();
      fired = [];
      start();
      await settled();
      expect(ids()).toEqual(['b']);
      expect(logged.map(({ message }) => message)).toContain('timers read the whole log');
      await until(() => logged.some(({ message }) => message === 'timers are not stored'));
      back();
      await until(() => timers.position() > '0');
      await stored();
      clock.advance(1000);
      await settled();
      expect(ids()).toEqual(['b', 'a']);
    });
  });

  describe('in great numbers', () => {
    it('cost one timer of the clock while none is due, and all fire when they are', async () => {
      const dueAt = clock.in(1000);
      const count = 10_000;
      await Promise.all(Array.from({ length: count }, (_, i) => plan(`p${i}`, instant(dueAt + (i % 1000)))));
      start();
      await settled();
      expect([timers.pending(), clock.waiting]).toEqual([count, 1]);
      clock.advance(2000);
      await settled();
      expect(new Set(ids()).size).toBe(count);
      expect(fired).toHaveLength(count);
      expect(clock.waiting).toBe(0);
    });
  });
});
