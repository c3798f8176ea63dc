import {
  abandons,
  bringsForward,
  cancels,
  delivers,
  expires,
  fails,
  goesOutWith,
  holds,
  lineIsFree,
  notified,
  notifying,
  page,
  second,
  starts,
  takes,
  unsendable,
  waitsForLine,
  waitsForOthers,
} from '../testing/notification-builders';
import type { Instant } from '../time';
import type { NotificationCommand } from './notification';
import { isFinal, notificationStatus, type Notification } from './notification-state';

const statusOf = (state: Notification) => (state.status === 'absent' ? undefined : notificationStatus(state));
const hour = 3600;

describe('a planned page', () => {
  it('is planned once', () => expect(notifying(page()).when(page())).toEqual([]));
  it('is not attempted before its time', () => expect(notifying(page({ dueAt: second(60) })).when(starts(second(59)))).toEqual([]));
  it('records its attempt with how late it is and a key that stays (P6)', () => {
    expect(notifying(page()).when(starts(second(90)))).toMatchObject([
      { type: 'AttemptStarted', data: { attempt: 1, lateMs: 90_000, key: 'notification-31', possiblyDuplicate: false } },
    ]);
  });
  it('is cancelled instead when its alert is known to be accepted', () => {
    expect(notifying(page()).when(starts(second(0), 'accepted'))).toEqual([
      { type: 'NotificationCancelled', data: { at: second(0), reason: 'accepted', possiblyHandedOver: false } },
    ]);
  });
  it('is SCHEDULED to the API (B7)', () => expect(statusOf(notified(page()).state)).toEqual({ status: 'SCHEDULED', state: 'planned' }));
});

describe('an attempt', () => {
  const attempting = [page(), starts(second(0))];
  it('whose alert was accepted before the provider was called is cancelled and never reached it (P5)', () => {
    expect(notifying(...attempting).when(abandons(second(1), 1))).toEqual([
      { type: 'NotificationCancelled', data: { at: second(1), reason: 'accepted', possiblyHandedOver: false } },
    ]);
  });
  it('is not begun twice', () => expect(notifying(...attempting).when(starts(second(59)))).toEqual([]));
  it('without an outcome after a minute is made again under the same key, marked as a possible duplicate', () => {
    expect(notifying(...attempting).when(starts(second(60)))).toMatchObject([
      { type: 'AttemptStarted', data: { attempt: 2, key: 'notification-31', possiblyDuplicate: true } },
    ]);
  });
  it('that a crash ended for certain is made again at once, and what began after the crash is not', () => {
    const repeat = (interruptedBefore: Instant) => ({ ...starts(second(3)), interruptedBefore }) as NotificationCommand;
    expect(notifying(...attempting).when(repeat(second(2)))).toMatchObject([
      { type: 'AttemptStarted', data: { attempt: 2, lateMs: 3_000, key: 'notification-31', possiblyDuplicate: true } },
    ]);
    expect(notifying(...attempting).when(repeat(second(0)))).toEqual([]);
    expect(notifying(page({ dueAt: second(60) })).when(repeat(second(2)))).toEqual([]);
  });
  it('without an outcome is not made again once the alert is answered, and may have been sent', () => {
    expect(notifying(...attempting).when(starts(second(60), 'resolved'))).toMatchObject([
      { data: { reason: 'resolved', possiblyHandedOver: true } },
    ]);
  });
  it('that never has an outcome fails after a day', () => {
    expect(notifying(...attempting).when(starts(second(24 * hour + 1)))).toMatchObject([
      { type: 'NotificationFailed', data: { reason: 'no-outcome' } },
    ]);
  });
  it('that was made again tells so when the provider takes it', () => {
    expect(notifying(...attempting, starts(second(60))).when(takes(second(61), 2))).toMatchObject([
      { type: 'HandedOver', data: { possiblyDuplicate: true } },
    ]);
  });
  it('that was given up and is answered late counts', () => {
    const before = [...attempting, fails(second(1), 1, { uncertain: true, reason: 'timeout' })];
    expect(notifying(...before).when(takes(second(2), 1))).toMatchObject([
      { type: 'HandedOver', data: { attempt: 1, possiblyDuplicate: true } },
    ]);
  });
  it('crossed by an answer is cancelled and keeps what the provider says of it (B9)', () => {
    const crossed = [...attempting, cancels(second(0.5))];
    expect(notified(...crossed).events.at(-1)).toMatchObject({ type: 'NotificationCancelled', data: { possiblyHandedOver: true } });
    expect(notifying(...crossed).when(takes(second(1), 1))).toMatchObject([
      { type: 'HandedOver', data: { reference: 'SM1', receiptExpected: false } },
    ]);
    expect(statusOf(notified(...crossed, takes(second(1), 1)).state)).toEqual({
      status: 'SUCCESS',
      state: 'cancelled',
      reason: 'accepted',
    });
  });
});

