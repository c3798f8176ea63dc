import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { instant } from '@tocsin/domain';
import { EmbeddedLog } from '@tocsin/embedded-log';
import { EmbeddedEventStore } from './embedded';
import { EventStoreFault } from './event-store';
import type { AppendResult, ExpectedRevision, NewEvent, StoredEvent } from './event-store';
import { Lease } from './lease';
import type { HeldLease, LeaseTime } from './lease';

const TTL_MS = 6_000;
const STREAM = 'lease-relay';

/** The real store; a test may take it away from one replica, or lose an answer. */
class ReachedStore extends EmbeddedEventStore {
  underWay = 0;
  isAway = false;
  losesNextAnswer = false;

  override append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendResult> {
    const loses = this.losesNextAnswer;
    this.losesNextAnswer = false;
    return this.reached(async () => {
      const result = await super.append(stream, expected, events);
      if (loses) throw new EventStoreFault('timeout', true);
      return result;
    });
  }

  override readLast(stream: string): Promise<StoredEvent | undefined> {
    return this.reached(() => super.readLast(stream));
  }

  override keepOnlyLast(stream: string): Promise<void> {
    return this.reached(() => super.keepOnlyLast(stream));
  }

  private async reached<T>(call: () => Promise<T>): Promise<T> {
    if (this.isAway) throw new EventStoreFault('unavailable', true);
    this.underWay += 1;
    try {
      return await call();
    } finally {
      this.underWay -= 1;
    }
  }
}

/** One machine's own time: it passes only when it is told to, as if the process had been stopped. */
class OwnTime implements LeaseTime {
  private at = 0;
  private readonly waits = new Set<{ readonly until: number; readonly end: () => void }>();

  now(): number {
    return this.at;
  }

  wait(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const wait = {
        until: this.at + ms,
        end: () => {
          this.waits.delete(wait);
          resolve();
        },
      };
      this.waits.add(wait);
      signal.addEventListener('abort', wait.end);
    });
  }

  /** It has passed, and nothing that waited for it has been told yet. */
  leap(ms: number): void {
    this.at += ms;
  }

  tell(): void {
    for (const wait of [...this.waits]) if (wait.until <= this.at) wait.end();
  }
}

class Replica {
  readonly time = new OwnTime();
  readonly store: ReachedStore;
  /** Epoch of each holding, from the first. */
  readonly epochs: number[] = [];
  lease: HeldLease | undefined;
  /** What the holding still does after it was told to end. */
  ending: Promise<void> = Promise.resolve();
  private readonly wanted: Lease;

  constructor(log: EmbeddedLog, owner: string) {
    this.store = new ReachedStore(log);
    this.wanted = new Lease({
      eventStore: this.store,
      name: 'relay',
      owner,
      clock: { now: () => instant(0) },
      time: this.time,
      random: () => 0.5,
      ttlMs: TTL_MS,
    });
  }

  start(): void {
    this.wanted.start(async (lease, lost) => {
      this.lease = lease;
      this.epochs.push(lease.epoch);
      await new Promise((resolve) => lost.addEventListener('abort', resolve));
      await this.ending;
      this.lease = undefined;
    });
  }

  stop(): Promise<void> {
    return this.wanted.stop();
  }

  get holds(): boolean {
    return this.lease?.isHeld() === true;
  }
}

let directory: string;
let log: EmbeddedLog;
let ana: Replica;
let ben: Replica;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tocsin-lease-'));
  log = await EmbeddedLog.open({ directory });
  ana = new Replica(log, 'ana');
  ben = new Replica(log, 'ben');
});
afterEach(async () => {
  ana.store.isAway = ben.store.isAway = false;
  await Promise.all([ana.stop(), ben.stop()]);
  await log.close();
  rmSync(directory, { recursive: true, force: true });
});

/** Until nothing is under way and nobody has anything left to do before more time passes. */
const settle = async (): Promise<void> => {
  for (let quiet = 0; quiet < 3;) {
    await nextTurn();
    quiet = ana.store.underWay + ben.store.underWay === 0 ? quiet + 1 : 0;
  }
};

