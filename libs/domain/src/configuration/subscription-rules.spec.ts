import type { TeamId, UserId } from '../ids';
import { instant } from '../time';
import type { AlertSource, Subscriber } from './resources';
import { subscribe, subscribedPeople, unsubscribe } from './subscription-rules';

const source = { id: 7, subscribers: undefined } as unknown as AlertSource;
const ana: Subscriber = { type: 'user', userId: 1 as UserId };
const team: Subscriber = { type: 'team', teamId: 1 as TeamId };
const change = (userId = 1, role: 'STAKEHOLDER' | 'USER' = 'STAKEHOLDER') => ({
  by: { userId: userId as UserId, role },
  now: instant(1),
  configuration: { get: (_kind: string, id: number) => (id < 5 ? ({ id } as never) : undefined) },
});
const subscribersOf = ({ subscribers }: AlertSource) => subscribers;

describe('a subscription to a source', () => {
  it('is taken once', () => {
    const once = subscribe(source, ana, change());
    expect(subscribersOf(once)).toEqual([ana]);
    expect(subscribe(once, ana, change())).toBe(once);
    expect(subscribersOf(subscribe(once, team, change(1, 'USER')))).toEqual([ana, team]);
  });

  it("is one's own to take and to end; that of others takes the role USER", () => {
    expect(() => subscribe(source, ana, change(2))).toThrow(/needs the role USER/);
    expect(() => subscribe(source, team, change())).toThrow(/needs the role USER/);
    const both = { ...source, subscribers: [ana, team] };
    expect(() => unsubscribe(both, ana, change(2))).toThrow(/needs the role USER/);
    expect(subscribersOf(unsubscribe(both, ana, change()))).toEqual([team]);
    expect(subscribersOf(unsubscribe(both, team, change(2, 'USER')))).toEqual([ana]);
  });

  it('is for somebody who is there, and ends once', () => {
    expect(() => subscribe(source, { type: 'user', userId: 9 as UserId }, change(9))).toThrow(/there is no user 9/);
    expect(() => unsubscribe(source, ana, change())).toThrow(/has not subscribed/);
  });
});

describe('whom subscriptions lead to', () => {
  it('is each person once, members of teams as they are now', () => {
    const members = [3, 1].map((id) => ({ userId: id as UserId, role: 'STAKEHOLDER' as const }));
    expect(
      subscribedPeople([ana, team, { type: 'team', teamId: 9 as TeamId }], (id) => (id === 1 ? ({ members } as never) : undefined)),
    ).toEqual([1, 3]);
  });
});
