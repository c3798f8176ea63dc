import { RecentlyUsed, weightOf } from './recently-used';

const keysOf = (cache: RecentlyUsed<string>): readonly string[] => ['a', 'b', 'c', 'd'].filter((key) => cache.has(key));

describe('what was used last', () => {
  it('is bounded by number: the one used longest ago goes', () => {
    const cache = new RecentlyUsed<string>({ count: 2, weight: 100 });
    cache.keep('a', 'A', 1);
    cache.keep('b', 'B', 1);
    cache.keep('a', 'A', 1);
    cache.keep('c', 'C', 1);
    expect(keysOf(cache)).toEqual(['a', 'c']);
  });

  it('is used by whoever asks for it', () => {
    const cache = new RecentlyUsed<string>({ count: 2, weight: 100 });
    cache.keep('a', 'A', 1);
    cache.keep('b', 'B', 1);
    expect(cache.get('a')).toBe('A');
    cache.keep('c', 'C', 1);
    expect(keysOf(cache)).toEqual(['a', 'c']);
  });

  it('is bounded by weight: as many go as have to', () => {
    const cache = new RecentlyUsed<string>({ count: 100, weight: 10 });
    for (const key of ['a', 'b', 'c']) cache.keep(key, key, 3);
    cache.keep('d', 'D', 7);
    expect(keysOf(cache)).toEqual(['c', 'd']);
  });

  it('has the weight of what is there, and no longer of what was replaced or deleted', () => {
    const cache = new RecentlyUsed<string>({ count: 100, weight: 10 });
    cache.keep('a', 'A', 5);
    cache.keep('b', 'B', 9);
    cache.keep('b', 'B', 1);
    cache.delete('b');
    cache.keep('c', 'C', 9);
    cache.keep('d', 'D', 1);
    expect(keysOf(cache)).toEqual(['c', 'd']);
    cache.clear();
    cache.keep('a', 'A', 10);
    expect(keysOf(cache)).toEqual(['a']);
  });

  it('keeps one that is heavier than all may be', () => {
    const cache = new RecentlyUsed<string>({ count: 100, weight: 10 });
    cache.keep('a', 'A', 1);
    cache.keep('b', 'B', 1_000);
    expect(keysOf(cache)).toEqual(['b']);
  });
});

describe('the weight of data', () => {
  it('grows with its texts, wherever they are', () => {
    const long = 'x'.repeat(1_000);
    for (const data of [long, [long], { text: long }, { deep: [{ text: long }] }, new Set([long]), new Map([['text', long]])])
      expect(weightOf(data)).toBeGreaterThan(1_000);
  });

  it('grows with the number of its parts', () => {
    expect(weightOf(Array.from({ length: 100 }, () => null))).toBeGreaterThan(weightOf([null]) * 20);
  });
});