describe('a failed attempt', () => {
  const failing = [page(), starts(second(0))];
  it('is repeated after 5 s, 10 s, 20 s and so on, at most 5 min', () => {
    const waits: number[] = [];
    const story = [page()];
    let at = 0;
    for (let attempt = 1; attempt <= 8; attempt += 1) {
      story.push(starts(second(at)), fails(second(at), attempt));
      const { state } = notified(...story);
      const next = state.status === 'retrying' ? (state.retryAt - second(0)) / 1000 : Number.NaN;
      waits.push(next - at);
      at = next;
    }
    expect(waits).toEqual([5, 10, 20, 40, 80, 160, 300, 300]);
  });
  it('waits less by chance, never less than half', () => {
    expect(notifying(...failing).when(fails(second(0), 1, { jitter: 0.5 }))).toMatchObject([{ data: { retryAt: second(3.75) } }]);
  });
  it('waits as long as the provider wants, if that is longer', () => {
    const retriedAt = (retryAfterMs: number) => notifying(...failing).when(fails(second(0), 1, { retryAfterMs }));
    expect(retriedAt(30_000)).toMatchObject([{ data: { retryAt: second(30) } }]);
    expect(retriedAt(1_000)).toMatchObject([{ data: { retryAt: second(5) } }]);
  });
  it('is repeated at once while another provider is left (P10)', () => {
    const command = fails(second(1), 1, { retriable: false, otherProviderLeft: true });
    expect(notifying(...failing).when(command)).toMatchObject([{ type: 'AttemptFailed', data: { retryAt: second(1) } }]);
  });
  it('of one provider for good leaves those that failed for now, and starts a round of them after a wait', () => {
    const story = [...failing, fails(second(1), 1, { provider: 'twilio', otherProviderLeft: true }), starts(second(1))];
    const end = fails(second(2), 2, { provider: 'gateway', retriable: false });
    expect(notifying(...story).when(end)).toMatchObject([{ type: 'AttemptFailed', data: { permanent: true, retryAt: second(7) } }]);
    expect(notified(...story, end).state).toMatchObject({ failedInRound: [], refusedBy: ['gateway'] });
  });
  it('of every provider for good is the end', () => {
    const story = [...failing, fails(second(1), 1, { retriable: false, otherProviderLeft: true }), starts(second(1))];
    expect(notifying(...story).when(fails(second(2), 2, { provider: 'gateway', retriable: false }))).toMatchObject([
      { type: 'NotificationFailed' },
    ]);
  });
  it('remembers which providers were asked in this round, until it waits', () => {
    const story = [...failing, fails(second(1), 1, { otherProviderLeft: true })];
    expect(notified(...story).state).toMatchObject({ failedInRound: ['twilio'], refusedBy: [] });
    expect(notified(...story, starts(second(1)), fails(second(2), 2, { provider: 'gateway' })).state).toMatchObject({ failedInRound: [] });
  });
  it('is the end when the provider says that it never will succeed', () => {
    const { state } = notified(...failing, fails(second(1), 1, { retriable: false, reason: 'number-unknown' }));
    expect(statusOf(state)).toEqual({ status: 'ERROR', state: 'failed', reason: 'number-unknown' });
  });
  it('is the end a day after the page was due', () => {
    const late = [page(), starts(second(24 * hour - 1))];
    expect(notifying(...late).when(fails(second(24 * hour - 1), 1))).toMatchObject([
      { type: 'NotificationFailed', data: { reason: 'unavailable' } },
    ]);
  });
  it('is the end of a test message after ten minutes', () => {
    const test = [page({ purpose: 'test' }), starts(second(598))];
    expect(notifying(...test).when(fails(second(598), 1))).toMatchObject([{ type: 'NotificationFailed' }]);
  });
  it('is not repeated once the alert is answered', () => {
    expect(notifying(...failing, fails(second(1), 1)).when(cancels(second(2)))).toMatchObject([
      { type: 'NotificationCancelled', data: { possiblyHandedOver: false } },
    ]);
  });
  it('that another attempt has followed decides nothing', () => {
    expect(notifying(...failing, starts(second(60))).when(fails(second(61), 1))).toEqual([]);
  });
});