const STEP_MS = 250;
const pass = async (ms: number, replicas: readonly Replica[] = [ana, ben]): Promise<void> => {
  for (let passed = 0; passed < ms; passed += STEP_MS) {
    for (const { time } of replicas) {
      time.leap(STEP_MS);
      time.tell();
    }
    await settle();
    // Whoever sleeps does nothing, whatever they believe.
    expect(replicas.filter(({ holds }) => holds).length).toBeLessThanOrEqual(1);
  }
};

const anaHoldsIt = async (): Promise<void> => {
  ana.start();
  await settle();
  ben.start();
  await settle();
  expect([ana.holds, ben.holds]).toEqual([true, false]);
};

describe('a lease', () => {
  it('has one holder, for as long as that one renews it', async () => {
    await anaHoldsIt();
    await pass(10 * TTL_MS);
    expect([ana.holds, ben.holds]).toEqual([true, false]);
    expect(ana.epochs).toEqual([0]);
  });

  it('that two want at the same moment is given to one', async () => {
    ana.start();
    ben.start();
    await settle();
    await pass(TTL_MS);
    expect([ana.holds, ben.holds].filter((holds) => holds)).toHaveLength(1);
  });

  it('that is given back has its next holder at once, with a larger epoch', async () => {
    await anaHoldsIt();
    await ana.stop();
    await pass(TTL_MS / 4);
    expect(ben.holds).toBe(true);
    expect(ben.epochs[0]).toBeGreaterThan(ana.epochs[0] ?? Infinity);
  });

  it('is given back only when what was done under it has ended', async () => {
    await anaHoldsIt();
    let end: () => void = () => undefined;
    ana.ending = new Promise((resolve) => (end = resolve));
    const stopped = ana.stop();
    await pass(TTL_MS / 2, [ben]);
    expect([ana.holds, ben.holds]).toEqual([true, false]);
    end();
    await stopped;
    await pass(TTL_MS / 4, [ben]);
    expect(ben.holds).toBe(true);
  });

  it('whose holder is gone has its next one after the time to live, and a look', async () => {
    await anaHoldsIt();
    await pass(TTL_MS - STEP_MS, [ben]);
    expect(ben.holds).toBe(false);
    await pass(TTL_MS / 2, [ben]);
    expect(ben.holds).toBe(true);
  });

  it('is not held any more by a process that slept through it, from the first moment it is awake', async () => {
    await anaHoldsIt();
    await pass(2 * TTL_MS, [ben]);
    expect(ben.holds).toBe(true);
    const before = ana.lease;
    expect(before?.isHeld()).toBe(true);
    ana.time.leap(2 * TTL_MS);
    expect(before?.isHeld()).toBe(false);
    ana.time.tell();
    await settle();
    expect(ana.lease).toBeUndefined();
  });

  it('is left by a holder that cannot reach the store, before anybody else can have it', async () => {
    await anaHoldsIt();
    ana.store.isAway = true;
    await pass(3 * TTL_MS);
    expect([ana.holds, ben.holds]).toEqual([false, true]);
  });

  it('is wanted again after it was lost', async () => {
    await anaHoldsIt();
    ana.store.isAway = true;
    await pass(3 * TTL_MS);
    ana.store.isAway = false;
    await ben.stop();
    await pass(TTL_MS);
    expect(ana.holds).toBe(true);
    expect(ana.epochs).toHaveLength(2);
  });
});

describe('an answer that is lost', () => {
  it('to the first append: the holder finds that it is one', async () => {
    ana.store.losesNextAnswer = true;
    ana.start();
    await settle();
    expect(ana.holds).toBe(false);
    await pass(TTL_MS / 2, [ana]);
    expect(ana.holds).toBe(true);
  });

  it('to a renewal: the same one is repeated, and nothing is lost', async () => {
    await anaHoldsIt();
    ana.store.losesNextAnswer = true;
    await pass(3 * TTL_MS);
    expect(ana.holds).toBe(true);
    expect(ana.epochs).toEqual([0]);
  });
});

it('leaves its story in its stream', async () => {
  await anaHoldsIt();
  await pass(TTL_MS / 2);
  await ana.stop();
  expect((await ana.store.readStream(STREAM)).map(({ type }) => type)).toEqual(['LeaseTaken', 'LeaseRenewed', 'LeaseReleased']);
});
