import type { StoredEvent } from '@tocsin/event-store';
import type { ReceivedMail } from '@tocsin/testing';
import { DUPLICATE_NOTE } from '../kills/src/audit.ts';
import type { SeenAlert } from '../kills/src/audit.ts';
import { lostAnswers, withoutEffect } from './answers.ts';
import type { Answer } from './responders.ts';
import { laterLevels, lostLevels } from './levels.ts';
import { appliedTwice, heldTwice, outOfOrder, unlikeStreams } from './order.ts';
import { copiesOf, groundlessCopies, notMarkedLate, pagedAfterAnswer, stoppedBeforeCall, withoutEnd } from './pages.ts';
import {
  accepted,
  activated,
  attempt,
  cancelled,
  due,
  failed,
  halted,
  handedOver,
  held,
  logOf,
  mail,
  plannedLevel,
  plannedPage,
  raised,
  repeated,
  requested,
  resolved,
  started,
} from './record.fixtures.ts';
import type { Written } from './record.fixtures.ts';
import { recordsOf } from './record.ts';
import { duplicatesIn, heldUp, lostEvents, openTwice, parked } from './verdict.ts';

const event = (stream: string, type: string, data: object, correlationId = 'e1'): StoredEvent =>
  ({ stream, type, data, metadata: { correlationId } }) as unknown as StoredEvent;
const opened = (id: number, alertKey = 'disk') => event(`alert-${id}`, 'AlertRaised', { alertKey });
const closed = (id: number) => event(`alert-${id}`, 'AlertResolved', {});

describe('the streams after the chaos', () => {
  it('give away an event that was answered and is nowhere', () => {
    expect(lostEvents(new Set(['e1']), [opened(1)])).toEqual([]);
    expect(lostEvents(new Set(['e1', 'e2']), [opened(1)])).toEqual(['the event e2 was answered 202 and is nowhere on record']);
  });

  it('account for an event that its source only counted', () => {
    const counted = event('sourcelog-1-2026-05-17', 'ToolEventsDropped', { counts: { 'no-open-alert': 1 } }, 'e9');
    expect(lostEvents(new Set(['e1', 'e2']), [opened(1), counted])).toEqual([]);
    expect(lostEvents(new Set(['e1', 'e2', 'e3']), [opened(1), counted])).toHaveLength(2);
  });

  it('give away two alerts of a key that were open at the same time, though both are resolved now', () => {
    expect(openTwice([opened(1), closed(1), opened(2), opened(3, 'load')])).toEqual([]);
    expect(openTwice([opened(1), opened(2), closed(1), closed(2)])).toEqual(['disk had alert-1 and alert-2 open at the same time']);
  });

  it('give away an effect that a redelivery had again, also in a later alert of the key (P4)', () => {
    const log = [raised(), repeated('e2'), repeated('e3'), accepted(), started(), plannedPage(1, 0), attempt(1, 1), attempt(1, 2)];
    expect(appliedTwice(logOf(...log))).toEqual([]);
    expect(appliedTwice(logOf(...log, repeated('e2')))).toHaveLength(1);
    expect(appliedTwice(logOf(...log, ['alert-8', 'AlertRaised', { tool: { eventId: 'e1' } }]))).toEqual([
      'AlertRaised by e1 is on record twice: in alert-7 and in alert-8',
    ]);
    expect(appliedTwice(logOf(...log, accepted()))).toHaveLength(1);
    expect(appliedTwice(logOf(...log, started()))).toHaveLength(1);
    expect(appliedTwice(logOf(...log, plannedPage(1, 0)))).toHaveLength(1);
    expect(appliedTwice(logOf(...log, attempt(1, 2)))).toHaveLength(1);
  });

  it('give away a page that was held again before it was due, or for good (P4)', () => {
    expect(heldTwice(logOf(held(1, 10, 25), held(2, 11, 26), held(1, 25, 40), held(1, 40)))).toEqual([]);
    expect(heldTwice(logOf(held(1, 10, 25), held(1, 24, 39)))).toEqual(['notification-7-1-1 was held again before it was due']);
    expect(heldTwice(logOf(held(1, 10), held(1, 99)))).toHaveLength(1);
  });
});