describe('a page that was handed over', () => {
  const handedOver = [page(), starts(second(0)), takes(second(1), 1)];
  it('is SCHEDULED while its receipt is awaited and SUCCESS with it (B7)', () => {
    expect(statusOf(notified(...handedOver).state)).toEqual({ status: 'SCHEDULED', state: 'handed-over' });
    expect(statusOf(notified(...handedOver, delivers(second(5))).state)).toEqual({ status: 'SUCCESS', state: 'delivered' });
  });
  it('is SUCCESS at once with a provider that gives no receipts', () => {
    expect(statusOf(notified(page(), starts(second(0)), takes(second(1), 1, false)).state)).toEqual({
      status: 'SUCCESS',
      state: 'handed-over',
    });
  });
  it('is not cancelled by an answer any more', () => expect(notifying(...handedOver).when(cancels(second(2)))).toEqual([]));
  it('fails with the reason of its receipt', () => {
    expect(notifying(...handedOver).when(fails(second(9), 1, { retriable: false, reason: 'undelivered' }))).toMatchObject([
      { type: 'NotificationFailed', data: { reason: 'undelivered' } },
    ]);
  });
  it('is overdue after the usual time of its method, and still waits', () => {
    expect(notifying(...handedOver).when(expires(second(120)))).toEqual([]);
    expect(notifying(...handedOver).when(expires(second(121)))).toMatchObject([
      { type: 'ReceiptOverdue', data: { until: second(4 * hour + 1) } },
    ]);
    const { state } = notified(...handedOver, expires(second(121)));
    expect(statusOf(state)).toEqual({ status: 'SCHEDULED', state: 'handed-over' });
    expect(statusOf(notified(...handedOver, expires(second(121)), delivers(second(900))).state)).toMatchObject({ state: 'delivered' });
  });
  it('fails when no receipt comes for four hours', () => {
    const overdue = [...handedOver, expires(second(121))];
    expect(notifying(...overdue).when(expires(second(4 * hour)))).toEqual([]);
    expect(notifying(...overdue).when(expires(second(4 * hour + 1)))).toMatchObject([
      { type: 'NotificationFailed', data: { reason: 'no-receipt' } },
    ]);
  });
  it('goes to another provider when its receipt says that it failed', () => {
    const failed = fails(second(9), 1, { reason: 'undelivered', otherProviderLeft: true });
    expect(notifying(...handedOver).when(failed)).toMatchObject([{ type: 'AttemptFailed', data: { retryAt: second(9) } }]);
  });
  it('goes to no other provider when its receipt says that nobody was reached at the telephone (B25)', () => {
    const failedOver = [page({ method: 'VOICE' }), starts(second(0)), fails(second(1), 1, { otherProviderLeft: true })];
    const rang = [...failedOver, starts(second(1)), takes(second(2), 2)];
    const about = { provider: 'signalwire', retriable: false, otherProviderLeft: true, isUnreached: true };
    const unreached = fails(second(9), 2, { ...about, reason: 'the call was not answered' });
    expect(notifying(...rang).when(unreached)).toMatchObject([
      { type: 'NotificationFailed', data: { reason: 'the call was not answered' } },
    ]);
  });
  it('is not repeated when it comes out, after its answer was lost, that nobody was reached at the telephone (B25)', () => {
    const lost = fails(second(2), 1, { reason: 'timeout', otherProviderLeft: true, uncertain: true });
    const waits = [page({ method: 'VOICE' }), starts(second(0)), lost];
    const unreached = { retriable: false, otherProviderLeft: true, isUnreached: true, reason: 'the call was not answered' };
    const ended = [{ type: 'NotificationFailed', data: { reason: 'the call was not answered' } }];
    expect(notifying(...waits).when(fails(second(20), 1, unreached))).toMatchObject(ended);
    expect(notifying(...waits, holds(second(3), second(90))).when(fails(second(20), 1, unreached))).toMatchObject(ended);
    expect(notifying(...waits).when(fails(second(20), 1, { ...unreached, isUnreached: false }))).toEqual([]);
  });
  it('whose failed receipt overtakes the answer of the provider stays failed', () => {
    const failed = [page(), starts(second(0)), fails(second(1), 1, { reason: 'undelivered' })];
    expect(notifying(...failed).when(takes(second(2), 1))).toEqual([]);
  });
  it('whose receipt overtakes the answer of the provider is delivered once', () => {
    const { events } = notified(page(), starts(second(0)), delivers(second(1)), takes(second(2), 1), delivers(second(3)));
    expect(events.map(({ type }) => type)).toEqual(['NotificationPlanned', 'AttemptStarted', 'Delivered']);
  });
});

