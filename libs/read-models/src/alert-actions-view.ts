import { evolveActionRuns, initialActionRuns } from '@tocsin/domain';
import type { ActionCancelReason, ActionEvent, ActionRuns, Actor, AlertActionId, AlertId, Instant, TriggerType } from '@tocsin/domain';
import { eventOf } from '@tocsin/event-store';
import type { StoredEvent } from '@tocsin/event-store';
import { archivedBy } from './archived-alerts';
import type { Projection } from './projection';
import type { CollectionDefinition } from './read-store';

export const ALERT_ACTIONS_VIEW = 'alert-actions';

/** One run, as its history shows it. */
export interface AlertActionRunDocument {
  readonly run: number;
  readonly trigger: TriggerType | 'manual';
  readonly by?: Actor;
  readonly deliveryId: string;
  /** When it was set off. */
  readonly at: Instant;
  readonly state: 'waiting' | 'attempting' | 'retrying' | 'succeeded' | 'failed' | 'cancelled';
  readonly reason?: ActionCancelReason | string;
  /** Of the last answer. */
  readonly status?: number;
  /** The beginning of it, encrypted. */
  readonly excerpt?: string;
}

/** What one action did for one alert. */
export interface AlertActionDocument {
  /** The stream's name. */
  readonly id: string;
  readonly alertId: AlertId;
  readonly actionId: AlertActionId;
  /** The last ones, in order. */
  readonly history: readonly AlertActionRunDocument[];
  /** The stream folded by the domain. */
  readonly runs: ActionRuns;
}

const HISTORY = 100;

/** The pure projection of one action stream to its document. */
export const evolveAlertActionDocument = (
  document: AlertActionDocument | undefined,
  stored: StoredEvent,
): AlertActionDocument | undefined => {
  const event = eventOf<ActionEvent>(stored);
  const runs = evolveActionRuns(document?.runs ?? initialActionRuns, event);
  if (event.type === 'ActionTriggered') {
    const { run, alertId, actionId, trigger, by, deliveryId, at } = event.data;
    const begun: AlertActionRunDocument = { run, trigger, ...(by === undefined ? {} : { by }), deliveryId, at, state: 'waiting' };
    return { id: stored.stream, alertId, actionId, runs, history: [...(document?.history ?? []), begun].slice(-HISTORY) };
  }
  if (document === undefined) return undefined;
  return { ...document, runs, history: document.history.map((run) => (run.run === event.data.run ? { ...run, ...changed(event) } : run)) };
};

type Changed = Partial<Pick<AlertActionRunDocument, 'state' | 'reason' | 'status' | 'excerpt'>>;

const changed = (event: ActionEvent): Changed => {
  switch (event.type) {
    case 'ActionAttempted':
      return { state: 'attempting' };
    case 'ActionAttemptFailed':
      return { state: 'retrying', reason: event.data.reason, ...heard(event.data) };
    case 'ActionSucceeded':
      return { state: 'succeeded', ...heard(event.data) };
    case 'ActionFailed':
      return { state: 'failed', reason: event.data.reason, ...heard(event.data) };
    case 'ActionCancelled':
      return { state: 'cancelled', reason: event.data.reason };
    default:
      return {};
  }
};

const heard = ({ status, excerpt }: { readonly status?: number; readonly excerpt?: string }): Pick<Changed, 'status' | 'excerpt'> => ({
  ...(status === undefined ? {} : { status }),
  ...(excerpt === undefined ? {} : { excerpt }),
});

const collection: CollectionDefinition<AlertActionDocument> = {
  name: ALERT_ACTIONS_VIEW,
  version: 1,
  fields: { alert: (document) => document.alertId, action: (document) => document.actionId },
  indexes: [['alert', 'action']],
  counters: [],
};

/** What actions did for an alert. */
export const alertActionsView: Projection = {
  name: ALERT_ACTIONS_VIEW,
  prefixes: ['action-', 'archive-'],
  collections: [collection],
  touches: (event) =>
    (archivedBy(event)?.flatMap(({ actions = [] }) => actions) ?? [event.stream]).map((id) => ({ collection: ALERT_ACTIONS_VIEW, id })),
  apply: (event, documents) => {
    const archived = archivedBy(event);
    if (archived !== undefined) {
      for (const id of archived.flatMap(({ actions = [] }) => actions)) documents.remove(ALERT_ACTIONS_VIEW, id);
      return;
    }
    const before = documents.get<AlertActionDocument>(ALERT_ACTIONS_VIEW, event.stream);
    const after = evolveAlertActionDocument(before, event);
    if (after !== undefined && after !== before) documents.put(ALERT_ACTIONS_VIEW, after);
  },
};
