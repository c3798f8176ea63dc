import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { RecentRing } from './recent-ring';

interface Item {
  readonly at: number;
  readonly bytes: number;
}

describe('the ring of recent items', () => {
  it('has everything after any position it says it covers, and stays within its limits', () => {
    const steps = fc.array(fc.record({ gap: fc.integer({ min: 1, max: 3 }), bytes: fc.integer({ min: 0, max: 9 }) }), { maxLength: 60 });
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 30 }), fc.nat(100), (plan, items, bytes, after) => {
        const ring = new RecentRing<Item>(10, { items, bytes });
        const all: Item[] = [];
        for (const { gap, bytes: size } of plan) {
          const item = { at: (all.at(-1)?.at ?? 10) + gap, bytes: size };
          all.push(item);
          ring.push(item);
        }
        const found = [...ring.after(after)];
        const wanted = all.filter((item) => item.at > after);
        if (ring.covers(after)) expect(found).toEqual(wanted);
        const kept = [...ring.after(0)];
        expect(kept.length).toBeLessThanOrEqual(items);
        expect(kept.reduce((sum, item) => sum + item.bytes, 0)).toBeLessThanOrEqual(bytes);
        expect(ring.covers(all.at(-1)?.at ?? 10)).toBe(true);
      }),
    );
  });

  it('holds nothing that it has given up, be it for its size', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const ring = new RecentRing<Item>(0, { items: 1_000, bytes: 3 });
    const pushed = [1, 2, 3, 4, 5].map((at) => {
      const item = { at, bytes: 1 };
      ring.push(item);
      return new WeakRef(item);
    });
    // What a weak reference was made to lives on until the end of the turn.
    await nextTurn();
    collect();
    expect(pushed.map((item) => item.deref()?.at)).toEqual([undefined, undefined, 3, 4, 5]);
  });

  it('covers what it starts from, and not what was before', () => {
    const ring = new RecentRing<Item>(10, { items: 2, bytes: 100 });
    expect(ring.covers(10)).toBe(true);
    expect(ring.covers(9)).toBe(false);
  });

  it('that was cleared covers what comes after it only', () => {
    const ring = new RecentRing<Item>(0, { items: 3, bytes: 3 });
    for (const at of [1, 2]) ring.push({ at, bytes: 1 });
    ring.clear(2);
    expect([ring.covers(1), ring.covers(2)]).toEqual([false, true]);
    for (const at of [3, 4, 5]) ring.push({ at, bytes: 1 });
    expect([...ring.after(2)].map(({ at }) => at)).toEqual([3, 4, 5]);
  });

  it('gives up removed items and nothing else', () => {
    const ring = new RecentRing<Item>(0, { items: 3, bytes: 100 });
    for (const at of [1, 2, 3, 4]) ring.push({ at, bytes: 1 });
    ring.remove((item) => item.at === 3);
    expect([...ring.after(0)].map(({ at }) => at)).toEqual([2, 4]);
    expect(ring.covers(1)).toBe(true);
    expect(ring.covers(0)).toBe(false);
  });
});
