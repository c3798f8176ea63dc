import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommitFaults, EmbeddedLog } from '@tocsin/embedded-log';
import { START } from '../event-store';
import { eventStoreContract, newEvents } from '../event-store.contract';
import { EmbeddedEventStore } from './embedded-event-store';

// A test that fails half-way must not leave a writer thread behind: it would keep the test run from ending.
const opened: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of opened) await close();
});

async function open() {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-event-store-'));
  const faults = new CommitFaults();
  const openLog = () => EmbeddedLog.open({ directory, faults, deadlineMs: 2_000 });
  let log = await openLog();
  const close = async () => {
    await log.close();
    rmSync(directory, { recursive: true, force: true });
  };
  opened.push(close);
  return {
    store: new EmbeddedEventStore(log),
    directory,
    faults,
    reopen: async () => {
      await log.close();
      log = await openLog();
      return new EmbeddedEventStore(log);
    },
    close,
    stall: () => {
      faults.set('stall');
      return () => faults.set('none');
    },
  };
}

eventStoreContract('in one process', open);

describe('the embedded event store when a commit fails', () => {
  it('answers no append of that commit with success, and stores none of it (P1)', async () => {
    const { store, faults, close } = await open();
    faults.set('disk-full');
    const outcomes = await Promise.allSettled([1, 2, 3].map((n) => store.append(`alert-${n}`, 'no_stream', newEvents(2))));
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({ status: 'rejected', reason: { name: 'EventStoreFault', reason: 'full' } });
    faults.set('none');
    expect(await store.readAll({ after: START, prefixes: [], limit: 10 })).toMatchObject({ events: [], atHead: true });
    expect(await store.append('alert-1', 'no_stream', newEvents(1))).toMatchObject({ revision: 0 });
    await close();
  });

  it('shows a follower nothing that was not committed', async () => {
    const { store, faults, close } = await open();
    const seen: string[] = [];
    let arrived: () => void = () => undefined;
    const kept = new Promise<void>((resolve) => (arrived = resolve));
    const subscription = store.follow(
      START,
      ['alert-'],
      async (page) => {
        seen.push(...page.events.map((event) => event.stream));
        if (seen.length > 0) arrived();
      },
      () => undefined,
    );
    faults.set('disk-full');
    await store.append('alert-1', 'no_stream', newEvents(1)).catch(() => undefined);
    faults.set('none');
    await store.append('alert-2', 'no_stream', newEvents(1));
    await kept;
    await subscription.close();
    expect(seen).toEqual(['alert-2']);
    await close();
  });
});

describe('a stream of which only the last event counts, in the embedded event store', () => {
  it('is not kept longer than that, on disk and in memory, and others are', async () => {
    const { store, close, reopen } = await open();
    await store.append('probe-1', 'no_stream', newEvents(5));
    await store.append('alert-1', 'no_stream', newEvents(2));
    await store.keepOnlyLast('probe-1');
    expect((await store.readStream('probe-1')).map(({ revision }) => revision)).toEqual([4]);
    await store.append('probe-1', 4, newEvents(1));
    const again = await reopen();
    expect((await again.readStream('probe-1')).map(({ revision }) => revision)).toEqual([4, 5]);
    expect((await again.readAll({ after: START, prefixes: [], limit: 10 })).events).toHaveLength(4);
    await close();
  });
});

describe('events handed out by the embedded event store', () => {
  it('cannot be changed by one of the followers that share them', async () => {
    const { store, close } = await open();
    await store.append('alert-1', 'no_stream', newEvents(1));
    const [event] = await store.readStream('alert-1');
    expect(() => Object.assign(event?.data as object, { n: 2 })).toThrow(TypeError);
    await close();
  });
});

describe('a follower far behind the head', () => {
  it('passes from the disk to memory without losing or repeating an event', async () => {
    const { store, close } = await open();
    const events = newEvents(9_500);
    for (let start = 0; start < events.length; start += 100) {
      await store.append(`alert-${start % 700}`, 'any', events.slice(start, start + 100));
    }
    const seen: string[] = [];
    let done: () => void = () => undefined;
    const all = new Promise<void>((resolve) => (done = resolve));
    const subscription = store.follow(
      START,
      ['alert-'],
      async (page) => {
        seen.push(...page.events.map((event) => event.id));
        if (seen.length >= events.length) done();
      },
      () => undefined,
    );
    await all;
    await subscription.close();
    expect(seen).toEqual(events.map((event) => event.id));
    await close();
  });
});

describe('the space of streams that were deleted', () => {
  it('is used again: the file is as large as what is kept at one time', async () => {
    const { store, directory, reopen, close } = await open();
    let churned = store;
    const round = async (n: number): Promise<void> => {
      for (let i = 0; i < 50; i += 1) await churned.append(`alert-${n * 50 + i}`, 'no_stream', newEvents(40));
      for (let i = 0; i < 50; i += 1) await churned.deleteStream(`alert-${(n - 2) * 50 + i}`);
    };
    // The write-ahead file is folded in when the log is closed.
    const size = async (): Promise<number> => {
      churned = await reopen();
      return statSync(join(directory, 'log.db')).size;
    };
    for (let n = 0; n < 4; n += 1) await round(n);
    const early = await size();
    for (let n = 4; n < 14; n += 1) await round(n);
    expect((await size()) / early).toBeLessThan(1.15);
    await close();
  }, 60_000);
});
