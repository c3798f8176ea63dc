import type { AlertEventOf } from './alert-events';
import { alertGroupDecider, isLastOnRecord, isOnRecord } from './alert-group';
import type { AlertGroupEvent } from './alert-group';
import { expiryOf, guardStreamOf } from './retention';
import { fold } from '../decider';
import { instant, parseInstant, plusMs, toIso } from '../time';
import { raised } from '../testing';

const NOON = parseInstant('2026-01-05T12:00:00Z');
const DAY_MS = 86_400_000;

describe('an alert that was resolved', () => {
  it.each(['2026-01-05T00:00:00Z', '2026-01-05T12:00:00Z', '2026-01-05T23:59:59.999Z'])(
    'expires when its day is over and so many days have passed: %s',
    (resolvedAt) => {
      const expiry = expiryOf(parseInstant(resolvedAt), { days: 400 }, plusMs(NOON, 900 * DAY_MS));
      expect(expiry === undefined ? undefined : toIso(expiry)).toBe('2027-02-10T00:00:00.000Z');
    },
  );

  it('never expires where all is kept', () => expect(expiryOf(NOON, { days: 0 }, plusMs(NOON, 9_000 * DAY_MS))).toBeUndefined());

  it('is kept when a clock that was wrong says that it was resolved in the future', () =>
    expect(expiryOf(plusMs(NOON, 30 * DAY_MS), { days: 8 }, NOON)).toBeUndefined());

  it('is not taken for one from the future because two clocks differ by a little', () =>
    expect(expiryOf(plusMs(NOON, 5_000), { days: 8 }, NOON)).toBeDefined());
});

describe('the guard of an alert', () => {
  const sha256 = (text: string) => `sha(${text})`;
  const tool = { eventId: 'event-1', position: { epoch: 'e', partition: 0, offset: 1 } };
  const data = { ...(raised() as AlertEventOf<'AlertRaised'>).data, alertKey: 'Disk ', tool };

  it('is that of its key, however it is spelled', () =>
    expect(guardStreamOf({ ...data, grouping: 'key' }, sha256)).toBe(`alertkey-${data.sourceId}-sha(disk)`));
  it('is that of its source where alerts are grouped', () =>
    expect(guardStreamOf({ ...data, grouping: 'mode' }, sha256)).toBe(`alertkey-${data.sourceId}-source`));
  it('is that of its event where it has no key', () =>
    expect(guardStreamOf({ ...data, alertKey: ' ' }, sha256)).toBe(`alertkey-${data.sourceId}-event-event-1`));
  it('does not exist where a person raised it', () => {
    const { tool: _tool, ...byHand } = data;
    expect(guardStreamOf(byHand, sha256)).toBeUndefined();
  });
});

describe('a guard that has forgotten an alert', () => {
  const opened = (alertId: number, offset: number): AlertGroupEvent => ({
    type: 'AlertOpenedForKey',
    data: {
      alertId: alertId as never,
      at: NOON,
      summary: 'disk',
      keys: ['disk'],
      trigger: { eventId: `event-${offset}`, position: { epoch: 'e', partition: 0, offset } },
      closed: [],
    },
  });
  const forgotten: AlertGroupEvent = { type: 'AlertForgotten', data: { alertId: 1 as never, at: instant(NOON + DAY_MS) } };
  const before = fold(alertGroupDecider, [opened(1, 1), opened(2, 2)]);
  const after = fold(alertGroupDecider, [opened(1, 1), opened(2, 2), forgotten]);

  it('does not name it any more, and names the others', () => {
    expect([isOnRecord(before, 1 as never), isOnRecord(after, 1 as never), isOnRecord(after, 2 as never)]).toEqual([true, false, true]);
  });
  it('still knows the tool events that it has taken (P4)', () => expect(after.tool).toEqual(before.tool));
  it('is another version, so that nobody acts on what was seen before', () => expect(after.version).toBe(before.version + 1));
  it('has one last alert when no other is on record', () => {
    expect([isLastOnRecord(before, 1 as never), isLastOnRecord(after, 2 as never)]).toEqual([false, true]);
    expect(isLastOnRecord(alertGroupDecider.initial, 1 as never)).toBe(true);
  });
});
