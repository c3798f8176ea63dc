import { fold, notificationDecider, notificationStatus } from '@tocsin/domain';
import type { NotificationCommand } from '@tocsin/domain';
import { cancels, delivers, fails, holds, notified, page, second, starts, takes } from '@tocsin/domain/testing';
import * as fc from 'fast-check';
import { evolveNotificationDocument } from './notifications-view';
import type { NotificationDocument } from './notifications-view';

const STREAM = 'notification-4711-1-8';

/** The document after these commands, as the view keeps it: through JSON. */
const shown = (...commands: readonly NotificationCommand[]): NotificationDocument => {
  const document = notified(page(), ...commands).events.reduce<NotificationDocument | undefined>(
    (soFar, event) => JSON.parse(JSON.stringify(evolveNotificationDocument(soFar, STREAM, event))) as NotificationDocument,
    undefined,
  );
  if (document === undefined) throw new Error('it was planned');
  return document;
};

describe('a notification in the view', () => {
  it('is scheduled until somebody has it (B7)', () => {
    expect(shown()).toMatchObject({ id: STREAM, notificationId: 31, alertId: 4711, userId: 1, status: 'SCHEDULED', state: 'planned' });
    expect(shown(starts(second(1)), takes(second(2), 1, true))).toMatchObject({ status: 'SCHEDULED', state: 'handed-over' });
    expect(shown(holds(second(1), second(9)))).toMatchObject({ status: 'SCHEDULED', state: 'held', reason: 'quiet' });
  });

  it('is a success when it was delivered, or handed to a provider without receipts', () => {
    expect(shown(starts(second(1)), takes(second(2), 1, false))).toMatchObject({
      status: 'SUCCESS',
      handedOverAt: second(2),
      provider: 'twilio',
    });
    expect(shown(starts(second(1)), takes(second(2), 1), delivers(second(3)))).toMatchObject({ status: 'SUCCESS', state: 'delivered' });
  });

  it('forgets why an attempt failed once another one worked', () => {
    const failed = [starts(second(1)), fails(second(2), 1)];
    expect(shown(...failed)).toMatchObject({ state: 'retrying', reason: 'unavailable' });
    const { dueAt } = shown(...failed);
    expect(shown(...failed, starts(dueAt), takes(dueAt, 2, false))).not.toHaveProperty('reason');
  });

  it('says whether a provider took it when it was last tried, and since when none did', () => {
    const failed = [starts(second(1)), fails(second(2), 1)];
    expect(shown(...failed).tried).toEqual({ at: second(2), taken: false, failingFrom: second(2) });
    const { dueAt } = shown(...failed);
    expect(shown(...failed, starts(dueAt), fails(dueAt, 2)).tried).toEqual({ at: dueAt, taken: false, failingFrom: second(2) });
    expect(shown(...failed, cancels(second(3))).tried).toEqual({ at: second(2), taken: false, failingFrom: second(2) });
    expect(shown(...failed, starts(dueAt), takes(dueAt, 2)).tried).toEqual({ at: dueAt, taken: true });
  });

  it('says nothing of the provider when it was refused for good, or failed after it was taken', () => {
    expect(shown(starts(second(1)), fails(second(2), 1, { retriable: false, otherProviderLeft: true }))).not.toHaveProperty('tried');
    const called = [starts(second(1)), takes(second(2), 1)];
    expect(shown(...called, fails(second(30), 1)).tried).toEqual({ at: second(2), taken: true });
  });

  it('stays cancelled when the provider took it meanwhile, and is a success then', () =>
    expect(shown(starts(second(1)), cancels(second(2)), takes(second(3), 1))).toMatchObject({
      status: 'SUCCESS',
      state: 'cancelled',
      reason: 'accepted',
    }));

  it('always says what the domain says of its stream', () => {
    const seconds = fc.integer({ min: 1, max: 1_000 }).map(second);
    const attempt = fc.integer({ min: 1, max: 3 });
    const command: fc.Arbitrary<NotificationCommand> = fc.oneof(
      seconds.map((at) => starts(at)),
      fc.tuple(seconds, attempt, fc.boolean()).map(([at, number, receipt]) => takes(at, number, receipt)),
      fc.tuple(seconds, attempt).map(([at, number]) => fails(at, number)),
      seconds.map((at) => delivers(at)),
      seconds.map((at) => cancels(at)),
      seconds.map((at) => holds(at)),
    );
    fc.assert(
      fc.property(fc.array(command, { maxLength: 12 }), (commands) => {
        const state = fold(notificationDecider, notified(page(), ...commands).events);
        if (state.status === 'absent') throw new Error('it was planned');
        const { status, state: word, reason } = shown(...commands);
        expect({ status, state: word, ...(reason === undefined ? {} : { reason }) }).toEqual(notificationStatus(state));
      }),
      { numRuns: 300, verbose: 1 },
    );
  });
});
