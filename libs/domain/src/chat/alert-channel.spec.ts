import fc from 'fast-check';
import type { AlertEvent } from '../alert/alert-events';
import type { Actor } from '../actor';
import { fold } from '../decider';
import type { AlertId, UserId } from '../ids';
import { accepted, activated, ana, ben, cleo, raised, resolvedBy, source, step } from '../testing/alert-builders';
import { second } from '../testing/notification-builders';
import { specify } from '../testing/specify';
import { plusMs, type Instant } from '../time';
import { alertChannelDecider, type AlertChannelCommand, type AlertChannelOutcome } from './alert-channel';
import type { AlertChannelEvent } from './alert-channel-events';
import { alertChannelName, alertChannelNewsOf } from './alert-channel-news';
import { isDetached } from './alert-channel-state';

const given = specify(alertChannelDecider);
const alertId = 7 as AlertId;

const ask = (...members: readonly UserId[]): AlertChannelCommand => ({
  type: 'ask',
  at: second(0),
  ...{ alertId, by: { type: 'user', userId: ana }, teamId: 'T1', language: 'en', alertRevision: 2, members },
  ...{ isPrivate: true, archives: true },
});
const follow = (alertRevision: number, at: Instant, members: readonly UserId[], isResolved = false): AlertChannelCommand => ({
  type: 'follow',
  ...{ at, alertRevision, members, isResolved },
});
const start = (at: Instant, interruptedBefore?: Instant): AlertChannelCommand => ({
  type: 'startAttempt',
  at,
  ...(interruptedBefore === undefined ? {} : { interruptedBefore }),
});
const ends = (attempt: number, at: Instant, outcome: AlertChannelOutcome): AlertChannelCommand => ({
  type: 'recordOutcome',
  ...{ at, attempt, outcome },
});
const done = (attempt: number, at: Instant, channelId?: string): AlertChannelCommand =>
  ends(attempt, at, { type: 'done', ...(channelId === undefined ? {} : { channelId }) });
const fails = (attempt: number, at: Instant, reason: string, about: { permanent?: boolean; uncertain?: boolean } = {}) =>
  ends(attempt, at, { type: 'failed', reason, permanent: false, uncertain: false, jitter: 0, ...about });

const after = (...commands: readonly AlertChannelCommand[]): readonly AlertChannelEvent[] => {
  const events: AlertChannelEvent[] = [];
  for (const command of commands) events.push(...alertChannelDecider.decide(command, fold(alertChannelDecider, events)));
  return events;
};
const made = [ask(ana), start(second(0)), done(1, second(1), 'C9'), start(second(1)), done(2, second(2))] as const;

describe('a channel that was asked for', () => {
  it('is not asked for again', () =>
    given(...after(ask(ana)))
      .when(ask(ben))
      .thenNothing());
  it('is made, described, and then joined by each person on the alert', () =>
    expect(
      after(...made, start(second(2)), done(3, second(3))).map(({ type, data }) => ('act' in data ? `${type} ${data.act}` : type)),
    ).toEqual([
      'AlertChannelAskedFor',
      'AlertChannelAttempted create',
      'AlertChannelMade',
      'AlertChannelAttempted describe',
      'AlertChannelDescribed',
      'AlertChannelAttempted invite',
      'AlertChannelInvited',
    ]));
  it('is looked for after an attempt whose outcome got lost', () =>
    expect(after(ask(ana), start(second(0)), start(second(5), second(4))).at(-1)).toMatchObject({
      data: { act: 'create', attempt: 2, possiblyDone: true },
    }));
  it('has another name when somebody has this one, and that at once', () =>
    expect(after(ask(ana), start(second(0)), fails(1, second(1), 'name_taken'), start(second(1))).slice(-2)).toMatchObject([
      { type: 'AlertChannelAttemptFailed', data: { dueAt: second(1) } },
      { type: 'AlertChannelAttempted', data: { act: 'create', possiblyDone: false } },
    ]));
  it('is given up where nobody may make one', () =>
    given(...after(ask(ana), start(second(0))))
      .when(fails(1, second(1), 'restricted_action', { permanent: true }))
      .then({ type: 'AlertChannelGivenUp', data: { at: second(1), act: 'create', reason: 'restricted_action', dueAt: null } }));
  it('is given up after an hour', () =>
    expect(after(ask(ana), start(second(3_590)), fails(1, second(3_599), 'internal_error')).at(-1)).toMatchObject({
      type: 'AlertChannelGivenUp',
    }));
});

