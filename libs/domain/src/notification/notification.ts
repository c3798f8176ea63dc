import { assertNever, type Decider } from '../decider';
import type { PreferenceId } from '../ids';
import { plusMs, type Instant } from '../time';
import type { BroughtForwardReason, CancelReason, NotificationEvent, NotificationPurpose } from './notification-events';
import {
  ATTEMPT_SAFETY_MS,
  evolveNotification,
  initialNotification,
  isFinal,
  LINE_BUSY,
  nextNotificationDue,
  RECEIPT_WAIT_MS,
  USUAL_RECEIPT_MS,
  type Notification,
  type OpenNotification,
  type PlannedData,
} from './notification-state';

export type NotificationCommand =
  /** `held`: it is on record, with the reason why nothing is sent. Both in one append, so that no timer can come between. */
  | { readonly type: 'plan'; readonly data: PlannedData; readonly held?: string }
  /** Before an attempt, with what is known of the alert by now; changes nothing before its time. */
  | {
      readonly type: 'startAttempt';
      readonly at: Instant;
      readonly provider: string;
      readonly alert: 'wanted' | { readonly stopped: CancelReason };
      /** Attempts begun before it were ended by a crash for certain: there is nobody left who could be making them. */
      readonly interruptedBefore?: Instant;
      /** It goes out in one message with others. */
      readonly bundle?: { readonly id: number; readonly size: number };
    }
  /** After the attempt was recorded the alert's stream said that the page is not wanted: the provider was not called (P5). */
  | { readonly type: 'abandonAttempt'; readonly at: Instant; readonly attempt: number; readonly reason: CancelReason }
  | {
      readonly type: 'recordHandedOver';
      readonly at: Instant;
      readonly attempt: number;
      readonly provider: string;
      readonly reference?: string;
      readonly receiptExpected: boolean;
    }
  | { readonly type: 'recordDelivered'; readonly at: Instant; readonly provider: string }
  | {
      readonly type: 'recordFailed';
      readonly at: Instant;
      readonly attempt: number;
      readonly provider: string;
      readonly reason: string;
      readonly retriable: boolean;
      /** A timeout or a lost connection: it may have been sent all the same. */
      readonly uncertain: boolean;
      /** From 0 to below 1, by chance: spreads the retries of many pages after an outage. */
      readonly jitter: number;
      /** The provider wants to be left alone for so long. */
      readonly retryAfterMs?: number;
      /** Another provider of the method was not tried yet: no waiting (P10). */
      readonly otherProviderLeft: boolean;
      /** The person does not want messages there: nobody is asked again. */
      readonly isContactClosed?: boolean;
      /** It came to their telephone, and they were not reached there: nobody else is asked to ring it (B25). */
      readonly isUnreached?: boolean;
    }
  | { readonly type: 'cancel'; readonly at: Instant; readonly reason: CancelReason }
  /** Held back with its reason: until then, or for good. */
  | { readonly type: 'hold'; readonly at: Instant; readonly reason: string; readonly until?: Instant; readonly bundle?: number }
  /** No receipt has come in its usual time, or at all. */
  | { readonly type: 'expireReceipt'; readonly at: Instant }
  /** A method before it did not reach the person; or, where a call is held, the call before it is over. */
  | {
      readonly type: 'bringForward';
      readonly at: Instant;
      readonly because: BroughtForwardReason;
      readonly insteadOf?: PreferenceId;
    };

type Command<Type extends NotificationCommand['type']> = Extract<NotificationCommand, { type: Type }>;

const FIRST_RETRY_MS = 5_000;
const LONGEST_RETRY_MS = 300_000;

/** How long failing attempts go on after the time the message was due. A link, a code or a test is of no use later. */
const maxAgeMs: Readonly<Record<NotificationPurpose, number>> = {
  page: 24 * 3_600_000,
  fallback: 24 * 3_600_000,
  test: 600_000,
  'sign-in': 600_000,
  verification: 600_000,
  update: 3_600_000,
  duty: 3_600_000,
  subscription: 3_600_000,
};

/** 5 s, doubled with each attempt, at most 5 min; chance takes up to half of it away. */
export const retryDelayMs = (attempt: number, jitter: number): number =>
  Math.round(Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (attempt - 1)) * (1 - jitter / 2));

const SOONEST_AGAIN_MS = 15_000;
const LATEST_AGAIN_MS = 300_000;

/** When a message that found no room with any provider asks again: after as long as it has been due for, within limits. */
export const roomAskedAgainAt = ({ dueAt }: Pick<PlannedData, 'dueAt'>, at: Instant): Instant =>
  plusMs(at, Math.min(LATEST_AGAIN_MS, Math.max(SOONEST_AGAIN_MS, at - dueAt)));

/** The same over all attempts, so that a provider that knows such keys sends once. */
const idempotencyKey = (plan: PlannedData, bundle: Command<'startAttempt'>['bundle']): string =>
  bundle === undefined ? `notification-${plan.notificationId}` : bundleStream(bundle.id);