describe('a page that waits for its delay', () => {
  const later = page({ dueAt: second(300) });
  it('is sent now when the method before it did not reach the person', () => {
    expect(notifying(later).when(bringsForward(second(121)))).toMatchObject([
      { type: 'NotificationBroughtForward', data: { dueAt: second(121), because: 'no-receipt' } },
    ]);
    expect(notifying(later, bringsForward(second(121))).when(starts(second(121)))).toMatchObject([
      { type: 'AttemptStarted', data: { lateMs: 0 } },
    ]);
  });
  it('is brought forward once, and not when it has left', () => {
    expect(notifying(later, bringsForward(second(121))).when(bringsForward(second(122)))).toEqual([]);
    expect(notifying(page(), starts(second(0))).when(bringsForward(second(1)))).toEqual([]);
  });
});

describe('a page that is held back', () => {
  it('from the beginning is on record with its reason and wakes nobody', () => {
    const { events, state } = notified(unsendable('contact-not-verified'));
    expect(events.map(({ type }) => type)).toEqual(['NotificationPlanned', 'NotificationHeld']);
    expect(statusOf(state)).toEqual({ status: 'SCHEDULED', state: 'held', reason: 'contact-not-verified' });
    expect(isFinal(state)).toBe(true);
    expect(notifying(unsendable('muted')).when(starts(second(99)))).toEqual([]);
  });
  it('is attempted when its time has come', () => {
    expect(notifying(page(), holds(second(0), second(30))).when(starts(second(29)))).toEqual([]);
    expect(notifying(page(), holds(second(0), second(30))).when(starts(second(30)))).toMatchObject([{ type: 'AttemptStarted' }]);
  });
  it('leaves with the answer that came meanwhile (B29)', () => {
    expect(notifying(page(), holds(second(0), second(30))).when(cancels(second(9)))).toMatchObject([{ type: 'NotificationCancelled' }]);
  });
  it('for good has its end and its reason', () => {
    expect(notifying(page(), holds(second(0))).when(starts(second(99)))).toEqual([]);
    expect(statusOf(notified(page(), holds(second(0))).state)).toEqual({ status: 'SCHEDULED', state: 'held', reason: 'quiet' });
  });
});

