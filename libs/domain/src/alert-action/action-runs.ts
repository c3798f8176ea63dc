import { assertNever, fold, type Decider } from '../decider';
import { retryDelayMs } from '../notification/notification';
import { plusMs, type Instant } from '../time';
import type { ActionAnswer, ActionCancelReason, ActionEvent } from './action-events';
import {
  evolveActionRuns,
  initialActionRuns,
  nextActionDue,
  runDueAt,
  type ActionRuns,
  type PendingRun,
  type TriggeredData,
} from './action-state';

export type ActionCommand =
  /** `isOnce`: of one that would set itself off again; the same trigger a second time is put on record and not done. */
  | { readonly type: 'trigger'; readonly data: Omit<TriggeredData, 'run'>; readonly isOnce?: boolean }
  /** Before an attempt of the run whose turn it is; changes nothing before its time. */
  | {
      readonly type: 'startAttempt';
      readonly at: Instant;
      /** The last fact of the alert as it was read now. */
      readonly alertRevision: number;
      /** Why nothing is wanted of the run any more, by what is known now. */
      readonly stopped?: (run: PendingRun) => ActionCancelReason | undefined;
      /** Attempts begun before it were ended by a crash for certain: there is nobody left who could be making them. */
      readonly interruptedBefore?: Instant;
    }
  /** Before an attempt, in its place: there is no room for it before `until`. */
  | { readonly type: 'holdBack'; readonly at: Instant; readonly run: number; readonly until: Instant }
  | ({
      readonly type: 'recordSucceeded';
      readonly at: Instant;
      readonly run: number;
      readonly attempt: number;
      readonly reference?: string;
    } & ActionAnswer)
  | ({
      readonly type: 'recordFailed';
      readonly at: Instant;
      readonly run: number;
      readonly attempt: number;
      readonly reason: string;
      readonly retriable: boolean;
      /** A timeout or a lost connection: it may have been done all the same. */
      readonly uncertain: boolean;
      /** From 0 to below 1, by chance: spreads the retries after an outage. */
      readonly jitter: number;
      /** The other system asked for so much patience. */
      readonly notBefore?: Instant;
    } & ActionAnswer);

type Command<Type extends ActionCommand['type']> = Extract<ActionCommand, { type: Type }>;
type Unwoken = ActionEvent extends infer E ? (E extends ActionEvent ? { type: E['type']; data: Omit<E['data'], 'wakeAt'> } : never) : never;

const HOUR_MS = 3_600_000;
const RETRIED_FOR_MS = 24 * HOUR_MS;
/** Whoever pressed a button looks at what comes of it, and presses again. */
const MANUAL_RETRIED_FOR_MS = 600_000;
const LONGEST_PATIENCE_MS = HOUR_MS;

const lastRetry = ({ trigger, dueAt }: PendingRun): Instant => plusMs(dueAt, trigger === 'manual' ? MANUAL_RETRIED_FOR_MS : RETRIED_FOR_MS);

const answerOf = ({ status, excerpt }: ActionAnswer): ActionAnswer => ({
  ...(status === undefined ? {} : { status }),
  ...(excerpt === undefined ? {} : { excerpt }),
});

/** Whether the run is the one whose turn and time it is, and nobody is at it. */
export const isRunDue = (run: PendingRun | undefined, at: Instant): run is PendingRun =>
  run !== undefined && run.startedAt === undefined && runDueAt(run) <= at;

const trigger = ({ data, isOnce = false }: Command<'trigger'>, { runs, heard }: ActionRuns): readonly Unwoken[] => {
  const run = runs + 1;
  const triggered: Unwoken = { type: 'ActionTriggered', data: { run, ...data } };
  const before = isOnce ? heard.filter((known) => known === data.trigger).length : 0;
  if (before === 0) return [triggered];
  // The second time tells why nothing is done; an escalation that goes on for long would tell it level by level.
  if (before > 1) return [];
  return [triggered, { type: 'ActionCancelled', data: { run, at: data.at, reason: 'once-per-alert', possiblyDone: false } }];
};

const holdBack = ({ at, run, until }: Command<'holdBack'>, { pending: [next] }: ActionRuns): readonly Unwoken[] =>
  isRunDue(next, at) && next.run === run && until > at ? [{ type: 'ActionHeldBack', data: { run, at, until } }] : [];

