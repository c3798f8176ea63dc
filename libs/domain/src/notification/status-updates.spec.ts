import { alertDecider } from '../alert/alert';
import type { AlertEvent } from '../alert/alert-events';
import { fold } from '../decider';
import {
  accepted,
  activated,
  alertId,
  ana,
  ben,
  cleo,
  minute,
  raised,
  resolvedBy,
  responderAccepted,
  source,
  step,
  user,
} from '../testing';
import { actingPerson, isNewsForSubscribers, mayBeNews, statusUpdateOf } from './status-updates';

/** Whom the last fact is news for, after the others. */
const news = (...facts: readonly AlertEvent[]) => {
  const [fact, earlier] = [facts.at(-1)!, facts.slice(0, -1)];
  return statusUpdateOf(fact, fold(alertDecider, earlier), earlier);
};
const bothPaged = [raised(), activated(step(0), 1, ana, ben)];
const secondLevel = activated(step(1), 2, cleo);
const requested = (round: number): AlertEvent => ({
  type: 'EscalationRequested',
  data: { alertId, at: minute(2), by: user(ana), round, to: { pass: 1, level: 1 } },
});
const assigned = (userId = cleo): AlertEvent => ({
  type: 'AlertAssigned',
  data: { alertId, at: minute(2), by: user(ana), round: 2, to: { type: 'user', userId }, activation: 2, priority: 'HIGH' },
});
const joined: AlertEvent = { type: 'KeyJoined', data: { alertId, at: minute(2), alertKey: 'b', summary: 'b' } };
const raisedToHigh: AlertEvent = { type: 'AlertPriorityRaised', data: { alertId, at: minute(2), by: source, status: 'ACCEPTED' } };

describe('somebody who is on an alert', () => {
  it('hears that another one accepted it; who did so does not (B29)', () =>
    expect(news(...bothPaged, accepted(ben))).toEqual({ type: 'ALERT_ACCEPTED', userIds: [ana] }));

  it('hears that one more accepted it', () =>
    expect(news(...bothPaged, accepted(ben), responderAccepted(ana, minute(2)))).toEqual({ type: 'ALERT_ACCEPTED', userIds: [ben] }));

  it('hears that it is resolved, by whomever but themselves', () => {
    expect(news(...bothPaged, resolvedBy(user(ana), minute(3)))).toEqual({ type: 'ALERT_RESOLVED', userIds: [ben] });
    expect(news(...bothPaged, resolvedBy(source, minute(3)))).toEqual({ type: 'ALERT_RESOLVED', userIds: [ana, ben] });
  });

  it('hears that it went on to the next level; those of that level are paged instead', () =>
    expect(news(...bothPaged, secondLevel)).toEqual({ type: 'ALERT_ESCALATED', userIds: [ana, ben] }));

  it('does not hear that it went on when they asked for it', () =>
    expect(news(...bothPaged, requested(2), activated({ round: 2, pass: 1, level: 1 }, 2, cleo))).toEqual({
      type: 'ALERT_ESCALATED',
      userIds: [ben],
    }));

  it('hears nothing when the same people are asked once more', () => {
    expect(news(...bothPaged, activated({ round: 1, pass: 2, level: 0 }, 2, ana))).toBeUndefined();
    expect(news(...bothPaged)).toBeUndefined();
  });

  it('hears that it was assigned to another one, who is paged instead', () => {
    expect(news(...bothPaged, assigned())).toEqual({ type: 'ALERT_ESCALATED', userIds: [ben] });
    expect(news(...bothPaged, assigned(ben))).toBeUndefined();
  });

  it('hears that there is more to it once it is accepted (B17)', () => {
    expect(news(...bothPaged, accepted(ben), joined)).toEqual({ type: 'ALERT_ESCALATED', userIds: [ana, ben] });
    expect(news(...bothPaged, joined)).toBeUndefined();
    expect(news(...bothPaged, accepted(ben), raisedToHigh)).toEqual({ type: 'ALERT_ESCALATED', userIds: [ana, ben] });
  });
});

describe('a fact that is looked at closer', () => {
  it('is every one that is news in some situation', () => {
    for (const fact of [
      accepted(ben),
      responderAccepted(ana, minute(2)),
      resolvedBy(source, minute(3)),
      secondLevel,
      assigned(),
      joined,
      raisedToHigh,
    ])
      expect(mayBeNews(fact)).toBe(true);
    for (const fact of bothPaged) expect(mayBeNews(fact)).toBe(false);
  });
});

describe('somebody who follows an alert', () => {
  it('hears that it is there, that somebody has it in hand and that it is over, and nothing in between', () => {
    for (const fact of [raised(), accepted(ben), resolvedBy(source, minute(3))]) expect(isNewsForSubscribers(fact)).toBe(true);
    for (const fact of [secondLevel, responderAccepted(ana, minute(2)), joined, requested(2)])
      expect(isNewsForSubscribers(fact)).toBe(false);
  });

  it('does not hear what they did themselves', () => {
    expect([accepted(ben), raised(), secondLevel].map(actingPerson)).toEqual([ben, undefined, undefined]);
  });
});
