import { START } from '../event-store';
import type { AllPage } from '../event-store';
import { newEvents } from '../event-store.contract';
import { Follower } from '../follower.contract';
import { Client } from './client';
import { serve } from './store-under-test.contract';

const ids = (events: readonly { readonly id: string }[]): string[] => events.map(({ id }) => id);

describe('followers of one process that have caught up', () => {
  const follow = jest.spyOn(Client.prototype, 'follow');
  beforeEach(() => follow.mockClear());
  afterAll(() => follow.mockRestore());
  /** Subscriptions to everything; those of one that catches up ask for what it follows. */
  const live = () => follow.mock.calls.filter(([{ prefixes }]) => prefixes.length === 0);

  it('share what the server sends, and each has what it asked for, in order and once', async () => {
    const store = (await serve()).store();
    const before = newEvents(3);
    await store.append('alert-1', 'no_stream', before);
    const all = new Follower(store, START, ['alert-', 'escalation-']);
    await all.until(() => all.events.length === 3);
    const alerts = new Follower(store, START, ['alert-']);
    await alerts.until(() => alerts.events.length === 3);
    const after = newEvents(40);
    for (const [n, event] of after.entries()) await store.append(n % 2 === 0 ? 'alert-1' : 'escalation-1', 'any', [event]);
    await all.until(() => all.events.length === 43);
    await alerts.until(() => alerts.events.length === 23);
    expect(ids(all.events)).toEqual(ids([...before, ...after]));
    expect(ids(alerts.events)).toEqual(ids([...before, ...after.filter((_, n) => n % 2 === 0)]));
    expect(live()).toHaveLength(1);
    await all.subscription.close();
    await alerts.subscription.close();
  });

  it('miss nothing while others join', async () => {
    const store = (await serve()).store();
    const alerts = new Follower(store, START, ['alert-']);
    const users: Follower[] = [];
    const events = newEvents(30);
    for (const [n, event] of events.entries()) {
      if (n % 10 === 5) users.push(new Follower(store, START, ['user-', `team${n}-`]));
      await store.append(n % 2 === 0 ? 'alert-1' : 'user-1', 'any', [event]);
    }
    const mine = (odd: number) => ids(events.filter((_, n) => n % 2 === odd));
    await alerts.until(() => alerts.events.length >= 15);
    expect(ids(alerts.events)).toEqual(mine(0));
    for (const user of users) {
      await user.until(() => user.events.length >= 15);
      expect(ids(user.events)).toEqual(mine(1));
    }
    for (const follower of [alerts, ...users]) await follower.subscription.close();
  });

  it('do not wait for one that is slow, which misses nothing', async () => {
    const store = (await serve()).store();
    let go: () => void = () => undefined;
    const gone = new Promise<void>((resolve) => (go = resolve));
    const isLate = (page: AllPage): boolean => page.events.length > 0;
    const slow = new Follower(store, START, ['alert-'], async (page) => (isLate(page) ? gone : undefined));
    const quick = new Follower(store, START, ['alert-']);
    const batches = Array.from({ length: 30 }, () => newEvents(50));
    for (const [n, events] of batches.entries()) await store.append(`alert-${n}`, 'no_stream', events);
    await quick.until(() => quick.events.length >= 1_500);
    expect(slow.events).toHaveLength(0);
    go();
    await slow.until(() => slow.events.length >= 1_500);
    const last = newEvents(1);
    await store.append('alert-last', 'no_stream', last);
    for (const follower of [slow, quick]) {
      await follower.until(() => follower.events.length > 1_500);
      expect(ids(follower.events)).toEqual(ids([...batches.flat(), ...last]));
      await follower.subscription.close();
    }
  });

  it('leave nothing open when the last one has gone', async () => {
    const store = (await serve()).store();
    const followers = [new Follower(store, START, ['alert-']), new Follower(store, START, ['alert-'])];
    const events = newEvents(2);
    await store.append('alert-1', 'no_stream', events.slice(0, 1));
    for (const follower of followers) await follower.until(() => follower.events.length === 1);
    for (const follower of followers) await follower.subscription.close();
    await store.append('alert-1', 0, events.slice(1));
    const again = new Follower(store, START, ['alert-']);
    await again.until(() => again.events.length === 2);
    await again.subscription.close();
    expect(followers.map((follower) => follower.events.length)).toEqual([1, 1]);
  });
});
