import { alertDecider, fold, Rejection } from '@tocsin/domain';
import type { AlertEvent, EscalationEvent, UserId } from '@tocsin/domain';
import {
  accept,
  accepted,
  activated,
  alertId,
  ana,
  assign,
  ben,
  cleo,
  escalate,
  level,
  minute,
  policyOf,
  raised,
  repeat,
  resolve,
  resolveByTool,
  resolvedBy,
  responderAccepted,
  rule,
  source,
  step,
  threeLevels,
  user,
} from '@tocsin/domain/testing';
import fc from 'fast-check';
import { evolveAlertDocument, expandedRules } from './alert-document';
import type { AlertDocument } from './alert-document';
import { alertsView } from './alerts-view';
import { Collection } from './embedded/layout';
import { planCount, planFind } from './embedded/query-plan';
import { rebuildEqualsLive } from './testing';
import { stored } from './testing/stored';

const after = (...events: readonly (AlertEvent | EscalationEvent)[]): AlertDocument => {
  const document = events.reduce<AlertDocument | undefined>((soFar, event) => evolveAlertDocument(soFar, event), undefined);
  if (document === undefined) throw new Error('it was raised');
  return document;
};
const planned = (dueMin: number, ruleIndex: number): EscalationEvent => ({
  type: 'LevelPlanned',
  data: { alertId, at: minute(0), step: step(ruleIndex), dueAt: minute(dueMin), cause: 'start', priority: 'HIGH', ruleIndex },
});
const people = (...userIds: readonly UserId[]) => raised({ route: { type: 'users', userIds } });
const removed = (userId: UserId): AlertEvent => ({ type: 'ResponderRemoved', data: { alertId, at: minute(2), by: user(ana), userId } });
const added = (userId: UserId): AlertEvent => ({
  type: 'ResponderAdded',
  data: { alertId, at: minute(2), by: user(ana), userId, activation: 2, priority: 'HIGH', round: 1 },
});
const toPerson = (userId: UserId): AlertEvent => ({
  type: 'AlertAssigned',
  data: { alertId, at: minute(4), by: user(ana), round: 2, to: { type: 'user', userId }, activation: 2, priority: 'HIGH' },
});