/** Of what went out in one message. */
export const bundleStream = (bundle: number): string => `bundle-${bundle}`;

const cancelled = (at: Instant, reason: CancelReason, possiblyHandedOver: boolean): readonly NotificationEvent[] => [
  { type: 'NotificationCancelled', data: { at, reason, possiblyHandedOver } },
];

const plan = ({ data, held }: Command<'plan'>): readonly NotificationEvent[] => [
  { type: 'NotificationPlanned', data },
  ...(held === undefined ? [] : [{ type: 'NotificationHeld' as const, data: { at: data.at, reason: held } }]),
];

/** Whether it is time for an attempt: the first one, another one, or one again that a crash has ended. */
export const isAttemptDue = (
  state: Notification,
  { at, interruptedBefore }: Pick<Command<'startAttempt'>, 'at' | 'interruptedBefore'>,
): state is OpenNotification => {
  if (!('attempts' in state) || state.status === 'handed-over' || isFinal(state)) return false;
  const isInterrupted = state.status === 'attempting' && interruptedBefore !== undefined && state.startedAt < interruptedBefore;
  const dueAt = isInterrupted ? state.startedAt : nextNotificationDue(state);
  return dueAt !== null && dueAt <= at;
};

const startAttempt = (command: Command<'startAttempt'>, state: Notification): readonly NotificationEvent[] => {
  const { at, provider, alert, bundle } = command;
  if (!isAttemptDue(state, command)) return [];
  // An attempt that is still open by now was lost in a crash, after the provider took it or before: nobody knows.
  const possiblyDuplicate = state.uncertain || state.status === 'attempting';
  if (alert !== 'wanted') return cancelled(at, alert.stopped, possiblyDuplicate);
  const { plan, attempts } = state;
  if (state.status === 'attempting' && at > plan.dueAt + maxAgeMs[plan.purpose])
    return [{ type: 'NotificationFailed', data: { at, reason: 'no-outcome' } }];
  const lateMs = Math.max(0, at - plan.dueAt);
  const together = messageOf(state, bundle);
  const begun = { at, attempt: attempts + 1, provider, key: idempotencyKey(plan, together), lateMs, possiblyDuplicate };
  return [{ type: 'AttemptStarted', data: { ...begun, ...(together === undefined ? {} : { bundle: together }) } }];
};

/** In which message it goes. What went in one with others is repeated as that one, also when the others have arrived: under its key. */
const messageOf = ({ attempts, bundle: inBundle }: OpenNotification, asked: Command<'startAttempt'>['bundle']) => {
  if (attempts === 0 || inBundle === asked?.id) return asked;
  return inBundle === undefined ? undefined : { id: inBundle, size: 1 };
};

const abandonAttempt = ({ at, attempt, reason }: Command<'abandonAttempt'>, state: Notification): readonly NotificationEvent[] =>
  state.status === 'attempting' && state.attempts === attempt ? cancelled(at, reason, state.uncertain) : [];

const recordHandedOver = (command: Command<'recordHandedOver'>, state: Notification): readonly NotificationEvent[] => {
  const { at, attempt, provider, reference, receiptExpected } = command;
  const taken = { at, attempt, provider, ...(reference === undefined ? {} : { reference }) };
  switch (state.status) {
    case 'attempting':
    case 'retrying':
    case 'held':
      // A late answer to an attempt that was given up before is an answer all the same.
      if (attempt > state.attempts || attempt < 1) return [];
      if (state.status === 'held' && state.until === null) return [];
      // Not when its receipt has overtaken it and said that it failed.
      if (state.status !== 'attempting' && attempt === state.attempts && !state.uncertain) return [];
      return [
        {
          type: 'HandedOver',
          data: {
            ...taken,
            receiptExpected,
            possiblyDuplicate: state.uncertain || attempt < state.attempts,
            ...(receiptExpected ? { receiptBy: plusMs(at, USUAL_RECEIPT_MS[state.plan.method]) } : {}),
          },
        },
      ];
    case 'cancelled':
      // It crossed with the answer (B9): its reference allows to take it back where the provider can; no receipt is awaited.
      if (!state.possiblyHandedOver || state.crossed) return [];
      return [{ type: 'HandedOver', data: { ...taken, receiptExpected: false, possiblyDuplicate: false } }];
    default:
      return [];
  }
};

const recordDelivered = ({ at, provider }: Command<'recordDelivered'>, state: Notification): readonly NotificationEvent[] => {
  // A receipt can overtake the provider's own answer.
  const isExpected =
    state.status === 'attempting' ||
    state.status === 'retrying' ||
    (state.status === 'held' && state.until !== null) ||
    (state.status === 'handed-over' && state.receiptExpected);
  return isExpected && state.attempts > 0 ? [{ type: 'Delivered', data: { at, provider } }] : [];
};