describe('a channel that a person takes from its alert', () => {
  const by: Actor = { type: 'user', userId: ben };
  const detach = (at: Instant): AlertChannelCommand => ({ type: 'detach', at, by });
  const detached = [...made, detach(second(3))];
  it('is told of it, and then nothing more is done, nobody else invited and nothing archived', () => {
    expect(after(...detached).at(-1)).toEqual({ type: 'AlertChannelDetached', data: { at: second(3), by, dueAt: second(3) } });
    expect(after(...detached, start(second(3)), done(3, second(4))).slice(-2)).toMatchObject([
      { type: 'AlertChannelAttempted', data: { act: 'detach', possiblyDone: false } },
      { type: 'AlertChannelDetachmentTold', data: { dueAt: null } },
    ]);
    const over = after(...detached, start(second(3)), done(3, second(4)));
    expect(isDetached(fold(alertChannelDecider, over))).toBe(true);
    for (const late of [detach(second(9)), follow(9, second(9), [cleo], true), ask(cleo)])
      given(...over)
        .when(late)
        .thenNothing();
  });
  it('hears of nobody else before it was told, and is detached once', () => {
    for (const late of [detach(second(9)), follow(9, second(9), [cleo], true)])
      given(...after(...detached))
        .when(late)
        .thenNothing();
  });
  it('is told after an invitation that is under way, and again after an attempt whose outcome got lost', () => {
    const inviting = after(...made, start(second(2)), detach(second(3)), done(3, second(4)));
    expect(inviting.slice(-2)).toMatchObject([
      { type: 'AlertChannelDetached', data: { dueAt: second(62) } },
      { type: 'AlertChannelInvited', data: { dueAt: second(4) } },
    ]);
    expect(after(...detached, start(second(3)), start(second(9), second(8))).at(-1)).toMatchObject({
      data: { act: 'detach', possiblyDone: true },
    });
  });
  it('is detached also where nobody can be told', () =>
    expect(
      isDetached(fold(alertChannelDecider, after(...detached, start(second(3)), fails(3, second(4), 'is_archived', { permanent: true })))),
    ).toBe(true));
  it('has to be there', () => {
    given(...after(ask(ana)))
      .when(detach(second(1)))
      .thenNothing();
    given()
      .when(detach(second(1)))
      .thenNothing();
  });
});

describe('a channel that is there', () => {
  it('is joined by whoever is on the alert later, once', () => {
    const later = after(...made, start(second(2)), done(3, second(3)), follow(5, second(9), [ben, ana, ben]));
    expect(later.at(-1)).toEqual({
      type: 'AlertChannelMembersJoined',
      data: { at: second(9), alertRevision: 5, members: [ben], dueAt: second(9) },
    });
    given(...later)
      .when(follow(5, second(9), [ben]))
      .thenNothing();
  });
  it('has others invited before whoever cannot be now', () => {
    const failed = after(...made, follow(5, second(2), [ben]), start(second(2)), fails(3, second(3), 'internal_error'));
    expect(
      after(...made, follow(5, second(2), [ben]), start(second(2)), fails(3, second(3), 'internal_error'), start(second(60))).at(-1),
    ).toMatchObject({
      data: { act: 'invite', userId: ben },
    });
    expect(failed.at(-1)).toMatchObject({ type: 'AlertChannelAttemptFailed', data: { act: 'invite' } });
  });
  it('goes on without a person whom Slack does not let in', () =>
    expect(after(...made, start(second(2)), fails(3, second(3), 'user_is_restricted', { permanent: true })).at(-1)).toEqual({
      type: 'AlertChannelGivenUp',
      data: { at: second(3), act: 'invite', reason: 'user_is_restricted', userId: ana, dueAt: null },
    }));
  it('is archived an hour after the alert is resolved, and joined until then', () => {
    const resolved = after(...made, start(second(2)), done(3, second(3)), follow(5, second(10), [], true));
    expect(resolved.at(-1)).toMatchObject({ type: 'AlertChannelEnding', data: { dueAt: second(3_610) } });
    given(...resolved)
      .when(start(second(3_609)))
      .thenNothing();
    given(...resolved)
      .when(follow(6, second(20), [cleo]))
      .then({ type: 'AlertChannelMembersJoined', data: { at: second(20), alertRevision: 6, members: [cleo], dueAt: second(20) } });
    const archived = [...resolved, ...alertChannelDecider.decide(start(second(3_610)), fold(alertChannelDecider, resolved))];
    expect(alertChannelDecider.decide(done(4, second(3_611)), fold(alertChannelDecider, archived))).toMatchObject([
      { type: 'AlertChannelArchived', data: { dueAt: null } },
    ]);
  });
  it('stays when that is wanted', () =>
    expect(
      after(
        { ...ask(ana), archives: false } as AlertChannelCommand,
        ...made.slice(1),
        start(second(2)),
        done(3, second(3)),
        follow(5, second(10), [], true),
      ).at(-1),
    ).toMatchObject({ type: 'AlertChannelEnding', data: { dueAt: null } }));
  it('is left alone by an outcome that comes twice', () =>
    given(...after(...made))
      .when(done(2, second(3)))
      .thenNothing());
});

