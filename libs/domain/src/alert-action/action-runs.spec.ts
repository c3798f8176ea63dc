import fc from 'fast-check';
import type { AlertActionId, AlertId } from '../ids';
import { second } from '../testing/notification-builders';
import { specify } from '../testing/specify';
import { plusMs, type Instant } from '../time';
import type { ActionEvent } from './action-events';
import { actionDecider, type ActionCommand } from './action-runs';
import { nextActionDue, type ActionRuns } from './action-state';
import type { TriggerType } from './trigger-types';

const given = specify(actionDecider);
const alertId = 4711 as AlertId;
const actionId = 11 as AlertActionId;

const trigger = (at: Instant, changes: Partial<Extract<ActionCommand, { type: 'trigger' }>['data']> = {}): ActionCommand => ({
  type: 'trigger',
  data: { alertId, actionId, trigger: 'alert-created', deliveryId: 'd1', at, dueAt: at, alertRevision: 0, ...changes },
});
const start = (at: Instant, changes: Partial<Extract<ActionCommand, { type: 'startAttempt' }>> = {}): ActionCommand => ({
  type: 'startAttempt',
  at,
  alertRevision: 9,
  ...changes,
});
const done = (at: Instant, run: number, attempt: number, reference?: string): ActionCommand => ({
  type: 'recordSucceeded',
  at,
  run,
  attempt,
  ...(reference === undefined ? {} : { reference }),
});
const failed = (
  at: Instant,
  run: number,
  attempt: number,
  changes: Partial<Extract<ActionCommand, { type: 'recordFailed' }>> = {},
): ActionCommand => ({
  type: 'recordFailed',
  at,
  run,
  attempt,
  reason: 'overloaded',
  retriable: true,
  uncertain: false,
  jitter: 0,
  ...changes,
});

/** What the commands record, one after the other. */
const recorded = (...commands: readonly ActionCommand[]) => {
  let state: ActionRuns = actionDecider.initial;
  const events: ActionEvent[] = [];
  for (const command of commands) {
    const decided = actionDecider.decide(command, state);
    events.push(...decided);
    state = decided.reduce(actionDecider.evolve, state);
  }
  return { events, state };
};
const after = (...commands: readonly ActionCommand[]) => given(...recorded(...commands).events);

describe('a run that was set off', () => {
  it('wakes the stream when it is due', () => {
    expect(recorded(trigger(second(0), { dueAt: second(60) })).events).toMatchObject([{ data: { run: 1, wakeAt: second(60) } }]);
  });
  it('is not attempted before its time', () =>
    after(trigger(second(0), { dueAt: second(60) }))
      .when(start(second(59)))
      .thenNothing());
  it('is attempted under what was recorded, told as of the fact that set it off, with how late it is', () => {
    after(trigger(second(0)))
      .when(start(second(90)))
      .then({
        type: 'ActionAttempted',
        data: { run: 1, at: second(90), attempt: 1, alertRevision: 0, lateMs: 90_000, possiblyDuplicate: false, wakeAt: second(150) },
      });
  });
  it('without such a fact is told as of the first attempt, over all attempts', () => {
    const { alertRevision: _none, ...manual } = (trigger(second(0), { trigger: 'manual' }) as Extract<ActionCommand, { type: 'trigger' }>)
      .data;
    const { events } = recorded(
      { type: 'trigger', data: manual },
      start(second(0), { alertRevision: 5 }),
      failed(second(1), 1, 1),
      start(second(10), { alertRevision: 7 }),
    );
    expect(events.filter(({ type }) => type === 'ActionAttempted')).toMatchObject([
      { data: { alertRevision: 5 } },
      { data: { alertRevision: 5 } },
    ]);
  });
  it('is cancelled instead when nobody wants it any more', () => {
    after(trigger(second(0)))
      .when(start(second(1), { stopped: () => 'switched-off' }))
      .then({ type: 'ActionCancelled', data: { run: 1, at: second(1), reason: 'switched-off', possiblyDone: false, wakeAt: null } });
  });
});

describe('what is done once for an alert', () => {
  const once = (at: Instant, of: TriggerType = 'alert-assigned'): ActionCommand => ({
    ...(trigger(at, { trigger: of }) as Extract<ActionCommand, { type: 'trigger' }>),
    isOnce: true,
  });
  it('is set off by each trigger', () => {
    after(once(second(0)))
      .when(once(second(1), 'alert-escalation-ended'))
      .thenTypes('ActionTriggered');
  });
  it('is not done a second time, which is on record', () => {
    const { events, state } = recorded(once(second(0)), start(second(0)), done(second(0), 1, 1), once(second(5)));
    expect(events.slice(-2)).toMatchObject([
      { type: 'ActionTriggered', data: { run: 2, wakeAt: null } },
      { type: 'ActionCancelled', data: { run: 2, reason: 'once-per-alert', possiblyDone: false, wakeAt: null } },
    ]);
    expect(state.pending).toEqual([]);
  });
  it('is not done a third time, of which nothing is said', () =>
    after(once(second(0)), once(second(5)))
      .when(once(second(9)))
      .thenNothing());
});