describe('what follows an alert', () => {
  const records = (...log: readonly Written[]) => recordsOf(logOf(...log));
  const log = [raised(), started(), plannedLevel(0, 0), due(0, 0), activated(0), plannedPage(1, 1), plannedLevel(1, 60, 1)] as const;

  it('gives away a fact that escalation or notifications had before an earlier one (P3)', () => {
    expect(outOfOrder(records(...log, accepted(), halted(2)))).toEqual([]);
    expect(outOfOrder(records(...log, accepted(), halted(2), plannedLevel(1, 60, 1)))).toContain(
      '#7: escalation acted on the fact 1 after the fact 2',
    );
    expect(outOfOrder(records(...log, plannedPage(2, 0)))).toEqual([
      '#7: notification-7-2-1 was planned from the fact 0 after pages of the fact 1',
    ]);
  });

  it('gives away an escalation that goes on after an answer, and a level that fired after one (P3)', () => {
    expect(outOfOrder(records(...log, accepted()))).toEqual(['#7: the escalation goes on after AlertAccepted']);
    expect(outOfOrder(records(...log, accepted(), halted(2), due(1, 60)))).toEqual([
      '#7: level 2 came due after the escalation was halted',
    ]);
    expect(outOfOrder(records(...log, accepted(), activated(1), halted(2)))).toEqual(['#7: level 2 fired after AlertAccepted']);
    expect(outOfOrder(records(...log, accepted(), halted(2), requested(), plannedLevel(1, 6, 3), due(1, 6), activated(1)))).toEqual([]);
  });

  it('gives away an alert that the API shows otherwise (P3)', () => {
    const seen = (status: SeenAlert['status']) => [{ id: 7, status, alertKey: 'waiting-1', notifications: [] }];
    expect(unlikeStreams(records(...log, accepted()), seen('ACCEPTED'))).toEqual([]);
    expect(unlikeStreams(records(...log, accepted()), seen('PENDING'))).toEqual(['#7 is ACCEPTED in its stream and PENDING in the API']);
    expect(unlikeStreams(records(...log, accepted(), requested()), seen('PENDING'))).toEqual([]);
    expect(unlikeStreams(records(...log, resolved()), [])).toEqual(['#7 is RESOLVED in its stream and missing in the API']);
    expect(unlikeStreams([], seen('PENDING'))).toEqual(['#7 is in the API and has no stream']);
  });
});

describe('a level', () => {
  const NOW = 100;
  const check = (...log: readonly Written[]) => lostLevels(recordsOf(logOf(...log)), NOW);
  const first = [raised(), started(), plannedLevel(0, 10), due(0, 10), activated(0), plannedPage(1, 1), plannedLevel(1, 60)] as const;
  const SECOND = 'level 2 of pass 1 in round 1';

  it('fires once, at its time, and leads to its people (P6)', () => {
    expect(check(...first, due(1, 60), activated(1, { at: 60 }), plannedPage(2, 2))).toEqual([]);
    expect(check(...first.slice(0, -1), plannedLevel(1, 500))).toEqual([]);
    expect(check(...first, accepted(), halted(2))).toEqual([]);
  });

  it('is missed when it has not fired, or when the escalation is gone (P6)', () => {
    expect(check(...first)).toEqual([`#7: ${SECOND} was due and has not fired`]);
    expect(check(raised())).toEqual(['#7 has no escalation']);
  });

  it('is found out when it fires twice or early (P6)', () => {
    const people = [activated(1, { at: 60 }), plannedPage(2, 2)] as const;
    expect(check(...first, due(1, 60), due(1, 60), ...people)).toContain(`#7: ${SECOND} fired twice`);
    expect(check(...first, due(1, 60, 59), ...people)).toEqual([`#7: ${SECOND} fired at another time than planned`]);
  });

  it('is found out when it pages nobody, its people twice, or people of whom no page is planned (P6)', () => {
    expect(check(...first, due(1, 60))).toEqual([`#7: ${SECOND} fired and led to nobody`]);
    const people = [activated(1, { at: 60 }), plannedPage(2, 2)] as const;
    expect(check(...first, due(1, 60), ...people, activated(1, { at: 60 }), plannedPage(3, 3))).toContain(
      `#7: ${SECOND} paged its people twice`,
    );
    expect(check(...first, due(1, 60), activated(1, { at: 60 }))).toEqual([`#7: ${SECOND} has no page for user 1`]);
    expect(check(...first.slice(0, -1), ...people)).toEqual([`#7: ${SECOND} paged its people and never fired`]);
  });

  it('says how late it fired, and so do its pages (P6)', () => {
    const late = (lateMs: number) => [...first, due(1, 60, 5_060), activated(1, { at: 5_060, lateMs }), plannedPage(2, 2), attempt(2, 1)];
    expect(check(...late(5_000))).toEqual([]);
    expect(check(...late(0))).toEqual([`#7: ${SECOND} does not say how late it was`]);
    const records = recordsOf(logOf(...late(5_000)));
    expect(notMarkedLate(records, [mail(2, 'This page is 5 s late.')])).toEqual([]);
    expect(notMarkedLate(records, [mail(2)])).toEqual(['notification-7-2-1 came to ana@example.test as 0 s late, and was 5 s late']);
    expect(laterLevels(records, 2_000)).toEqual({ fired: 1, late: 1 });
  });
});

