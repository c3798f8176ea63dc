import type { AlertEvent, AlertEventOf } from '../alert/alert-events';
import type { AlertAction } from '../configuration/resources';
import type { AlertActionId, AlertId, AlertSourceId, TeamId } from '../ids';
import {
  accepted,
  activated,
  alertId,
  ana,
  ben,
  minute,
  raised,
  resolvedBy,
  responderAccepted,
  source,
  sourceId,
  step,
  user,
} from '../testing/alert-builders';
import { instant, plusMs, type Instant } from '../time';
import type { PendingRun } from './action-state';
import { mayHearOf, actsOnce, stoppedRun, wantedRuns } from './matching';
import { possibleTriggers, triggersOf, type AlertFact, type TriggerType } from './trigger-types';

const about = { alertId, at: minute(1), by: user(ana) } as const;
const priorityRaised: AlertEvent = { type: 'AlertPriorityRaised', data: { ...about, status: 'PENDING' } };
const requested: AlertEvent = { type: 'EscalationRequested', data: { ...about, round: 2, to: { pass: 1, level: 1 } } };
const skipped = (of = step(0)): AlertEvent => ({ type: 'LevelSkipped', data: { alertId, at: minute(1), step: of, problems: [] } });
const resolved = (cause: AlertEventOf<'AlertResolved'>['data']['cause']): AlertEvent => ({
  type: 'AlertResolved',
  data: { ...about, cause },
});

const channel = (type: AlertFact['type'], of: object = {}): AlertFact =>
  ({ type, data: { at: minute(1), dueAt: null, attempt: 1, ...of } }) as AlertFact;

describe('a fact of an alert', () => {
  it.each<[string, AlertFact, readonly TriggerType[]]>([
    ['that it was raised', raised(), ['alert-created']],
    ['that it was accepted', accepted(ana), ['alert-acknowledged']],
    ['that one more person accepted', responderAccepted(ben, minute(2)), []],
    ['that it was resolved', resolvedBy(source, minute(3)), ['alert-resolved']],
    ['that its source resolved it by itself', resolved('auto-resolution'), ['alert-auto-resolved', 'alert-resolved']],
    ['that a person escalated it', requested, ['alert-assigned']],
    ['that a person was removed', { type: 'ResponderRemoved', data: { ...about, userId: ben } }, ['alert-responder-removed']],
    ['that LOW became HIGH', priorityRaised, ['alert-raised']],
    ['that somebody said something', { type: 'CommentAdded', data: { ...about, comment: { content: 'x' } } }, ['alert-comment-added']],
    ['that a level was skipped', skipped(), []],
    ['that its own channel was made', channel('AlertChannelMade', { channelId: 'C1' }), ['alert-channel-attached']],
    ['that its topic was set', channel('AlertChannelDescribed'), []],
    ['that it was archived', channel('AlertChannelArchived'), ['alert-channel-detached']],
    ['that a person detached it', channel('AlertChannelDetached'), ['alert-channel-detached']],
  ])('%s sets off what it is named for', (_what, fact, triggers) => {
    expect(triggersOf(fact, [])).toEqual(triggers);
    expect(possibleTriggers(fact)).toEqual(expect.arrayContaining([...triggers]));
  });

  it.each<[string, readonly AlertEvent[], AlertEvent, boolean]>([
    ['the first level of a round', [raised()], activated(step(0), 1, ana), false],
    ['the level behind it', [raised(), activated(step(0), 1, ana)], activated(step(1), 2, ben), true],
    ['the level behind one that was skipped', [raised(), skipped()], activated(step(1), 1, ben), true],
    ['the first level of the next pass', [raised(), activated(step(0), 1, ana)], activated(step(0, 2), 2, ana), true],
    [
      'the first level after somebody raised it',
      [raised(), activated(step(0), 1, ana), priorityRaised],
      activated(step(0, 2), 2, ana),
      false,
    ],
    [
      'the level behind that one',
      [raised(), activated(step(0), 1, ana), priorityRaised, activated(step(0, 2), 2, ana)],
      activated(step(1, 2), 3, ben),
      true,
    ],
    ['a level that somebody asked for', [raised(), activated(step(0), 1, ana), requested], activated(step(1, 1, 2), 2, ben), false],
  ])('that %s was reached sets off the automatic escalation only when nobody asked for it', (_what, before, fact, isAutomatic) => {
    expect(triggersOf(fact, before)).toEqual(isAutomatic ? ['alert-auto-escalated'] : []);
    expect(possibleTriggers(fact)).toEqual(['alert-auto-escalated']);
  });
});

const action = (changes: Partial<AlertAction> = {}): AlertAction => ({
  id: 11 as AlertActionId,
  name: 'hook',
  type: 'webhook',
  sourceIds: [],
  triggerMode: 'AUTOMATIC',
  triggerTypes: ['alert-resolved'],
  params: {},
  teamIds: [],
  createdAt: instant(0),
  updatedAt: instant(0),
  ...changes,
});
const at = minute(0);
const wanted = (changes: Partial<AlertAction>, ...triggers: readonly TriggerType[]) =>
  wantedRuns(action(changes), { triggers, sourceId, at });