describe('an attempt', () => {
  const attempting = [trigger(second(0)), start(second(0))];
  it('is not begun twice', () =>
    after(...attempting)
      .when(start(second(59)))
      .thenNothing());
  it('without an outcome after a minute is made again, marked as a possible duplicate', () => {
    expect(recorded(...attempting, start(second(60))).events.at(-1)).toMatchObject({ data: { attempt: 2, possiblyDuplicate: true } });
  });
  it('that a crash ended for certain is made again at once, and what began after the crash is not', () => {
    after(...attempting)
      .when(start(second(3), { interruptedBefore: second(2) }))
      .thenTypes('ActionAttempted');
    after(...attempting)
      .when(start(second(3), { interruptedBefore: second(0) }))
      .thenNothing();
  });
  it('that failed is made again after 5 s, then after twice as long each time', () => {
    const { events } = recorded(...attempting, failed(second(1), 1, 1), start(second(6)), failed(second(7), 1, 2));
    expect(events.filter(({ type }) => type === 'ActionAttemptFailed')).toMatchObject([
      { data: { retryAt: second(6), wakeAt: second(6) } },
      { data: { retryAt: second(17) } },
    ]);
  });
  it('waits as long as the receiver asked for, an hour at most', () => {
    const retryAt = (notBefore: Instant) =>
      recorded(...attempting, failed(second(0), 1, 1, { notBefore })).events.at(-1)?.data as { readonly retryAt: Instant };
    expect(retryAt(second(120)).retryAt).toBe(second(120));
    expect(retryAt(second(100_000)).retryAt).toBe(second(3_600));
  });
  it('that can never succeed ends the run', () => {
    after(...attempting)
      .when(failed(second(1), 1, 1, { retriable: false, reason: 'rejected', status: 410 }))
      .then({ type: 'ActionFailed', data: { run: 1, at: second(1), reason: 'rejected', status: 410, wakeAt: null } });
  });
  it('whose outcome comes late, after another one began, counts when it was a success and not when it was a failure', () => {
    const late = [...attempting, start(second(60))];
    after(...late)
      .when(done(second(61), 1, 1))
      .thenTypes('ActionSucceeded');
    after(...late)
      .when(failed(second(61), 1, 1))
      .thenNothing();
  });
  it('that succeeded is over, and its outcome again changes nothing', () =>
    after(...attempting, done(second(1), 1, 1))
      .when(done(second(2), 1, 1))
      .thenNothing());
  it.each([
    ['alert-created', 86_400],
    ['manual', 600],
  ] as const)('of a run by %s goes on for %i s', (by, seconds) => {
    const attempts = (at: Instant) => recorded(trigger(second(0), { trigger: by }), start(at), failed(at, 1, 1)).events.at(-1)?.type;
    expect(attempts(second(seconds - 5))).toBe('ActionAttemptFailed');
    expect(attempts(second(seconds - 4))).toBe('ActionFailed');
  });
});

describe('several runs of one action for one alert', () => {
  const two = [trigger(second(0)), trigger(second(5), { trigger: 'alert-resolved', deliveryId: 'd2', alertRevision: 3 })];
  it('are made one after the other', () => {
    const { events, state } = recorded(...two, start(second(5)), failed(second(6), 1, 1), start(second(11)), done(second(12), 1, 2, 'T-1'));
    expect(events.at(-1)).toMatchObject({ type: 'ActionSucceeded', data: { run: 1, wakeAt: second(5) } });
    expect(state).toMatchObject({ reference: 'T-1', pending: [{ run: 2 }] });
    expect(recorded(...two, start(second(5)), done(second(6), 1, 1), start(second(6))).events.at(-1)).toMatchObject({ data: { run: 2 } });
  });
  it('keep what was begun before what is due earlier', () => {
    const { events } = recorded(trigger(second(10)), start(second(10)), failed(second(11), 1, 1), trigger(second(0)), start(second(16)));
    expect(events.at(-1)).toMatchObject({ type: 'ActionAttempted', data: { run: 1, attempt: 2 } });
  });
  it('do not wait for one that is due later', () => {
    const { events } = recorded(trigger(second(0), { dueAt: second(600) }), trigger(second(5)), start(second(5)));
    expect(events.at(-1)).toMatchObject({ type: 'ActionAttempted', data: { run: 2 } });
  });
  it('each end, whatever comes in whatever order, and every event says when the stream is to be woken next', () => {
    const step = fc.oneof(
      fc.record({ type: fc.constant('trigger' as const), delay: fc.integer({ min: 0, max: 300 }) }),
      fc.record({ type: fc.constant('go' as const), result: fc.constantFrom('done', 'retry', 'never', 'lost') }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        let state = actionDecider.initial;
        let now = second(0);
        const record = (command: ActionCommand): readonly ActionEvent[] => {
          const events = actionDecider.decide(command, state);
          state = events.reduce(actionDecider.evolve, state);
          if (events.length > 0) expect(events.at(-1)?.data.wakeAt).toBe(nextActionDue(state));
          return events;
        };
        const go = (result: string): void => {
          now = Math.max(now, nextActionDue(state) ?? now) as Instant;
          const [started] = record(start(now));
          if (started?.type !== 'ActionAttempted') return;
          const { run, attempt } = started.data;
          if (result === 'done') record(done(now, run, attempt));
          else if (result !== 'lost') record(failed(now, run, attempt, { retriable: result === 'retry' }));
        };
        for (const each of steps) {
          now = plusMs(now, 1);
          if (each.type === 'trigger') record(trigger(now, { dueAt: plusMs(now, each.delay * 1_000) }));
          else go(each.result);
        }
        for (let tries = 0; state.pending.length > 0; tries++) {
          expect(tries).toBeLessThan(100);
          go('done');
        }
        expect(nextActionDue(state)).toBeNull();
      }),
    );
  });
});
