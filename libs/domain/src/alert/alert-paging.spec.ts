import {
  accepted,
  activated,
  alertId,
  ana,
  assign,
  ben,
  cleo,
  escalate,
  gap,
  level,
  minute,
  onCallReason,
  policyOf,
  raised,
  rule,
  specify,
  step,
  threeLevels,
  user,
} from '../testing';
import type { AlertActionId, ScheduleId } from '../ids';
import { alertDecider } from './alert';
import type { AlertCommand, AlertCommandOf } from './alert-commands';
import type { AlertEventOf } from './alert-events';
import type { AlertStanding } from './alert-state';

const given = specify(alertDecider);
const levelOne = activated(step(0), 1, ana);
const nobody = (settings: Partial<AlertCommandOf<'recordNobodyOnCall'>> = {}): AlertCommand => ({
  type: 'recordNobodyOnCall',
  at: minute(1),
  step: step(2),
  problems: [gap()],
  fallback: [cleo],
  ...settings,
});
const escalationRequested = (round: number, toLevel: number) => ({
  type: 'EscalationRequested' as const,
  data: { alertId, at: minute(4), by: user(ana), round, to: { pass: 1, level: toLevel } },
});

describe('a level that comes due', () => {
  it('makes its people responders under the next activation', () =>
    given(raised())
      .when(level(step(0), [ana]))
      .then(levelOne));
  it('says how late it is (P6)', () => {
    const { data } = levelOne as AlertEventOf<'RespondersActivated'>;
    given(raised())
      .when(level(step(0), [ana], { at: minute(3), dueAt: minute(1) }))
      .then({ type: 'RespondersActivated', data: { ...data, at: minute(3), lateMs: 120_000 } });
  });
  it('pages a person once who is on it twice (B8)', () =>
    given(raised())
      .when(level(step(0), [ana, ana]))
      .then(levelOne));
  it('pages its people late, but pages them, when the escalation has left it (B11)', () =>
    given(raised(), activated(step(1), 1, ben))
      .when(level(step(0), [ana]))
      .then(activated(step(0), 2, ana)));
  it('does not take the escalation back when it is told late', () =>
    given(raised(), activated(step(1), 1, ben), activated(step(0), 2, ana))
      .when(level(step(1), [ben]))
      .thenNothing());
  it('changes nothing when it is told twice', () =>
    given(raised(), levelOne)
      .when(level(step(0), [ana]))
      .thenNothing());
  it('pages nobody once somebody accepted (B9)', () =>
    given(raised(), levelOne, accepted(ana))
      .when(level(step(1), [ben]))
      .thenNothing());
  it('is skipped with the reason when it has nobody (B11)', () =>
    given(raised())
      .when(level(step(0), [], { problems: [gap(minute(90))], nextShiftStart: minute(90) }))
      .then({
        type: 'LevelSkipped',
        data: { alertId, at: minute(0), step: step(0), problems: [gap(minute(90))], nextShiftStart: minute(90) },
      }));
  it('activates the same people again on the second pass (B8)', () =>
    given(raised(), levelOne)
      .when(level(step(0, 2), [ana]))
      .then(activated(step(0, 2), 2, ana)));
  it('activates a person again who stands on two levels (B8)', () =>
    given(raised(), levelOne)
      .when(level(step(1), [ana]))
      .then(activated(step(1), 2, ana)));
});

describe('a LOW alert', () => {
  const low = raised({ priority: 'LOW' });
  it('goes past an empty level', () =>
    given(low)
      .when(level(step(0), []), level(step(1), [ben]))
      .thenTypes('RespondersActivated'));
  it('goes no further than the first level that has somebody (B15)', () =>
    given(low)
      .when(level(step(0), [ana]), level(step(1), [ben]))
      .thenNothing());
  it('is not escalated by hand (B15)', () => given(low, levelOne).when(escalate()).thenRefused('low-priority-does-not-escalate'));
  it('is paged again from the top once it is raised', () =>
    given(low, levelOne)
      .when({ type: 'raisePriority', by: user(ana), at: minute(2) }, level(step(0, 2), [ana], { at: minute(2), dueAt: minute(2) }))
      .thenTypes('RespondersActivated'));
  it('pages the people who were chosen by hand again when it is raised, since nothing escalates it', () =>
    given(raised({ priority: 'LOW', route: { type: 'users', userIds: [ana] } }), levelOne)
      .when({ type: 'raisePriority', by: user(ben), at: minute(2) })
      .thenTypes('AlertPriorityRaised', 'RespondersActivated'));
});

