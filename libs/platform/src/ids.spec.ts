import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { instant } from '@tocsin/domain';
import { EmbeddedLog } from '@tocsin/embedded-log';
import { EventStoreFault } from '@tocsin/event-store';
import { EmbeddedEventStore } from '@tocsin/event-store/embedded';
import { WoundClock } from './clock/wound-clock';
import { derivedUuid, IdAllocator, newUuid } from './ids';

const clock = new WoundClock(instant(1_700_000_000_000));
let directory: string;
let log: EmbeddedLog;
let eventStore: EmbeddedEventStore;
let failing: boolean;

/** The real store, with a switch for the line to it. */
class SwitchedStore extends EmbeddedEventStore {
  override async append(...args: Parameters<EmbeddedEventStore['append']>): ReturnType<EmbeddedEventStore['append']> {
    if (failing) throw new EventStoreFault('unavailable', true);
    return super.append(...args);
  }
}

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tocsin-ids-'));
  log = await EmbeddedLog.open({ directory });
  eventStore = new SwitchedStore(log);
  failing = false;
});

afterEach(async () => {
  await log.close();
  rmSync(directory, { recursive: true });
});

const taken = async (ids: IdAllocator, count: number): Promise<number[]> => {
  const all: number[] = [];
  for (let index = 0; index < count; index++) all.push(await ids.next('schedule'));
  return all;
};

describe('ids of one process', () => {
  it('count up from behind the fixed ones, per kind', async () => {
    const ids = new IdAllocator({ eventStore, clock });
    expect([await ids.next('schedule'), await ids.next('schedule'), await ids.next('alert'), await ids.next('alert')]).toEqual([
      11, 12, 1, 2,
    ]);
  });

  it('asked for all at once are all different', async () => {
    const ids = new IdAllocator({ eventStore, clock });
    const all = await Promise.all(Array.from({ length: 95 }, () => ids.next('team')));
    expect(new Set(all).size).toBe(95);
    expect(Math.max(...all)).toBeLessThanOrEqual(11 + 95 + 10);
  });

  it('go on after a restart behind the blocks taken before', async () => {
    const before = await taken(new IdAllocator({ eventStore, clock }), 3);
    const after = await taken(new IdAllocator({ eventStore, clock }), 3);
    expect(Math.min(...after)).toBeGreaterThan(Math.max(...before));
  });
});

describe('ids of several replicas', () => {
  it('never collide, also when all want a block at the same moment', async () => {
    const replicas = Array.from({ length: 5 }, () => new IdAllocator({ eventStore, clock }));
    const all = (await Promise.all(replicas.map((replica) => taken(replica, 40)))).flat();
    expect(new Set(all).size).toBe(200);
  });
});

describe('with the event store away', () => {
  it('what was fetched ahead is still given, then the fault is told, and all is well after', async () => {
    const ids = new IdAllocator({ eventStore, clock });
    const first = await ids.next('schedule');
    failing = true;
    const rest = await taken(ids, 9);
    await expect(ids.next('schedule')).rejects.toThrow(EventStoreFault);
    failing = false;
    expect(await ids.next('schedule')).toBe(21);
    expect([first, ...rest]).toEqual([11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
  });
});

describe('a derived uuid', () => {
  it('is the same for the same parts only', () => {
    expect(derivedUuid('cause', 'alert-1', 0)).toBe(derivedUuid('cause', 'alert-1', 0));
    expect(derivedUuid('a', 'bc')).not.toBe(derivedUuid('ab', 'c'));
    expect(derivedUuid('a', 1)).not.toBe(derivedUuid('a', '1'));
    expect(newUuid()).not.toBe(newUuid());
  });
});
