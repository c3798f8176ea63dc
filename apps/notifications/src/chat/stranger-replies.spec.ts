import { WoundClock } from '@tocsin/platform';
import { NIGHT } from '../testing/notifications-server';
import { StrangerReplies } from './stranger-replies';

describe('a stranger who writes to a bot', () => {
  it('is told three times an hour how to link the account', async () => {
    const clock = new WoundClock(NIGHT);
    const replies = new StrangerReplies(clock);
    const told = (account: string) => Array.from({ length: 5 }, () => replies.mayTell(account)).filter(Boolean).length;
    expect([told('one'), told('one'), told('other')]).toEqual([3, 0, 3]);
    await clock.advance('59m');
    expect(told('one')).toBe(0);
    await clock.advance('1m');
    expect(told('one')).toBe(3);
  });

  it('is one of sixty a minute who are', async () => {
    const clock = new WoundClock(NIGHT);
    const replies = new StrangerReplies(clock);
    const told = (from: number) => Array.from({ length: 100 }, (_, index) => replies.mayTell(`${from + index}`)).filter(Boolean).length;
    expect([told(0), told(100)]).toEqual([60, 0]);
    await clock.advance('1m');
    expect(told(200)).toBe(60);
  });
});