const recordFailed = (command: Command<'recordFailed'>, state: Notification): readonly NotificationEvent[] => {
  const { at, attempt, provider, reason, retriable, uncertain, jitter, otherProviderLeft } = command;
  const isOpenAttempt = state.status === 'attempting' || (state.status === 'handed-over' && state.receiptExpected);
  const isMadeAgain = state.status === 'retrying' || (state.status === 'held' && state.until !== null);
  // Of an attempt whose answer was lost it may come out yet that nobody is to be reached that way (B25).
  const isAboutIt = isOpenAttempt || (command.isUnreached === true && isMadeAgain);
  // The failure of an attempt that another one has followed since decides nothing any more.
  if (!isAboutIt || state.attempts !== attempt) return [];
  const { failedInRound, refusedBy, plan } = state;
  const waitMs = Math.max(command.retryAfterMs ?? 0, retryDelayMs(attempt - failedInRound.length, jitter));
  const retryAt = otherProviderLeft ? at : plusMs(at, waitMs);
  const isTooOld = retryAt > plan.dueAt + maxAgeMs[plan.purpose];
  // One that failed for now, before this one in the round, can be asked again.
  const canSucceed =
    command.isContactClosed !== true &&
    command.isUnreached !== true &&
    (retriable || otherProviderLeft || failedInRound.some((other) => other !== provider && !refusedBy.includes(other)));
  if (!canSucceed || isTooOld) return [{ type: 'NotificationFailed', data: { at, reason } }];
  const told = { at, attempt, provider, reason, retryAt, uncertain, ...(retriable ? {} : { permanent: true }) };
  return [{ type: 'AttemptFailed', data: told }];
};

const cancel = ({ at, reason }: Command<'cancel'>, state: Notification): readonly NotificationEvent[] => {
  switch (state.status) {
    case 'planned':
    case 'retrying':
      return cancelled(at, reason, state.uncertain);
    case 'held':
      return state.until === null ? [] : cancelled(at, reason, state.uncertain);
    case 'attempting':
      return cancelled(at, reason, true);
    default:
      return [];
  }
};

const hold = ({ at, reason, until, bundle }: Command<'hold'>, state: Notification): readonly NotificationEvent[] => {
  const isWaiting =
    state.status === 'planned' ||
    state.status === 'retrying' ||
    (state.status === 'held' && state.until !== null) ||
    // Nobody is making it any more, and it would be made again now.
    (state.status === 'attempting' && until !== undefined && plusMs(state.startedAt, ATTEMPT_SAFETY_MS) <= at);
  if (!isWaiting || (state.status === 'held' && state.until === until && state.reason === reason)) return [];
  // What a provider may have been given already goes again as the message that it was.
  if (bundle !== undefined && state.attempts > 0) return [];
  const waits = { ...(until === undefined ? {} : { until }), ...(bundle === undefined ? {} : { bundle }) };
  return [{ type: 'NotificationHeld', data: { at, reason, ...waits } }];
};

const expireReceipt = ({ at }: Command<'expireReceipt'>, state: Notification): readonly NotificationEvent[] => {
  if (state.status !== 'handed-over') return [];
  const dueAt = nextNotificationDue(state);
  if (dueAt === null || dueAt > at) return [];
  const until = plusMs(state.at, RECEIPT_WAIT_MS);
  return state.overdue || until <= at
    ? [{ type: 'NotificationFailed', data: { at, reason: 'no-receipt' } }]
    : [{ type: 'ReceiptOverdue', data: { at, provider: state.provider, until } }];
};

const bringForward = ({ at, because, insteadOf }: Command<'bringForward'>, state: Notification): readonly NotificationEvent[] => {
  const isLater =
    because === 'line-free'
      ? state.status === 'held' && state.reason === LINE_BUSY && state.until !== null && state.until > at
      : state.status === 'planned' && state.plan.dueAt > at;
  if (!isLater) return [];
  return [{ type: 'NotificationBroughtForward', data: { at, dueAt: at, because, ...(insteadOf === undefined ? {} : { insteadOf }) } }];
};

/**
 * One message to one person by one method, from its plan to its end. Every attempt is recorded before the provider is
 * called and repeated under the same key when its outcome got lost; a command that comes again changes nothing.
 */
export const notificationDecider: Decider<NotificationCommand, Notification, NotificationEvent> = {
  initial: initialNotification,
  decide: (command, state) => {
    switch (command.type) {
      case 'plan':
        return state.status === 'absent' ? plan(command) : [];
      case 'startAttempt':
        return startAttempt(command, state);
      case 'abandonAttempt':
        return abandonAttempt(command, state);
      case 'recordHandedOver':
        return recordHandedOver(command, state);
      case 'recordDelivered':
        return recordDelivered(command, state);
      case 'recordFailed':
        return recordFailed(command, state);
      case 'cancel':
        return cancel(command, state);
      case 'hold':
        return hold(command, state);
      case 'expireReceipt':
        return expireReceipt(command, state);
      case 'bringForward':
        return bringForward(command, state);
      default:
        return assertNever(command);
    }
  },
  evolve: evolveNotification,
};
