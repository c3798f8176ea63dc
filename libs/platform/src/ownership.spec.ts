import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Hold, Lease } from '@tocsin/event-store';
import type { BackgroundPart } from './background';
import { LeasedParts, soleOwner } from './ownership';

/** What a lease does to whoever wants it, at a test's word. */
class HandedLease {
  private hold: Hold | undefined;
  private ending: { lost: AbortController; ended: Promise<void> } | undefined;
  isHeld = true;

  start(hold: Hold): void {
    this.hold = hold;
  }

  give(epoch: number): void {
    const lost = new AbortController();
    const ended = this.hold?.({ epoch, isHeld: () => this.isHeld && !lost.signal.aborted }, lost.signal) ?? Promise.resolve();
    this.ending = { lost, ended };
  }

  async take(): Promise<void> {
    this.ending?.lost.abort();
    await this.ending?.ended;
  }

  stop(): Promise<void> {
    return this.take();
  }
}

const told: string[] = [];
const part = (name: string, isOwner: () => boolean, started: Promise<void> = Promise.resolve()): BackgroundPart => ({
  start: () => {
    told.push(`${name} starts${isOwner() ? '' : ' without being the owner'}`);
    return started;
  },
  stop: async () => void told.push(`${name} stops`),
  settled: () => false,
  lag: async () => 3,
  waitsFor: () => 'a server',
});

let lease: HandedLease;
let leased: LeasedParts;
beforeEach(() => {
  told.length = 0;
  lease = new HandedLease();
  leased = new LeasedParts(lease as unknown as Lease);
});

describe('parts under one lease', () => {
  it('run while it is held, and are made anew for the next time', async () => {
    const made: number[] = [];
    const view = leased.own('view', (isOwner) => {
      made.push(made.length);
      return part('view', isOwner);
    });
    const timers = leased.own('timers', (isOwner) => part('timers', isOwner));
    await view.start();
    await timers.start();
    expect(told).toEqual([]);
    lease.give(1);
    await nextTurn();
    expect(told).toEqual(['view starts', 'timers starts']);
    await lease.take();
    expect(told.slice(2).sort()).toEqual(['timers stops', 'view stops']);
    lease.give(7);
    await nextTurn();
    expect(made).toEqual([0, 1]);
    await view.stop();
    await timers.stop();
  });

  it('have nothing to settle and wait for nothing while another replica has it', async () => {
    const view = leased.own('view', (isOwner) => part('view', isOwner));
    await view.start();
    expect([view.settled(), await view.lag?.(), view.waitsFor?.()]).toEqual([true, 0, undefined]);
    lease.give(1);
    await nextTurn();
    expect([view.settled(), await view.lag?.(), view.waitsFor?.()]).toEqual([false, 3, 'a server']);
    await view.stop();
  });

  it('are stopped when it is lost, also one whose start never ends', async () => {
    const stuck = leased.own('stuck', (isOwner) => part('stuck', isOwner, new Promise(() => undefined)));
    await stuck.start();
    lease.give(1);
    await nextTurn();
    await lease.take();
    expect(told).toEqual(['stuck starts', 'stuck stops']);
  });

  it('are told that it was lost by whoever asks before they have been stopped', async () => {
    let isOwner: () => boolean = () => false;
    const relay = leased.own('relay', (asked) => part('relay', (isOwner = asked)));
    await relay.start();
    lease.give(1);
    await nextTurn();
    expect(isOwner()).toBe(true);
    lease.isHeld = false;
    expect(isOwner()).toBe(false);
    await relay.stop();
  });
});

it('one process alone owns everything', async () => {
  await soleOwner('view', (isOwner) => part('view', isOwner)).start();
  expect(told).toEqual(['view starts']);
});