describe('the answers of people', () => {
  const answer = (purpose: Answer['purpose'], status = 200) => [{ alertId: 7, to: 'ana@example.test', purpose, status }];
  const alert = (status: SeenAlert['status']) => [{ id: 7, status, alertKey: 'waiting-1', notifications: [] }];
  const users = new Map([['ana@example.test', 1]]);

  it('have their effect for all to see', () => {
    expect(withoutEffect(answer('accept'), alert('ACCEPTED'))).toEqual([]);
    expect(withoutEffect(answer('accept'), alert('PENDING'))).toHaveLength(1);
    expect(withoutEffect(answer('resolve'), alert('ACCEPTED'))).toHaveLength(1);
    expect(withoutEffect(answer('escalate', 404), alert('PENDING'))).toEqual([
      'the answer of ana@example.test to #7, escalate, was refused with 404',
    ]);
  });

  it('are on record under their name (P1)', () => {
    const lost = (purpose: Answer['purpose'], ...log: readonly Written[]) =>
      lostAnswers(answer(purpose), recordsOf(logOf(raised(), ...log)), users);
    expect(lost('accept', accepted())).toEqual([]);
    expect(lost('escalate', requested())).toEqual([]);
    expect(lost('escalate', activated(1))).toEqual([]);
    expect(lost('accept')).toEqual(['the answer of ana@example.test to #7, accept, was taken and is nowhere on record']);
    expect(lost('resolve', accepted())).toHaveLength(1);
    expect(lost('escalate', activated(0))).toHaveLength(1);
  });
});