describe('a HIGH alert', () => {
  it('cannot be raised further', () =>
    given(raised())
      .when({ type: 'raisePriority', by: user(ana), at: minute(2) })
      .thenNothing());
});

describe('a policy without anybody on call (B11)', () => {
  const before = [raised()];
  const skips = [level(step(0), []), level(step(1), []), level(step(2), [])] as const;
  it('pages the fallback contacts and says when it is tried again', () =>
    given(...before)
      .when(...skips, nobody({ retryAt: minute(90) }))
      .then({
        type: 'NobodyOnCall',
        data: { alertId, at: minute(1), step: step(2), problems: [gap()], activation: 1, fallback: [cleo], retryAt: minute(90) },
      }));
  it('is recorded once', () =>
    given(...before)
      .when(...skips, nobody(), nobody({ at: minute(2) }))
      .thenNothing());
  it('is not recorded when the alert was accepted meanwhile', () =>
    given(...before, accepted(ana))
      .when(nobody())
      .thenNothing());
  it('is recorded again for the retry', () =>
    given(...before)
      .when(...skips, nobody(), level(step(2, 2), []), nobody({ step: step(2, 2) }))
      .thenTypes('NobodyOnCall'));
  it('is recorded for a policy without levels', () =>
    given(...before)
      .when(nobody({ step: step(0) }))
      .thenTypes('NobodyOnCall'));
});

describe('an escalation that is over without an answer (B12)', () => {
  const ended: AlertCommand = { type: 'recordEscalationEnded', at: minute(30), step: step(2), fallback: [cleo] };
  const last = activated(step(2), 3, cleo);
  it('pages the fallback contacts once, and the alert stays pending', () => {
    given(raised(), last)
      .when(ended)
      .then({ type: 'EscalationEnded', data: { alertId, at: minute(30), step: step(2), activation: 4, fallback: [cleo] } });
    given(raised(), last).when(ended, ended).thenNothing();
    given(raised(), last)
      .when(ended)
      .thenState((alert) => expect(alert.status).toBe('pending'));
  });
  it('is forgotten when a new round has begun', () => given(raised(), last, escalationRequested(2, 0)).when(ended).thenNothing());
});

describe('an alert that is assigned (B10)', () => {
  const before = [raised(), levelOne, accepted(ana)];
  it('is pending again in a new round, with that person alone', () =>
    given(...before)
      .when(assign({ type: 'user', userId: ben }))
      .thenState((alert) =>
        expect(alert).toMatchObject({
          status: 'pending',
          round: 2,
          route: { type: 'users', userIds: [ben] },
          responders: [{ userId: ben, status: 'PENDING', activation: 2, round: 2 }],
        }),
      ));
  it('pages by the policy it is given, from level 1', () =>
    given(...before)
      .when(assign({ type: 'policy', policy: threeLevels }), level(step(0, 1, 2), [ana]))
      .thenTypes('RespondersActivated'));
  it('by an action stays with whoever has answered, or was given it, since', () => {
    const to = { type: 'policy', policy: threeLevels } as const;
    const actionId = 11 as AlertActionId;
    const late = (from: AlertStanding): AlertCommand => ({ type: 'assign', by: user(ana), at: minute(4), to, actionId, from });
    given(...before)
      .when(late({ round: 1, status: 'pending' }))
      .thenNothing();
    given(...before)
      .when(late({ round: 2, status: 'accepted' }))
      .thenNothing();
    given(...before)
      .when(late({ round: 1, status: 'accepted' }))
      .then({ type: 'AlertAssigned', data: { alertId, at: minute(4), by: user(ana), round: 2, to, priority: 'HIGH', actionId } });
  });
  it('hears nothing more of the round before', () =>
    given(...before)
      .when(assign({ type: 'policy', policy: threeLevels }), level(step(1), [ben]))
      .thenNothing());
  it('goes to the person on call with the reason', () =>
    given(...before)
      .when(assign({ type: 'schedule', scheduleId: 5 as ScheduleId, onCall: { userId: ben, reason: onCallReason } }))
      .then({
        type: 'AlertAssigned',
        data: {
          alertId,
          at: minute(4),
          by: user(ana),
          round: 2,
          to: { type: 'schedule', scheduleId: 5 as ScheduleId, userId: ben, reason: onCallReason },
          activation: 2,
          priority: 'HIGH',
        },
      }));
  it('stays where it is when nobody is on call', () =>
    given(...before)
      .when(assign({ type: 'schedule', scheduleId: 5 as ScheduleId }))
      .thenRefused('nobody-on-call'));
  it('has its own acceptance in the new round', () =>
    given(...before)
      .when(assign({ type: 'user', userId: ana }), { type: 'accept', by: user(ana), at: minute(5) })
      .then(accepted(ana, minute(5), 2)));
});

