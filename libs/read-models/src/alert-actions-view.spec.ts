import { actionDecider, actionStream, instant, plusMs } from '@tocsin/domain';
import type { ActionCommand, ActionRuns, AlertActionId, AlertId, ArchiveEvent } from '@tocsin/domain';
import { newUuid } from '@tocsin/platform';
import { START } from '@tocsin/event-store';
import type { Position, StoredEvent } from '@tocsin/event-store';
import { alertActionsView, evolveAlertActionDocument } from './alert-actions-view';
import type { AlertActionDocument } from './alert-actions-view';
import { rebuildEqualsLive } from './testing';

const begin = instant(1_772_420_400_000);
const alertId = 4711 as AlertId;

/** What these commands leave on the log, from this position on. */
const stored = (actionId: number, commands: readonly ActionCommand[], from = 1): readonly StoredEvent[] => {
  let state: ActionRuns = actionDecider.initial;
  const decided = commands.flatMap((command) => {
    const events = actionDecider.decide(command, state);
    state = events.reduce(actionDecider.evolve, state);
    return events;
  });
  return decided.map(({ type, data }, revision) =>
    at(actionStream(alertId, actionId as AlertActionId), type, data, revision, from + revision),
  );
};

const at = (stream: string, type: string, data: unknown, revision: number, position: number): StoredEvent => ({
  ...{ id: newUuid(), stream, type, data, revision, position: String(position).padStart(START.length, '0') as Position },
  metadata: { schemaVersion: 1, time: begin, actor: { type: 'system', part: 'spec' }, correlationId: 'c', causationId: 'd' },
});

const trigger = (actionId: number, changes: object = {}): ActionCommand => ({
  type: 'trigger',
  data: {
    ...{
      alertId,
      actionId: actionId as AlertActionId,
      trigger: 'alert-created',
      deliveryId: 'd1',
      at: begin,
      dueAt: begin,
      alertRevision: 0,
    },
    ...changes,
  },
});
const start = (ms: number): ActionCommand => ({ type: 'startAttempt', at: plusMs(begin, ms), alertRevision: 0 });
const fails = (ms: number, attempt: number): ActionCommand => ({
  ...{ type: 'recordFailed', at: plusMs(begin, ms), run: 1, attempt, reason: 'overloaded', retriable: true, uncertain: false, jitter: 0 },
  ...{ status: 503, excerpt: 'x' },
});
const succeeds = (ms: number, attempt: number): ActionCommand => ({
  type: 'recordSucceeded',
  ...{ at: plusMs(begin, ms), run: 1, attempt, status: 200, reference: 'T-1' },
});
const document = (...commands: readonly ActionCommand[]) =>
  stored(11, commands).reduce<AlertActionDocument | undefined>(evolveAlertActionDocument, undefined);

describe('what an action did for an alert', () => {
  it('is shown run by run, with the last answer', () => {
    expect(document(trigger(11))).toMatchObject({ alertId, actionId: 11, history: [{ run: 1, deliveryId: 'd1', state: 'waiting' }] });
    const failed = [trigger(11), start(0), fails(10, 1)];
    expect(document(...failed)).toMatchObject({ history: [{ state: 'retrying', reason: 'overloaded', status: 503, excerpt: 'x' }] });
    expect(document(...failed, start(6_000), succeeds(6_010, 2))).toMatchObject({
      history: [{ state: 'succeeded', status: 200 }],
      runs: { reference: 'T-1', pending: [] },
    });
  });

  it('keeps the last hundred runs', () => {
    const many = Array.from({ length: 130 }, (_, index) => trigger(11, { deliveryId: `d${index + 1}` }));
    const { history = [] } = document(...many) ?? {};
    expect([history.length, history[0]?.deliveryId, history.at(-1)?.deliveryId]).toEqual([100, 'd31', 'd130']);
  });

  it('is left as it was by what only a newer version knows (P12)', () => {
    const [first] = stored(11, [trigger(11)]);
    const before = first === undefined ? undefined : evolveAlertActionDocument(undefined, first);
    expect(evolveAlertActionDocument(before, at('action-4711-11', 'SomethingNewer', { at: begin, newer: {} }, 1, 9))).toEqual(before);
  });

  it('is the same rebuilt in any batches, also of what went to the archive (P9)', () => {
    const archived: ArchiveEvent = {
      type: 'AlertsArchived',
      data: { at: begin, file: 'f', through: '9', alerts: [{ alertId, revision: 1, notifications: [], actions: ['action-4711-11'] }] },
    };
    const events = [
      ...stored(11, [trigger(11), start(0), fails(10, 1), start(6_000), succeeds(6_010, 2)], 1),
      ...stored(12, [trigger(12), start(0), fails(10, 1)], 20),
      at('archive-alerts', archived.type, archived.data, 0, 40),
    ];
    rebuildEqualsLive(alertActionsView, events, { runs: 25 });
  });
});
