import fc from 'fast-check';
import { RecentStreams } from './recent-streams';

interface Item {
  readonly stream: string;
  readonly revision: number;
  readonly bytes: number;
}

describe('the ends of recent streams', () => {
  it('are exactly what was written, or are left to the disk', () => {
    const step = fc.record({ stream: fc.constantFrom('a', 'b', 'c', 'd'), bytes: fc.integer({ min: 0, max: 9 }), deleted: fc.nat(19) });
    const limits = fc.record({ streams: fc.integer({ min: 1, max: 4 }), bytes: fc.integer({ min: 1, max: 200 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 600 }), limits, fc.nat(40), (steps, bounds, from) => {
        const recent = new RecentStreams<Item>(bounds);
        const all = new Map<string, Item[]>();
        for (const { stream, bytes, deleted } of steps) {
          if (deleted === 0) {
            recent.remove(stream);
            all.delete(stream);
            continue;
          }
          const items = all.get(stream) ?? [];
          all.set(stream, items);
          const item = { stream, revision: items.length, bytes };
          items.push(item);
          recent.push(item);
        }
        for (const [stream, items] of all) {
          for (const revision of [from, items.length - 1, items.length]) {
            const found = recent.from(stream, revision);
            if (found !== undefined) expect(found).toEqual(items.slice(revision));
          }
          const last = recent.last(stream);
          if (last !== undefined) expect(last).toEqual(items.at(-1));
        }
      }),
    );
  });

  it('know that nothing followed the last event', () => {
    const recent = new RecentStreams<Item>({ streams: 2, bytes: 100 });
    recent.push({ stream: 'a', revision: 7, bytes: 1 });
    expect(recent.from('a', 8)).toEqual([]);
    expect(recent.from('a', 6)).toBeUndefined();
    expect(recent.from('b', 0)).toBeUndefined();
  });

  it('know a stream that is not there until it is written, also anew', () => {
    const recent = new RecentStreams<Item>({ streams: 2, bytes: 100 });
    recent.isAbsent('a');
    expect(recent.from('a', 0)).toEqual([]);
    recent.push({ stream: 'a', revision: 0, bytes: 1 });
    recent.isAbsent('a');
    expect(recent.from('a', 0)).toHaveLength(1);
    recent.remove('a');
    expect(recent.from('a', 0)).toBeUndefined();
  });

  it('give up the stream that was written longest ago', () => {
    const recent = new RecentStreams<Item>({ streams: 2, bytes: 100 });
    for (const [stream, revision] of [
      ['a', 0],
      ['b', 0],
      ['a', 1],
      ['c', 0],
    ] as const)
      recent.push({ stream, revision, bytes: 1 });
    expect(recent.last('b')).toBeUndefined();
    expect(recent.from('a', 0)).toHaveLength(2);
  });

  it('keep the end of a stream that goes on and on', () => {
    const recent = new RecentStreams<Item>({ streams: 1, bytes: 1_000_000 });
    for (let revision = 0; revision < 1_000; revision++) recent.push({ stream: 'a', revision, bytes: 1 });
    expect(recent.from('a', 900)).toHaveLength(100);
    expect(recent.from('a', 0)).toBeUndefined();
  });
});
