import { passedOver } from '../decider';
import type { AlertActionId, AlertId } from '../ids';
import { ATTEMPT_SAFETY_MS } from '../notification/notification-state';
import { plusMs, type Instant } from '../time';
import type { ActionEvent, ActionEventOf } from './action-events';

export type TriggeredData = Omit<ActionEventOf<'ActionTriggered'>['data'], 'wakeAt'>;

/** A run that is not over. */
export interface PendingRun extends TriggeredData {
  /** Attempts begun so far. */
  readonly attempts: number;
  /** An attempt has no known outcome, so that it may have been done. */
  readonly uncertain: boolean;
  readonly startedAt?: Instant;
  readonly retryAt?: Instant;
}

export interface ActionRuns {
  /** How many there ever were: the ordinal of the last one. */
  readonly runs: number;
  /** In the order in which they will be made; what was begun is ended first. */
  readonly pending: readonly PendingRun[];
  /** What set them off, in their order. */
  readonly heard: readonly TriggeredData['trigger'][];
  /** What was made in the other system. */
  readonly reference?: string;
}

export const initialActionRuns: ActionRuns = { runs: 0, pending: [], heard: [] };

/** One writing service; the alert's first, so that an alert's are found together. */
export const actionStream = (alertId: AlertId, actionId: AlertActionId): string => `action-${alertId}-${actionId}`;

/** When it wants to be woken; null: never by itself. */
export const runDueAt = ({ startedAt, retryAt, dueAt }: PendingRun): Instant =>
  startedAt === undefined ? (retryAt ?? dueAt) : plusMs(startedAt, ATTEMPT_SAFETY_MS);

export const nextActionDue = ({ pending: [next] }: ActionRuns): Instant | null => (next === undefined ? null : runDueAt(next));

export const evolveActionRuns = (state: ActionRuns, event: ActionEvent): ActionRuns => {
  switch (event.type) {
    case 'ActionTriggered': {
      const { wakeAt: _wakeAt, ...run } = event.data;
      const pending = [...state.pending, { ...run, attempts: 0, uncertain: false }];
      return { ...state, runs: run.run, pending: pending.sort(inTurn), heard: [...state.heard, run.trigger] };
    }
    case 'ActionHeldBack': {
      const { run, until } = event.data;
      return changed(state, run, (before) => ({ ...before, retryAt: until }));
    }
    case 'ActionAttempted': {
      const { run, attempt, at, alertRevision, possiblyDuplicate } = event.data;
      return changed(state, run, ({ retryAt: _retryAt, ...before }) => ({
        ...before,
        attempts: attempt,
        startedAt: at,
        alertRevision,
        uncertain: before.uncertain || possiblyDuplicate,
      }));
    }
    case 'ActionAttemptFailed': {
      const { run, retryAt, uncertain } = event.data;
      return changed(state, run, ({ startedAt: _startedAt, ...before }) => ({
        ...before,
        retryAt,
        uncertain: before.uncertain || uncertain,
      }));
    }
    case 'ActionSucceeded': {
      const { run, reference } = event.data;
      return { ...ended(state, run), ...(reference === undefined ? {} : { reference }) };
    }
    case 'ActionFailed':
    case 'ActionCancelled':
      return ended(state, event.data.run);
    default:
      return passedOver(event, state);
  }
};

/** What the durable timer of the stream holds after this event; undefined leaves it. */
export const actionDueOf = (event: ActionEvent): { readonly dueAt: Instant | null } | undefined =>
  'wakeAt' in event.data ? { dueAt: event.data.wakeAt } : undefined;

const inTurn = (a: PendingRun, b: PendingRun): number =>
  Number(b.attempts > 0) - Number(a.attempts > 0) || a.dueAt - b.dueAt || a.run - b.run;

const changed = (state: ActionRuns, run: number, change: (before: PendingRun) => PendingRun): ActionRuns => ({
  ...state,
  pending: state.pending.map((each) => (each.run === run ? change(each) : each)).sort(inTurn),
});

const ended = (state: ActionRuns, run: number): ActionRuns => ({ ...state, pending: state.pending.filter((each) => each.run !== run) });