describe('an alert that is escalated by hand', () => {
  const before = [raised(), levelOne];
  it('goes to the next level in a new round (B10)', () =>
    given(...before)
      .when(escalate({ from: step(0) }))
      .then(escalationRequested(2, 1)));
  it('goes there once when two people ask from the same level (B13)', () =>
    given(...before)
      .when(escalate({ from: step(0) }), escalate({ from: step(0), by: user(ben) }))
      .thenNothing());
  it('goes there once when the level had come due by itself (B13)', () =>
    given(...before, activated(step(1), 2, ben))
      .when(escalate({ from: step(0) }))
      .thenNothing());
  it('goes one further with each request that names no level', () =>
    given(...before)
      .when(escalate(), escalate())
      .then(escalationRequested(3, 2)));
  it('goes to the level that was asked for', () =>
    given(...before)
      .when(escalate({ to: { level: 2 } }))
      .then(escalationRequested(2, 2)));
  it('refuses a level that the policy does not have', () =>
    given(...before)
      .when(escalate({ to: { level: 3 } }))
      .thenRefused('level-not-found'));
  it('takes the level it asked for from oncall, once', () => {
    given(...before)
      .when(escalate(), level(step(1, 1, 2), [ben]))
      .thenTypes('RespondersActivated');
    given(...before)
      .when(escalate(), level(step(1, 1, 2), [ben]), level(step(1, 1, 2), [ben]))
      .thenNothing();
  });
  it('is pending again when it had been accepted, and everybody is asked again (B10)', () =>
    given(...before, accepted(ana))
      .when(escalate({ by: user(ben) }))
      .thenState((alert) =>
        expect(alert).toMatchObject({ status: 'pending', round: 2, responders: [{ userId: ana, status: 'PENDING' }] }),
      ));
  it('says on the last level that nobody is left (B13)', () =>
    given(raised(), activated(step(2), 1, cleo))
      .when(escalate())
      .thenRefused('nobody-left-to-escalate-to'));
  it('starts again after the last level when the policy repeats (B13)', () => {
    const repeating = policyOf([rule(5, ana), rule(5, ben)], { repeating: true, frequency: 2 });
    given(raised({ route: { type: 'policy', policy: repeating } }), activated(step(1), 1, ben))
      .when(escalate())
      .then(escalationRequested(2, 0));
  });
  it('has nowhere to go when certain people have it', () =>
    given(raised({ route: { type: 'users', userIds: [ana] } }), levelOne)
      .when(escalate())
      .thenRefused('nobody-left-to-escalate-to'));
  it('refuses when it is resolved', () =>
    given(...before)
      .when({ type: 'resolve', by: user(ana), at: minute(3) }, escalate({ from: step(0) }))
      .thenRefused('alert-already-resolved'));
});

describe('an alert raised for certain people', () => {
  const toPeople = raised({ route: { type: 'users', userIds: [ana, ben] } }) as Extract<ReturnType<typeof raised>, { type: 'AlertRaised' }>;
  it('pages them at once', () => given().when({ type: 'raise', alert: toPeople.data }).thenTypes('AlertRaised', 'RespondersActivated'));
  it('needs at least one', () =>
    given()
      .when({ type: 'raise', alert: { ...toPeople.data, route: { type: 'users', userIds: [] } } })
      .thenRefused('nobody-to-assign'));
});
