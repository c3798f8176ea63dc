import { assertNever, passedOver } from '../decider';
import type { NotificationMethod } from '../configuration/resources';
import { plusMs, type Instant } from '../time';
import type { CancelReason, HeldBackReason, NotificationEvent, NotificationEventOf } from './notification-events';

export type PlannedData = NotificationEventOf<'NotificationPlanned'>['data'];

/** As it was planned, and moved since. */
export type Plan = PlannedData & Pick<NotificationEventOf<'NotificationBroughtForward'>['data'], 'insteadOf'>;

interface Open {
  readonly plan: Plan;
  /** Attempts begun so far. */
  readonly attempts: number;
  /** An attempt has no known outcome, so that the provider may have sent it. */
  readonly uncertain: boolean;
  /** Providers that failed since all of them were last tried: the others come first. */
  readonly failedInRound: readonly string[];
  /** Providers that will never take it. */
  readonly refusedBy: readonly string[];
  /** It goes out, or went out, in one message with others. */
  readonly bundle?: number;
}

export type Notification =
  | { readonly status: 'absent' }
  | ({ readonly status: 'planned' } & Open)
  /** Held back until then, and looked at again. Without `until` it is held for good, which is an end. */
  | ({ readonly status: 'held'; readonly reason: string; readonly until: Instant | null } & Open)
  | ({ readonly status: 'attempting'; readonly startedAt: Instant; readonly provider: string } & Open)
  | ({ readonly status: 'retrying'; readonly retryAt: Instant; readonly reason: string } & Open)
  | ({
      readonly status: 'handed-over';
      readonly provider: string;
      /** The provider's name for it. */
      readonly reference?: string;
      readonly at: Instant;
      readonly receiptExpected: boolean;
      readonly receiptBy: Instant;
      readonly overdue: boolean;
    } & Open)
  | { readonly status: 'delivered'; readonly plan: Plan; readonly provider: string }
  | { readonly status: 'failed'; readonly plan: Plan; readonly reason: string }
  /** `crossed`: the provider took it while it was being cancelled. */
  | {
      readonly status: 'cancelled';
      readonly plan: Plan;
      readonly reason: CancelReason;
      readonly possiblyHandedOver: boolean;
      readonly crossed: boolean;
    };

export const initialNotification: Notification = { status: 'absent' };

/** After so long without an outcome, an attempt counts as lost in a crash and is made again. Calls to providers give up sooner. */
export const ATTEMPT_SAFETY_MS = 60_000;
/** Carriers that report at all do so within their own validity period. */
export const RECEIPT_WAIT_MS = 4 * 3_600_000;
/** When a receipt has usually come, for who is reached at all. */
export const USUAL_RECEIPT_MS: Readonly<Record<NotificationMethod, number>> = {
  EMAIL: 300_000,
  SMS: 120_000,
  PUSH: 60_000,
  VOICE: 120_000,
  WHATSAPP: 120_000,
  TELEGRAM: 120_000,
  SLACK: 120_000,
  TEAMS: 120_000,
};

/** Why a call is held: another one to the same number is under way. */
export const LINE_BUSY = 'line-busy' satisfies HeldBackReason;

/** Why a message is held: its providers have as many under way as they take at once. */
export const PROVIDER_BUSY = 'provider-busy' satisfies HeldBackReason;

/** Something may still come of it. */
export type OpenNotification = Extract<Notification, Open>;

const isOpen = (state: Notification): state is OpenNotification => 'attempts' in state;