describe('a call that waits for the one before it (B25)', () => {
  const waiting = [page({ method: 'VOICE' }), waitsForLine(second(0), second(30))];
  it('is made when that one is over, or when its time is', () => {
    expect(notifying(...waiting).when(starts(second(10)))).toEqual([]);
    expect(notifying(...waiting, lineIsFree(second(10))).when(starts(second(10)))).toMatchObject([
      { type: 'AttemptStarted', data: { attempt: 1, lateMs: 10_000, possiblyDuplicate: false } },
    ]);
    expect(notifying(...waiting).when(starts(second(30)))).toMatchObject([{ type: 'AttemptStarted' }]);
  });
  it('is woken once, and nothing else is by that', () => {
    expect(notifying(...waiting, lineIsFree(second(10))).when(lineIsFree(second(11)))).toEqual([]);
    expect(notifying(page({ dueAt: second(60) })).when(lineIsFree(second(10)))).toEqual([]);
    expect(notifying(page(), holds(second(0), second(30))).when(lineIsFree(second(10)))).toEqual([]);
  });
  it('waits again when yet another one was faster', () => {
    expect(notifying(...waiting, lineIsFree(second(10))).when(waitsForLine(second(10), second(40)))).toMatchObject([
      { type: 'NotificationHeld', data: { reason: 'line-busy', until: second(40) } },
    ]);
  });
  it('has a key counted that is pressed in the attempt before, whose outcome nobody knew', () => {
    const unknown = [page({ method: 'VOICE' }), starts(second(0)), fails(second(1), 1, { uncertain: true, reason: 'timeout' })];
    const held = [...unknown, waitsForLine(second(6), second(36))];
    expect(notifying(...held).when(delivers(second(9)))).toMatchObject([{ type: 'Delivered' }]);
    expect(notifying(...held).when(takes(second(9), 1))).toMatchObject([{ type: 'HandedOver', data: { attempt: 1 } }]);
    expect(notifying(...waiting).when(delivers(second(9)))).toEqual([]);
  });
  it('waits also where a crash took the attempt before, and is then possibly a duplicate', () => {
    const begun = [page({ method: 'VOICE' }), starts(second(0))];
    expect(notifying(...begun).when(waitsForLine(second(59), second(90)))).toEqual([]);
    expect(notifying(...begun, waitsForLine(second(60), second(90))).when(starts(second(90)))).toMatchObject([
      { type: 'AttemptStarted', data: { attempt: 2, possiblyDuplicate: true } },
    ]);
  });
});

describe('a page that waits for others (B29)', () => {
  const waiting = [page(), waitsForOthers(second(0), second(30))];
  it('has reached nobody', () =>
    expect(statusOf(notified(...waiting).state)).toEqual({ status: 'SCHEDULED', state: 'held', reason: 'bundled' }));
  it('is not late for that', () => {
    expect(notifying(...waiting).when(goesOutWith(second(29), 3))).toEqual([]);
    expect(notifying(...waiting).when(goesOutWith(second(30), 3))).toMatchObject([
      { type: 'AttemptStarted', data: { lateMs: 0, key: 'bundle-40', bundle: { id: 40, size: 3 } } },
    ]);
  });
  it('leaves the others when it is answered', () => {
    expect(notifying(...waiting).when(cancels(second(9)))).toMatchObject([
      { type: 'NotificationCancelled', data: { reason: 'accepted', possiblyHandedOver: false } },
    ]);
  });
  it('goes out by itself, under its own key, when it is the only one left, and stays so', () => {
    const alone = [...waiting, starts(second(30)), fails(second(31), 1)];
    expect(notifying(...alone).when(goesOutWith(second(90), 2))).toMatchObject([{ data: { attempt: 2, key: 'notification-31' } }]);
  });
  it('does not wait for others once it may have gone out by itself', () => {
    const lost = [page(), starts(second(0))];
    expect(notifying(...lost).when(waitsForOthers(second(60), second(90)))).toEqual([]);
    expect(notifying(...lost).when(starts(second(60)))).toMatchObject([{ data: { attempt: 2, key: 'notification-31' } }]);
  });
  it('that went out with others is repeated under the key of their message, also when all others have arrived', () => {
    const together = [...waiting, goesOutWith(second(30), 3)];
    expect(notifying(...together).when(starts(second(90)))).toMatchObject([
      { data: { attempt: 2, key: 'bundle-40', bundle: { id: 40, size: 1 }, possiblyDuplicate: true } },
    ]);
  });
});