describe('the mailboxes after the chaos', () => {
  const records = (...log: readonly Written[]) => recordsOf(logOf(raised(), plannedPage(1, 0), ...log));

  it('count the copies beyond the first of each message', () => {
    const copy = (to: string, messageId: string) => ({ to, messageId }) as ReceivedMail;
    expect(duplicatesIn([copy('ana', 'a'), copy('ben', 'b'), copy('ana', 'a'), copy('ana', 'a')])).toBe(2);
  });

  it('give away a page whose attempt began after the answer (P5)', () => {
    expect(pagedAfterAnswer(records(attempt(1, 1), accepted(), handedOver(1, 1)), [mail(1)])).toEqual([]);
    const abandoned = records(accepted(), attempt(1, 1), cancelled(1, false));
    expect(stoppedBeforeCall(abandoned)).toBe(1);
    expect(pagedAfterAnswer(abandoned, [])).toEqual([]);
    expect(pagedAfterAnswer(abandoned, [mail(1)])).toContain(
      'notification-7-1-1 came 1 times by attempts that are sure to be the first; 0 might send it',
    );
    expect(pagedAfterAnswer(records(accepted(), attempt(1, 1), handedOver(1, 1)), [])).toEqual([
      'notification-7-1-1: attempt 1 began after AlertAccepted and was handed over',
    ]);
    const again = records(attempt(1, 1), accepted(), attempt(1, 2, { possiblyDuplicate: true }), cancelled(1, true));
    expect(pagedAfterAnswer(again, [mail(1)])).toEqual([]);
    expect(pagedAfterAnswer(again, [mail(1), mail(1, DUPLICATE_NOTE)])).toHaveLength(1);
  });

  it('give away a page that crossed with the answer and is not marked so (P5)', () => {
    const crossed = (isMarked: boolean) => records(attempt(1, 1), accepted(), cancelled(1, isMarked), handedOver(1, 1));
    expect(pagedAfterAnswer(crossed(true), [mail(1)])).toEqual([]);
    expect(pagedAfterAnswer(crossed(false), [mail(1)])).toEqual(['notification-7-1-1 was cancelled as never sent, and came']);
  });

  it('give away a page without an end, and one that was handed over to nobody (P7)', () => {
    expect(withoutEnd(records(attempt(1, 1), handedOver(1, 1)), [mail(1)])).toEqual([]);
    expect(withoutEnd(records(attempt(1, 1)), [mail(1)])).toEqual(['notification-7-1-1 has no end']);
    expect(withoutEnd(records(attempt(1, 1), handedOver(1, 1)), [])).toEqual(['notification-7-1-1 was handed over and is in no mailbox']);
  });

  it('allow a copy only after an attempt that nobody knows the outcome of', () => {
    const copies = [mail(1), mail(1, DUPLICATE_NOTE)];
    const silent = records(attempt(1, 1), failed(1, 1, true), attempt(1, 2, { possiblyDuplicate: true }), handedOver(1, 2));
    expect(groundlessCopies(silent, copies)).toEqual([]);
    expect(copiesOf(silent, copies)).toMatchObject({ attempts: 2, copies: 1, undoubted: 0, afterNoAnswer: 1, afterNoOutcome: 0 });
    const crashed = records(attempt(1, 1), attempt(1, 2, { possiblyDuplicate: true }), handedOver(1, 2));
    expect(groundlessCopies(crashed, copies)).toEqual([]);
    expect(copiesOf(crashed, copies)).toMatchObject({ afterNoAnswer: 0, afterNoOutcome: 1 });
    expect(groundlessCopies(records(attempt(1, 1), handedOver(1, 1)), copies)).toEqual([
      '1 pages of 1 attempts came again without any doubt',
    ]);
    const claimed = records(attempt(1, 1), failed(1, 1, false), attempt(1, 2, { possiblyDuplicate: true }), handedOver(1, 2));
    expect(groundlessCopies(claimed, [mail(1)])).toEqual([
      'notification-7-1-1: attempt 2 says that it may be a copy, and nothing was in doubt',
    ]);
  });

  it('allow one copy without doubt in ten thousand attempts', () => {
    const attempts = (count: number) => Array.from({ length: count }, (_, index) => attempt(1, index + 1));
    expect(groundlessCopies(records(...attempts(10_000)), [mail(1), mail(1)])).toEqual([]);
    expect(groundlessCopies(records(...attempts(9_999)), [mail(1), mail(1)])).toHaveLength(1);
  });
});

describe('an outage for one person', () => {
  it('is found out when it holds up another, or is none (P10)', () => {
    expect(heldUp({ wanted: 50, pagedToOthers: 50, pagedToRefused: 0 })).toEqual([]);
    expect(heldUp({ wanted: 50, pagedToOthers: 49, pagedToRefused: 0 })).toHaveLength(1);
    expect(heldUp({ wanted: 50, pagedToOthers: 50, pagedToRefused: 1 })).toHaveLength(1);
  });
});

describe('the parked messages after the chaos', () => {
  it('are named, each with what it was given up for (P8)', () => {
    expect(parked([])).toEqual([]);
    expect(parked([{ topic: 'alert-facts', group: 'escalation', error: { name: 'TypeError', message: 'no such step' } }])).toEqual([
      'a message of alert-facts was parked by escalation: no such step',
    ]);
  });
});