describe('an alert in the view', () => {
  it('is pending and nobody is on it, until a level comes due', () => {
    expect(after(raised())).toMatchObject({ id: alertId, status: 'PENDING', policyId: 1, responders: [], firstLevelDone: false });
    expect(after(people(ana, ben))).toMatchObject({ policyId: null, firstLevelDone: true, responders: [{ userId: ana }, { userId: ben }] });
  });

  it('names who was paged, the last one as the one it is assigned to', () => {
    const document = after(raised(), activated(step(0), 1, ana), activated(step(1), 2, ben, ana));
    expect(document.responders).toEqual([
      { userId: ana, status: 'PENDING' },
      { userId: ben, status: 'PENDING' },
    ]);
    expect(document).toMatchObject({ assignedTo: ana, step: step(1), firstLevelDone: true });
  });

  it('tells when the next level comes, while one does', () => {
    expect(after(raised(), planned(5, 0))).toMatchObject({ next: { dueAt: minute(5), ruleIndex: 0 } });
    expect(after(raised(), planned(5, 0), planned(10, 1))).toMatchObject({ next: { dueAt: minute(10), ruleIndex: 1 } });
    const over: readonly (AlertEvent | EscalationEvent)[] = [
      accepted(ana),
      resolvedBy(source, minute(3)),
      toPerson(ben),
      { type: 'LevelDue', data: { alertId, at: minute(5), step: step(0), dueAt: minute(5), priority: 'HIGH', targets: [] } },
      { type: 'EndPlanned', data: { alertId, at: minute(5), step: step(0), dueAt: minute(9), fact: 1 } },
      { type: 'EscalationHalted', data: { alertId, at: minute(5), round: 1, reason: 'low-priority', fact: 1 } },
      { type: 'EscalationExhausted', data: { alertId, at: minute(5), step: step(0) } },
    ];
    for (const event of over) expect([event.type, after(raised(), planned(5, 0), event).next]).toEqual([event.type, undefined]);
  });

  it('is accepted by the first, and everybody after them is one more responder', () => {
    const document = after(raised(), activated(step(0), 1, ana), accepted(ana), responderAccepted(cleo, minute(2)));
    expect(document).toMatchObject({ status: 'ACCEPTED', acceptedBy: user(ana), assignedTo: cleo });
    expect(document.responders).toEqual([
      { userId: ana, status: 'ACCEPTED', acceptedAt: minute(1) },
      { userId: cleo, status: 'ACCEPTED', acceptedAt: minute(2) },
    ]);
  });

  it('can be accepted by the tool, which becomes nobody`s assignment', () => {
    const byTool: AlertEvent = { type: 'AlertAccepted', data: { alertId, at: minute(1), by: source, round: 1 } };
    expect(after(raised(), activated(step(0), 1, ana), byTool)).toMatchObject({ status: 'ACCEPTED', acceptedBy: source, assignedTo: ana });
  });

  it('keeps by whom and when it was resolved', () =>
    expect(after(raised(), resolvedBy(source, minute(9)))).toMatchObject({
      status: 'RESOLVED',
      resolvedBy: source,
      resolvedOn: minute(9),
    }));

  it('begins anew when it is given to somebody or escalated by hand (B10)', () => {
    const held = [raised(), activated(step(0), 1, ana), accepted(ana)] as const;
    const given = after(...held, toPerson(ben));
    expect(given).toMatchObject({ status: 'PENDING', assignedTo: ben, responders: [{ userId: ben, status: 'PENDING' }], policyId: 1 });
    const other = policyOf([rule(5, cleo)], { policyId: 2 as never });
    const toPolicy: AlertEvent = {
      type: 'AlertAssigned',
      data: { alertId, at: minute(4), by: user(ana), round: 2, to: { type: 'policy', policy: other }, priority: 'HIGH' },
    };
    expect(after(...held, toPolicy)).toMatchObject({ status: 'PENDING', policyId: 2, responders: [] });
    const escalated: AlertEvent = {
      type: 'EscalationRequested',
      data: { alertId, at: minute(4), by: user(ana), round: 2, to: { pass: 1, level: 1 } },
    };
    expect(after(...held, escalated)).toMatchObject({
      status: 'PENDING',
      step: step(1, 1, 2),
      responders: [{ userId: ana, status: 'PENDING' }],
    });
    for (const document of [given, after(...held, toPolicy), after(...held, escalated)]) expect(document.acceptedBy).toBeUndefined();
  });

  it('loses a responder, and the assignment goes back to the one before', () => {
    expect(after(raised(), activated(step(0), 1, ana), added(ben), removed(ben))).toMatchObject({
      assignedTo: ana,
      responders: [{ userId: ana }],
    });
    expect(after(raised(), activated(step(0), 1, ana), removed(ana))).not.toHaveProperty('assignedTo');
  });

  it('follows its newest summary and keeps the details that were not changed', () => {
    const changed = (details?: string): AlertEvent => ({
      type: 'AlertSummaryChanged',
      data: { alertId, at: minute(1), summary: 'fuller', before: 'disk full', ...(details === undefined ? {} : { details }) },
    });
    expect(after(raised({ details: 'old' }), changed())).toMatchObject({ summary: 'fuller', details: 'old' });
    expect(after(raised({ details: 'old' }), changed('new'))).toMatchObject({ details: 'new' });
  });

  it('has had its first level when nobody could be paged by it, but not when one level was passed over', () => {
    const skipped: AlertEvent = { type: 'LevelSkipped', data: { alertId, at: minute(0), step: step(0), problems: [] } };
    const nobody: AlertEvent = {
      type: 'NobodyOnCall',
      data: { alertId, at: minute(0), step: step(2), problems: [], activation: 1, fallback: [cleo] },
    };
    expect(after(raised(), skipped).firstLevelDone).toBe(false);
    expect(after(raised(), skipped, nobody)).toMatchObject({ firstLevelDone: true, responders: [] });
  });

  it('is nothing before it was raised', () => expect(evolveAlertDocument(undefined, accepted(ana))).toBeUndefined());

  it('counts the rules of a repeating policy as often as they run', () => {
    const route = (repeating: boolean) => ({ type: 'policy', policy: { ...threeLevels, repeating, frequency: 3 } }) as const;
    expect([
      expandedRules(route(true)).length,
      expandedRules(route(false)).length,
      expandedRules({ type: 'users', userIds: [ana] }).length,
    ]).toEqual([9, 3, 0]);
  });
});