describe('an action', () => {
  it('runs once for what it listens for in several words', () => {
    expect(wanted({ triggerTypes: ['alert-resolved', 'alert-auto-resolved'] }, 'alert-auto-resolved', 'alert-resolved')).toEqual([
      { trigger: 'alert-auto-resolved', dueAt: at },
    ]);
    expect(wanted({}, 'alert-auto-resolved', 'alert-resolved')).toEqual([{ trigger: 'alert-resolved', dueAt: at }]);
  });
  it('does not run for what it does not listen for, for other sources, or by itself when it is MANUAL', () => {
    expect(wanted({}, 'alert-created')).toEqual([]);
    expect(wanted({ sourceIds: [8 as AlertSourceId] }, 'alert-resolved')).toEqual([]);
    expect(wanted({ sourceIds: [sourceId] }, 'alert-resolved')).toHaveLength(1);
    expect(wanted({ triggerMode: 'MANUAL' }, 'alert-resolved')).toEqual([]);
  });
  it('that gives alerts to others is set off by people, and not by what an action did', () => {
    const rerouting = action({ type: 'reroute', triggerTypes: ['alert-assigned'] });
    const about = { triggers: ['alert-assigned'], sourceId, at } as const;
    expect(wantedRuns(rerouting, about)).toHaveLength(1);
    expect(wantedRuns(rerouting, { ...about, isByAction: true })).toEqual([]);
    expect(wantedRuns(action({ triggerTypes: ['alert-assigned'] }), { ...about, isByAction: true })).toHaveLength(1);
    expect([actsOnce(rerouting), actsOnce(action())]).toEqual([true, false]);
  });
  it('for all sources hears of what a private team hides only when it belongs to that team, by name in any case', () => {
    const vault = { id: 9 as TeamId, visibility: 'PRIVATE' };
    const known: Readonly<Record<string, unknown>> = { [`source-${sourceId}`]: { teamIds: [8, 9] }, 'team-9': vault };
    const mayHear = (changes: Partial<AlertAction>, also: Readonly<Record<string, unknown>> = {}) =>
      mayHearOf(action(changes), sourceId, { get: (kind, id) => ({ ...known, ...also })[`${kind}-${id}`] as never });
    expect(mayHear({})).toBe(false);
    expect(mayHear({ teamIds: [8 as TeamId] })).toBe(false);
    expect(mayHear({ teamIds: [9 as TeamId] })).toBe(true);
    expect(mayHear({ sourceIds: [sourceId] })).toBe(true);
    expect(mayHear({}, { 'team-9': { ...vault, visibility: 'PUBLIC' } })).toBe(true);
  });
  it('waits before it says that the escalation ended, and watches from the creation on', () => {
    expect(wanted({ triggerTypes: ['alert-escalation-ended'], escalationEndedDelaySec: 30 }, 'alert-escalation-ended')).toEqual([
      { trigger: 'alert-escalation-ended', dueAt: plusMs(at, 30_000) },
    ]);
    expect(wanted({ triggerTypes: ['alert-created', 'v-alert-not-resolved'], notResolvedDelaySec: 60 }, 'alert-created')).toEqual([
      { trigger: 'alert-created', dueAt: at },
      { trigger: 'v-alert-not-resolved', dueAt: plusMs(at, 60_000) },
    ]);
  });
});

describe('a run that is due', () => {
  const run = (trigger: PendingRun['trigger'], dueAt: Instant = at): PendingRun => ({
    ...{ run: 1, alertId: 1 as AlertId, actionId: 11 as AlertActionId, trigger, deliveryId: 'd', at, dueAt, attempts: 0, uncertain: false },
  });
  const stopped = (of: PendingRun, now: AlertAction | undefined, alertStatus: 'PENDING' | 'ACCEPTED' | 'RESOLVED' = 'PENDING') =>
    stoppedRun(of, { action: now, alertStatus });
  it('is made though the alert went on meanwhile', () => {
    expect(stopped(run('alert-resolved'), action(), 'RESOLVED')).toBeUndefined();
    expect(stopped(run('manual'), action({ triggerMode: 'MANUAL', triggerTypes: [] }), 'RESOLVED')).toBeUndefined();
  });
  it('is not made when its action is gone, MANUAL now, or listens for something else', () => {
    expect(stopped(run('alert-resolved'), undefined)).toBe('action-deleted');
    expect(stopped(run('alert-resolved'), action({ triggerMode: 'MANUAL', triggerTypes: [] }))).toBe('switched-off');
    expect(stopped(run('alert-created'), action())).toBe('switched-off');
  });
  it('after a wait for an answer is not made when there was one', () => {
    const watching = action({ triggerTypes: ['alert-escalation-ended', 'v-alert-not-resolved'] });
    const [later, ended] = [run('v-alert-not-resolved', minute(5)), run('alert-escalation-ended', minute(5))];
    expect([later, ended].map((each) => stopped(each, watching, 'RESOLVED'))).toEqual(['resolved', 'resolved']);
    expect([later, ended].map((each) => stopped(each, watching, 'ACCEPTED'))).toEqual([undefined, 'accepted']);
    expect([later, ended].map((each) => stopped(each, watching))).toEqual([undefined, undefined]);
  });
});