export const evolveNotification = (state: Notification, event: NotificationEvent): Notification => {
  if (event.type === 'NotificationPlanned')
    return { status: 'planned', plan: event.data, attempts: 0, uncertain: false, failedInRound: [], refusedBy: [] };
  if (state.status === 'cancelled' && event.type === 'HandedOver') return { ...state, crossed: true };
  if (!isOpen(state)) return state;
  const { plan, attempts, uncertain, failedInRound, refusedBy, bundle: inBundle } = state;
  const bundled = inBundle === undefined ? {} : { bundle: inBundle };
  const open: Open = { plan, attempts, uncertain, failedInRound, refusedBy, ...bundled };
  switch (event.type) {
    case 'AttemptStarted': {
      const { attempt, at, provider, possiblyDuplicate, bundle } = event.data;
      const { bundle: _waitedIn, ...rest } = open;
      return {
        ...rest,
        status: 'attempting',
        attempts: attempt,
        startedAt: at,
        provider,
        uncertain: uncertain || possiblyDuplicate,
        ...(bundle === undefined ? {} : { bundle: bundle.id }),
      };
    }
    case 'AttemptFailed': {
      const { reason, retryAt, at, provider, permanent } = event.data;
      return {
        ...open,
        status: 'retrying',
        retryAt,
        reason,
        uncertain: uncertain || event.data.uncertain,
        // Whoever is waited for has had all of them fail.
        failedInRound: retryAt > at ? [] : [...failedInRound, provider],
        refusedBy: permanent === true ? [...refusedBy, provider] : refusedBy,
      };
    }
    case 'HandedOver': {
      const { provider, reference, at, receiptExpected, receiptBy = plusMs(at, RECEIPT_WAIT_MS) } = event.data;
      const taken = { provider, ...(reference === undefined ? {} : { reference }), at, receiptExpected, receiptBy };
      return { ...open, status: 'handed-over', ...taken, overdue: false };
    }
    case 'ReceiptOverdue':
      return state.status === 'handed-over' ? { ...state, receiptBy: event.data.until, overdue: true } : state;
    case 'NotificationBroughtForward': {
      const { dueAt, insteadOf } = event.data;
      if (state.status === 'held') return { ...state, until: dueAt };
      return { ...state, plan: { ...plan, dueAt, ...(insteadOf === undefined ? {} : { insteadOf }) } };
    }
    case 'NotificationHeld': {
      const { reason, until, bundle } = event.data;
      // What waits for others is not late for having waited.
      const waiting = bundle === undefined ? {} : { bundle, plan: { ...plan, dueAt: until ?? plan.dueAt } };
      return { ...open, ...waiting, status: 'held', reason, until: until ?? null, uncertain: uncertain || state.status === 'attempting' };
    }
    case 'Delivered':
      return { status: 'delivered', plan, provider: event.data.provider };
    case 'NotificationFailed':
      return { status: 'failed', plan, reason: event.data.reason };
    case 'NotificationCancelled': {
      const { reason, possiblyHandedOver } = event.data;
      return { status: 'cancelled', plan, reason, possiblyHandedOver, crossed: false };
    }
    default:
      return passedOver(event, state);
  }
};

/** An end has been reached, and it stays (P7). */
export const isFinal = (state: Notification): boolean => {
  switch (state.status) {
    case 'delivered':
    case 'failed':
    case 'cancelled':
      return true;
    case 'held':
      return state.until === null;
    case 'handed-over':
      return !state.receiptExpected;
    default:
      return false;
  }
};

/** What the durable timer of the stream holds after this event, told from the event alone: null clears it, undefined leaves it. */
export const notificationDueOf = (event: NotificationEvent): { readonly dueAt: Instant | null } | undefined => {
  switch (event.type) {
    case 'NotificationPlanned':
      return { dueAt: event.data.dueAt };
    case 'AttemptStarted':
      return { dueAt: plusMs(event.data.at, ATTEMPT_SAFETY_MS) };
    case 'AttemptFailed':
      return { dueAt: event.data.retryAt };
    case 'HandedOver':
      return { dueAt: event.data.receiptExpected ? (event.data.receiptBy ?? plusMs(event.data.at, RECEIPT_WAIT_MS)) : null };
    case 'ReceiptOverdue':
      return { dueAt: event.data.until };
    case 'NotificationBroughtForward':
      return { dueAt: event.data.dueAt };
    case 'NotificationHeld':
      return { dueAt: event.data.until ?? null };
    case 'Delivered':
    case 'NotificationFailed':
    case 'NotificationCancelled':
      return { dueAt: null };
    default:
      return passedOver(event, undefined);
  }
};

/** When the notification wants to be woken; null: never by itself. */
export const nextNotificationDue = (state: Notification): Instant | null => {
  switch (state.status) {
    case 'planned':
      return state.plan.dueAt;
    case 'attempting':
      return plusMs(state.startedAt, ATTEMPT_SAFETY_MS);
    case 'retrying':
      return state.retryAt;
    case 'held':
      return state.until;
    case 'handed-over':
      return state.receiptExpected ? state.receiptBy : null;
    default:
      return null;
  }
};

/** The API's word for it (B7); `state` and `reason` are additions. Cancelled ones are listed only when asked for, unless they crossed. */
export interface NotificationStatus {
  readonly status: 'SCHEDULED' | 'SUCCESS' | 'ERROR';
  readonly state: Exclude<Notification['status'], 'absent'>;
  readonly reason?: string;
}

export const notificationStatus = (state: Exclude<Notification, { status: 'absent' }>): NotificationStatus => {
  switch (state.status) {
    case 'planned':
    case 'attempting':
      return { status: 'SCHEDULED', state: state.status };
    case 'retrying':
    case 'held':
      return { status: 'SCHEDULED', state: state.status, reason: state.reason };
    case 'cancelled':
      return { status: state.crossed ? 'SUCCESS' : 'SCHEDULED', state: state.status, reason: state.reason };
    case 'handed-over':
      return { status: state.receiptExpected ? 'SCHEDULED' : 'SUCCESS', state: state.status };
    case 'delivered':
      return { status: 'SUCCESS', state: state.status };
    case 'failed':
      return { status: 'ERROR', state: state.status, reason: state.reason };
    default:
      return assertNever(state);
  }
};