const commands = fc.array(
  fc.oneof(
    fc.constantFrom(ana, ben, cleo).map((person) => accept(person)),
    fc.constantFrom(ana, ben, cleo).map((person) => assign({ type: 'user', userId: person } as never)),
    fc.tuple(fc.nat(2), fc.constantFrom(ana, ben, cleo)).map(([of, person]) => level(step(of), [person])),
    fc.nat(50).map((offset) => repeat(offset)),
    fc.nat(50).map((offset) => resolveByTool(offset)),
    fc.constant(escalate()),
    fc.constant(resolve(ana)),
  ),
  { maxLength: 15 },
);
/** What the alert's rules make of the commands; refused ones leave nothing. */
const story = (wanted: readonly Parameters<typeof alertDecider.decide>[0][]): readonly AlertEvent[] => {
  const events: AlertEvent[] = [raised()];
  for (const command of wanted) {
    try {
      events.push(...alertDecider.decide(command, fold(alertDecider, events)));
    } catch (error) {
      if (!(error instanceof Rejection)) throw error;
    }
  }
  return events;
};

describe('the view of alerts', () => {
  it('is the same rebuilt as kept live (P9), and agrees with the alert`s own state', () => {
    fc.assert(
      fc.property(commands, commands, (one, two) => {
        const [first, second] = [story(one), story(two)];
        const log = Array.from({ length: Math.max(first.length, second.length) }, (_, i) =>
          [
            first[i] === undefined ? [] : [{ stream: 'alert-1', ...first[i] }],
            second[i] === undefined ? [] : [{ stream: 'alert-2', ...second[i] }],
          ].flat(),
        ).flat();
        rebuildEqualsLive(
          alertsView,
          stored(...log.map((event) => ({ ...event, data: { ...event.data, alertId: Number(event.stream.slice(6)) } }))),
          { runs: 4 },
        );
        const document = after(...first);
        expect(document.status.toLowerCase()).toBe(fold(alertDecider, first).status);
      }),
      { numRuns: 60, verbose: 1 },
    );
  });

  // The store says so of a plan: it looks at no more rows than it skips and returns.
  const collection = new Collection(alertsView.collections[0] as never);
  collection.arrays.add('responder');
  const newestFirst = ['reportTime', 'id'].map((field) => ({ field, descending: true }));
  it.each<Record<string, readonly (string | number)[]>>([
    {},
    { status: ['PENDING', 'ACCEPTED'] },
    { source: [1, 2] },
    { source: [1], status: ['PENDING'] },
    { policy: [1] },
    { policy: [1], status: ['PENDING', 'RESOLVED'] },
    { responder: [1] },
    { responder: [1, 2], status: ['PENDING', 'ACCEPTED'] },
  ])('is listed without a walk by %j', (filter) => {
    expect(planFind(collection, { in: filter, sort: newestFirst, skip: 0, limit: 50 }).bounded).toBe(true);
    const inADay = { in: filter, range: { reportTime: { from: 1, until: 2 } }, sort: newestFirst, skip: 0, limit: 50 };
    expect(planFind(collection, inADay).bounded).toBe(true);
  });

  it.each<Record<string, readonly (string | number)[]>>([
    {},
    { status: ['PENDING'] },
    { source: [1], status: ['PENDING', 'ACCEPTED'] },
    { responder: [1], status: ['PENDING', 'ACCEPTED'] },
  ])('is counted by a look-up by %j', (filter) => expect(planCount(collection, { in: filter }).bounded).toBe(true));
});
