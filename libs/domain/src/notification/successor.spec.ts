import type { PreferenceId } from '../ids';
import {
  cancels,
  delivers,
  fails,
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
import type { NotificationCommand } from './notification';
import { PROVIDER_BUSY } from './notification-state';
import { movesOn, successorOf } from './successor';

const now = second(60);
const begun = notifying(page(), starts(second(0)));
const failed = 1 as PreferenceId;
const pages = (...all: readonly (readonly NotificationCommand[])[]) =>
  all.map((commands, index) => ({ stream: `page ${index + 2}`, state: notified(...commands).state }));
const next = (...all: readonly (readonly NotificationCommand[])[]) => successorOf(failed, pages(...all), now);

const soon = page({ dueAt: second(120) });
const later = page({ dueAt: second(600) });
const forward = (insteadOf: number): NotificationCommand => ({
  type: 'bringForward',
  at: now,
  because: 'failed',
  insteadOf: insteadOf as PreferenceId,
});
const waitsForProvider: NotificationCommand = { type: 'hold', at: second(0), reason: PROVIDER_BUSY, until: second(90) };

describe('the next page of a person whom one did not reach', () => {
  it('is the earliest of those to come', () => expect(next([later], [soon])).toBe('page 3'));
  it('is not one that is over', () =>
    expect(next([page(), starts(second(0)), fails(second(0), 1, { retriable: false })], [soon])).toBe('page 3'));
  it('is not one that has left', () => expect(next([page(), starts(second(0)), takes(second(1), 1)], [soon])).toBe('page 3'));
  it('is not one that cannot be sent', () => expect(next([unsendable('muted')], [soon])).toBe('page 3'));
  it('is not one that waits for its provider', () => expect(next([page(), waitsForProvider], [soon])).toBe('page 3'));
  it('is not one that waits for a call to end', () => expect(next([page(), waitsForLine(second(0), second(90))], [soon])).toBe('page 3'));
  it('is none while one is due', () => expect(next([page({ dueAt: now })], [soon])).toBeUndefined());
  it('is none while one waits for others to go out with', () =>
    expect(next([page(), waitsForOthers(second(50), second(80))], [soon])).toBeUndefined());
  it('is none where there is none', () => expect(next()).toBeUndefined());
});

describe('a page that has brought one forward already', () => {
  it.each<[string, readonly NotificationCommand[]]>([
    ['is due', []],
    ['is under way', [starts(now)]],
    ['has left', [starts(now), takes(now, 1)]],
    ['has arrived', [starts(now), takes(now, 1), delivers(now)]],
    ['waits for its provider', [{ ...waitsForProvider, at: now } as NotificationCommand]],
    ['has failed', [starts(now), fails(now, 1, { retriable: false })]],
    ['was cancelled', [cancels(now, 'contact-removed')]],
  ])('brings no other forward when that one %s', (_what, since) => {
    expect(next([soon, forward(1), ...since], [later])).toBeUndefined();
  });
  it('is not held for one that did so for another', () => {
    expect(next([soon, forward(7), starts(now), takes(now, 1)], [later])).toBe('page 3');
  });
});

describe('a page that its provider did not take', () => {
  it.each<[string, boolean, Parameters<typeof fails>[2]]>([
    ['will never do so', true, { retriable: false }],
    ['asks to be left alone for a quarter of an hour', true, { retryAfterMs: 900_000 }],
    ['asks to be left alone for half a minute', false, { retryAfterMs: 30_000 }],
    ['is asked again in a moment', false, {}],
    ['has another one beside it', false, { retryAfterMs: 900_000, otherProviderLeft: true }],
  ])('and that %s: whether the person hears of it by their next method is %s', (_what, expected, how) => {
    expect(begun.when(fails(second(0), 1, how)).some(movesOn)).toBe(expected);
  });
});
