import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { instant } from '@tocsin/domain';
import { EmbeddedLog } from '@tocsin/embedded-log';
import { EventStoreFault, Lease } from '@tocsin/event-store';
import { EmbeddedEventStore } from '@tocsin/event-store/embedded';
import { turnsByLease, turnsHere } from './turns';

describe('turns within a process', () => {
  it('come one after the other, also behind one that failed', async () => {
    const inTurn = turnsHere();
    const order: string[] = [];
    const failing = inTurn(async () => {
      await nextTurn();
      order.push('first');
      throw new Error('no');
    });
    const second = inTurn(async () => order.push('second'));
    await expect(failing).rejects.toThrow('no');
    await second;
    expect(order).toEqual(['first', 'second']);
  });
});

describe('turns over replicas', () => {
  let directory: string;
  let log: EmbeddedLog;
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'tocsin-turns-'));
    log = await EmbeddedLog.open({ directory });
  });
  afterEach(async () => {
    await log.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const replica = (owner: string, withinMs = 60_000) =>
    turnsByLease(
      new Lease({
        eventStore: new EmbeddedEventStore(log),
        name: 'configuration',
        owner,
        clock: { now: () => instant(0) },
        random: () => 0.5,
        ttlMs: 600,
      }),
      withinMs,
    );

  it('are had by one replica at a time, however many want one', async () => {
    let working = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      most = Math.max(most, ++working);
      await nextTurn();
      working--;
    };
    const replicas = ['ana', 'ben', 'cleo'].map((owner) => replica(owner));
    await Promise.all(replicas.flatMap((inTurn) => [inTurn(work), inTurn(work)]));
    expect([most, working]).toEqual([1, 0]);
  });

  it('give back what the work said, or threw', async () => {
    const inTurn = replica('ana');
    expect(await inTurn(async () => 4711)).toBe(4711);
    await expect(inTurn(() => Promise.reject(new Error('taken')))).rejects.toThrow('taken');
    expect(await replica('ben')(async () => 'free again')).toBe('free again');
  });

  it('that do not come in time are refused, and leave nothing behind', async () => {
    let end: () => void = () => undefined;
    const busy = replica('ana')(() => new Promise<void>((resolve) => (end = resolve)));
    await expect(replica('ben', 50)(async () => 'never')).rejects.toBeInstanceOf(EventStoreFault);
    end();
    await busy;
    expect(await replica('cleo')(async () => 'free again')).toBe('free again');
  });
});