const startAttempt = (command: Command<'startAttempt'>, { pending: [run] }: ActionRuns): readonly Unwoken[] => {
  const { at, interruptedBefore, stopped } = command;
  if (run === undefined) return [];
  const isInterrupted = run.startedAt !== undefined && interruptedBefore !== undefined && run.startedAt < interruptedBefore;
  if (!isInterrupted && runDueAt(run) > at) return [];
  // An attempt that is still open by now was lost in a crash, after the call or before: nobody knows.
  const possiblyDuplicate = run.uncertain || run.startedAt !== undefined;
  const reason = stopped?.(run);
  if (reason !== undefined) return [{ type: 'ActionCancelled', data: { run: run.run, at, reason, possiblyDone: possiblyDuplicate } }];
  if (run.startedAt !== undefined && at > lastRetry(run))
    return [{ type: 'ActionFailed', data: { run: run.run, at, reason: 'no-outcome' } }];
  const { alertRevision = command.alertRevision, attempts, dueAt } = run;
  const lateMs = Math.max(0, at - dueAt);
  return [{ type: 'ActionAttempted', data: { run: run.run, at, attempt: attempts + 1, alertRevision, lateMs, possiblyDuplicate } }];
};

/** The one that an outcome is of, unless another attempt has followed since. */
const openAttempt = ({ pending }: ActionRuns, { run, attempt }: { readonly run: number; readonly attempt: number }) =>
  pending.find((each) => each.run === run && each.attempts === attempt && each.startedAt !== undefined);

const recordSucceeded = (command: Command<'recordSucceeded'>, { pending }: ActionRuns): readonly Unwoken[] => {
  const { run, attempt, at, reference } = command;
  // A late answer to an attempt that was given up before is an answer all the same.
  const isExpected = pending.some((each) => each.run === run && attempt >= 1 && attempt <= each.attempts);
  if (!isExpected) return [];
  return [{ type: 'ActionSucceeded', data: { run, at, attempt, ...(reference === undefined ? {} : { reference }), ...answerOf(command) } }];
};

const recordFailed = (command: Command<'recordFailed'>, state: ActionRuns): readonly Unwoken[] => {
  const { run, attempt, at, reason, retriable, uncertain, jitter, notBefore = at } = command;
  const open = openAttempt(state, command);
  if (open === undefined) return [];
  const patience = Math.min(notBefore, plusMs(at, LONGEST_PATIENCE_MS));
  const retryAt = Math.max(plusMs(at, retryDelayMs(attempt, jitter)), patience) as Instant;
  if (!retriable || retryAt > lastRetry(open)) return [{ type: 'ActionFailed', data: { run, at, reason, ...answerOf(command) } }];
  return [{ type: 'ActionAttemptFailed', data: { run, at, attempt, reason, retryAt, uncertain, ...answerOf(command) } }];
};

const decide = (command: ActionCommand, state: ActionRuns): readonly Unwoken[] => {
  switch (command.type) {
    case 'trigger':
      return trigger(command, state);
    case 'startAttempt':
      return startAttempt(command, state);
    case 'holdBack':
      return holdBack(command, state);
    case 'recordSucceeded':
      return recordSucceeded(command, state);
    case 'recordFailed':
      return recordFailed(command, state);
    default:
      return assertNever(command);
  }
};

/**
 * What one action does for one alert. Every attempt is recorded before the other system is called and repeated under the same
 * delivery id when its outcome got lost. A trigger is not recognised by what it says: who handles it sees to it that the same
 * fact is handled once.
 */
export const actionDecider: Decider<ActionCommand, ActionRuns, ActionEvent> = {
  initial: initialActionRuns,
  decide: (command, state) => {
    const unwoken = decide(command, state).map((event) => ({ ...event, data: { ...event.data, wakeAt: null } }) as ActionEvent);
    const wakeAt = nextActionDue(fold(actionDecider, unwoken, state));
    return unwoken.map((event) => ({ ...event, data: { ...event.data, wakeAt } }) as ActionEvent);
  },
  evolve: evolveActionRuns,
};

/** How a run ended, in words of a closed set; undefined while it goes on. */
export interface ActionEnd {
  readonly outcome: 'succeeded' | 'failed' | 'cancelled';
  readonly reason: string;
}

export const actionEndOf = (event: ActionEvent): ActionEnd | undefined => {
  switch (event.type) {
    case 'ActionSucceeded':
      return { outcome: 'succeeded', reason: 'none' };
    case 'ActionFailed':
      return { outcome: 'failed', reason: event.data.reason };
    case 'ActionCancelled':
      return { outcome: 'cancelled', reason: event.data.reason };
    default:
      return undefined;
  }
};
