import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import type { Room } from './channel';
import { ProviderBudget } from './provider-budget';

const found = async (waiting: Promise<Room | undefined>): Promise<Room> => {
  const room = await waiting;
  if (room === undefined) throw new Error('there was no room');
  return room;
};

/** Whoever waits for room, and who had it when; each leaves at once. */
const lineOf = (budget: ProviderBudget) => {
  const order: string[] = [];
  const waits = async (name: string): Promise<void> => {
    const room = await found(budget.room());
    order.push(name);
    room.leave();
  };
  return { order, waits };
};

describe('a provider that is asked to take two messages at once', () => {
  it('has room for two; the third one waits until one is through', async () => {
    const budget = new ProviderBudget(2);
    const first = await found(budget.room());
    await found(budget.room());
    const third = budget.room();
    const isThird = jest.fn();
    void third.then(isThird);
    await nextTurn();
    expect(isThird).not.toHaveBeenCalled();
    first.leave();
    expect(await third).toBeDefined();
  });

  it('is given to whoever waited longest, and not to whoever comes just then', async () => {
    const budget = new ProviderBudget(1);
    const running = await found(budget.room());
    const { order, waits } = lineOf(budget);
    const waiting = ['a', 'b', 'c'].map(waits);
    running.leave();
    await Promise.all([...waiting, waits('late')]);
    expect(order).toEqual(['a', 'b', 'c', 'late']);
  });

  it('is given to what is urgent before anything else, and turns it away for nothing else', async () => {
    const budget = new ProviderBudget(1, { mostWaiting: 2 });
    const running = await found(budget.room());
    const order: string[] = [];
    const waits = async (name: string, isUrgent: boolean): Promise<void> => {
      const room = await found(budget.room(undefined, isUrgent));
      order.push(name);
      room.leave();
    };
    const waiting = [waits('news', false), waits('more news', false), waits('page', true), waits('another page', true)];
    running.leave();
    await Promise.all(waiting);
    expect(order).toEqual(['page', 'another page', 'news', 'more news']);
  });

  it('has no more room when the same one is left twice', async () => {
    const budget = new ProviderBudget(1, { longestWaitMs: 20 });
    const room = await found(budget.room());
    room.leave();
    room.leave();
    await found(budget.room());
    expect(await budget.room()).toBeUndefined();
  });

  it('turns away, after a bounded time, whoever got none; whoever comes after finds room again', async () => {
    const budget = new ProviderBudget(1, { longestWaitMs: 20 });
    const running = await found(budget.room());
    expect(await budget.room()).toBeUndefined();
    running.leave();
    expect(budget.isIdle).toBe(true);
    expect(await budget.room()).toBeDefined();
  });

  it('turns away at once whoever comes when too many wait', async () => {
    const budget = new ProviderBudget(1, { mostWaiting: 1 });
    const running = await found(budget.room());
    const waiting = budget.room();
    expect(await budget.room()).toBeUndefined();
    running.leave();
    expect(await waiting).toBeDefined();
  });

  it('turns away whoever is to wait no longer, and gives the room to the next', async () => {
    const budget = new ProviderBudget(1);
    const running = await found(budget.room());
    const enough = new AbortController();
    const [gone, stays] = [budget.room(enough.signal), budget.room()];
    enough.abort();
    expect(await gone).toBeUndefined();
    expect(await budget.room(enough.signal)).toBeUndefined();
    running.leave();
    expect(await stays).toBeDefined();
  });

  describe('and that wants to be left alone', () => {
    it('has room for nobody until that is over, then for those who waited, in their order', async () => {
      const budget = new ProviderBudget(1);
      const running = await found(budget.room());
      const { order, waits } = lineOf(budget);
      const waiting = [waits('a'), waits('b')];
      budget.rest(500);
      budget.rest(1);
      running.leave();
      await nextTurn();
      expect([order, budget.isIdle]).toEqual([[], true]);
      await Promise.all([...waiting, waits('c')]);
      expect(order).toEqual(['a', 'b', 'c']);
      expect(await budget.room()).toBeDefined();
    });

    it('for longer than anybody waits, turns away at once whoever waits and whoever comes', async () => {
      const budget = new ProviderBudget(1, { longestWaitMs: 1_000 });
      await found(budget.room());
      const waiting = [budget.room(), budget.room(undefined, true)];
      budget.rest(60_000);
      expect(await Promise.all([...waiting, budget.room()])).toEqual([undefined, undefined, undefined]);
    });
  });

  it('never has more under way, and serves all, with thousands who wait', async () => {
    const budget = new ProviderBudget(2);
    let underWay = 0;
    let most = 0;
    const sends = async (): Promise<void> => {
      const room = await found(budget.room());
      most = Math.max(most, (underWay += 1));
      await delay(0);
      underWay -= 1;
      room.leave();
    };
    await Promise.all(Array.from({ length: 2_000 }, sends));
    expect([most, underWay, budget.isIdle]).toEqual([2, 0, true]);
  });
});
