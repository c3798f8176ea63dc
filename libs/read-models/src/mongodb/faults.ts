import { mongo } from 'mongoose';
import { ReadStoreFault } from '../read-store';

const { MongoError, MongoServerError } = mongo;

/** What the server says of one document (too large, too deep, parallel arrays): no fault of the store, so the event is parked. */
const ABOUT_A_DOCUMENT: ReadonlySet<unknown> = new Set([2, 9, 15, 52, 171, 10334, 17419, 17420]);
const TIME_IS_UP: ReadonlySet<unknown> = new Set([50, 64, 89, 262]);
/** A cursor's collection was replaced or dropped by a rebuild, under the cursor. */
const READ_AGAIN: ReadonlySet<unknown> = new Set([43, 175, 237]);

const codeOf = (error: unknown): unknown => (error instanceof MongoServerError ? error.code : undefined);

/** A conflict of transactions, an election: the whole transaction can be tried again. */
export const isTransient = (error: unknown): boolean =>
  error instanceof MongoError && (error.hasErrorLabel('TransientTransactionError') || codeOf(error) === 112);

export const isWorthReadingAgain = (error: unknown): boolean => READ_AGAIN.has(codeOf(error));

/** The server has no such collection, index or the like: somebody was faster. */
export const isAlreadySo = (error: unknown): boolean => [26, 48, 11000].includes(codeOf(error) as number);

/** What the port promises to throw; anything that is no fault stays what it is. */
export function faultOf(cause: unknown): unknown {
  if (cause instanceof ReadStoreFault) return cause;
  if (isTimeout(cause)) return new ReadStoreFault('timeout', true, { cause });
  if (cause instanceof MongoServerError && ABOUT_A_DOCUMENT.has(cause.code)) return cause;
  if (isDriversOwn(cause)) return new ReadStoreFault('unavailable', true, { cause });
  return cause;
}

const TIMEOUTS: ReadonlySet<unknown> = new Set(['TimeoutError', 'AbortError', 'MongoNetworkTimeoutError', 'MongoOperationTimeoutError']);

// By name: what a signal is aborted with is made by the platform, and no Error of this realm everywhere.
const isTimeout = (error: unknown): boolean => TIME_IS_UP.has(codeOf(error)) || TIMEOUTS.has(nameOf(error));

// mongoose wraps what happens while it connects.
const isDriversOwn = (error: unknown): boolean =>
  (error instanceof MongoError && error.name !== 'MongoInvalidArgumentError') || /^Mongoose/.test(nameOf(error));

const nameOf = (error: unknown): string => String((error as { readonly name?: unknown } | null | undefined)?.name);
