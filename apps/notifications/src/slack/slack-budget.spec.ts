import { instant, plusMs } from '@tocsin/domain';
import type { SlackAct } from '@tocsin/domain';
import { SlackBudget } from './slack-budget';

const now = instant(1_772_420_400_000);
const page = { burst: 2, everyMs: 500 };
const rates = (everyMs: number) => ({ channel: { burst: 2, everyMs }, workspace: { burst: 100, everyMs: 1 } });

let budget: SlackBudget;
beforeEach(() => {
  budget = new SlackBudget({ page, post: rates(1_000), edit: rates(1_000), update: rates(5_000), create: rates(5_000) });
});

const waits = (act: SlackAct, names: readonly string[], channel = 'C1') =>
  names.map((name) => budget.placeFor(name, act, channel, now) - now);

describe('a place in line', () => {
  it('is now for a few, then one after the other', () => expect(waits('post', ['a', 'b', 'c', 'd'])).toEqual([0, 0, 1_000, 2_000]));
  it('is kept until it is used', () => {
    waits('post', ['a', 'b', 'c', 'd']);
    expect(waits('post', ['d', 'c'])).toEqual([2_000, 1_000]);
    budget.used('c');
    expect(waits('post', ['c'])).toEqual([3_000]);
  });
  it('is of one channel', () => {
    waits('post', ['a', 'b', 'c']);
    expect(waits('post', ['d'], 'C2')).toEqual([0]);
  });
  it('comes back with time', () => {
    waits('post', ['a', 'b', 'c']);
    expect(budget.placeFor('d', 'post', 'C1', plusMs(now, 10_000))).toBe(now + 10_000);
  });
  it('in a busy channel takes none from the others', () => {
    waits(
      'post',
      Array.from({ length: 1_000 }, (_, index) => `storm ${index}`),
    );
    expect(waits('post', ['elsewhere'], 'C2')).toEqual([0]);
  });
  it('is of the whole workspace as well', () => {
    budget = new SlackBudget({
      ...{ page, post: rates(1), edit: rates(1), update: rates(1), create: rates(1) },
      post: { channel: { burst: 5, everyMs: 1 }, workspace: { burst: 1, everyMs: 300 } },
    });
    expect([...waits('post', ['a'], 'C1'), ...waits('post', ['b'], 'C2'), ...waits('post', ['c'], 'C3')]).toEqual([0, 300, 600]);
  });
});

describe('a place that nobody came for', () => {
  it('is forgotten, so that what was called off leaves nothing behind', () => {
    waits('post', ['a', 'b', 'c']);
    const { places } = budget as unknown as { readonly places: ReadonlyMap<string, number> };
    const later = plusMs(now, 700_000);
    budget.placeFor('d', 'post', 'C2', later);
    expect([...places.keys()]).toEqual(['d in its channel', 'd']);
  });
});

describe('a page', () => {
  it('waits for none of ten thousand alerts, edits and updates', () => {
    budget = new SlackBudget();
    const acts = ['post', 'edit', 'update'] as const;
    for (let index = 0; index < 10_000; index += 1) waits(acts[index % 3] ?? 'post', [`housekeeping ${index}`], `C${index % 300}`);
    expect(budget.pageWithin(0, now)).toBe(now);
  });
  it('waits for the pages before it, and not for longer than it may', () => {
    const pages = Array.from({ length: 5 }, () => budget.pageWithin(1_000, now));
    expect(pages.map((at) => (at === undefined ? at : at - now))).toEqual([0, 0, 500, 1_000, undefined]);
    expect(budget.pageWithin(1_000, plusMs(now, 500))).toBe(now + 1_500);
  });
});

describe('a new alert', () => {
  it('waits for none of ten thousand edits and updates', () => {
    budget = new SlackBudget();
    for (let index = 0; index < 10_000; index += 1) waits(index % 2 === 0 ? 'edit' : 'update', [`housekeeping ${index}`]);
    expect(waits('post', ['alert'])).toEqual([0]);
  });
});