describe('any order of facts and outcomes', () => {
  const facts = fc.array(fc.record({ who: fc.subarray([ana, ben, cleo]), isResolved: fc.boolean(), fails: fc.boolean() }), {
    maxLength: 12,
  });
  it('ends with everybody invited once, and nothing to do but to archive', () =>
    fc.assert(
      fc.property(facts, (heard) => {
        const events: AlertChannelEvent[] = [];
        let at = second(0);
        const command = (next: AlertChannelCommand): void =>
          void events.push(...alertChannelDecider.decide(next, fold(alertChannelDecider, events)));
        command(ask(ana));
        const attempt = (isFailing: boolean): boolean => {
          const state = fold(alertChannelDecider, events);
          if (state.status !== 'open' || state.dueAt === null) return false;
          at = Math.max(at, state.dueAt) as Instant;
          command(start(at));
          const begun = events.at(-1);
          if (begun?.type !== 'AlertChannelAttempted') return false;
          command(isFailing ? fails(begun.data.attempt, at, 'internal_error') : done(begun.data.attempt, at, 'C1'));
          return true;
        };
        heard.forEach(({ who, isResolved, fails: isFailing }, index) => {
          command(follow(3 + index, at, who, isResolved));
          attempt(isFailing);
          at = plusMs(at, 1_000);
        });
        for (let left = 0; left < 100 && attempt(false); left += 1);
        const invited = events.flatMap((event) => (event.type === 'AlertChannelInvited' ? [event.data.userId] : []));
        expect(new Set(invited).size).toBe(invited.length);
        const state = fold(alertChannelDecider, events);
        if (state.status === 'open') expect([state.uninvited, state.dueAt]).toEqual([[], null]);
      }),
    ));
});

describe('what a fact means for the channel', () => {
  it.each<[AlertEvent, readonly UserId[] | undefined]>([
    [raised(), undefined],
    [activated(step(0), 1, ana, ben), [ana, ben]],
    [accepted(cleo), [cleo]],
    [resolvedBy(source, second(9)), []],
  ])('%j', (fact, members) => expect(alertChannelNewsOf(fact)?.members).toEqual(members));
});

describe('the name of a channel', () => {
  it.each([
    ['Disk full on DB1!', 0, 'alert-7-disk-full-on-db1'],
    ['Disk full', 2, 'alert-7-disk-full-3'],
    ['Überlauf – Öl', 0, 'alert-7-uberlauf-ol'],
    ['数据库', 0, 'alert-7'],
    ['x'.repeat(200), 0, `alert-7-${'x'.repeat(60)}`],
  ])('of %.20s, of which %i are taken', (summary, taken, name) => expect(alertChannelName(alertId, summary, taken)).toBe(name));
  it('is one that Slack takes, whatever the alert is called', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), fc.nat(9), (summary, taken) =>
        expect(alertChannelName(alertId, summary, taken)).toMatch(/^[a-z0-9][a-z0-9-]{0,79}$/),
      ),
    ));
});
