import type { SendOutcome } from '../channel';
import type { Dialect } from './dialect';

type Failure = Exclude<SendOutcome, { type: 'handed-over' }>;

/** The person texted STOP to the number: nothing may be sent from it. */
const OPTED_OUT = 21_610;

/** It was not reached at all: nothing was sent. */
const NOT_REACHED: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/** By a code of the provider, in an answer or a receipt. */
export const failureOfCode = ({ title, permanentCodes }: Dialect, what: string, code: number): Extract<Failure, { type: 'failed' }> => ({
  type: 'failed',
  permanent: code === OPTED_OUT || permanentCodes.has(code),
  reason: `${title} ${code} to ${what}`,
  ...(code === OPTED_OUT ? { isContactClosed: true } : {}),
});

/** What came of a request that did not succeed. Nothing of what the provider says in words is told: it repeats numbers. */
export const failureOf = (dialect: Dialect, what: string, error: unknown): Failure => {
  const { title, permanentCodes } = dialect;
  const { status, code, retryAfterMs } = (error ?? {}) as {
    readonly status?: unknown;
    readonly code?: unknown;
    readonly retryAfterMs?: number;
  };
  const waits = retryAfterMs === undefined ? {} : { retryAfterMs };
  if (typeof status === 'number') {
    const number = Number(code ?? 0);
    const isCode = Number.isSafeInteger(number) && number > 0;
    // The account, our rate or the provider itself: may be put right meanwhile, whatever number it was.
    if ([401, 403, 404, 429].includes(status) && !permanentCodes.has(number) && number !== OPTED_OUT)
      return { type: 'failed', permanent: false, reason: `${title} HTTP ${status}${isCode ? ` (${number})` : ''}`, ...waits };
    // A gateway in between gave up; the message may have got through.
    if (status === 502 || status === 504) return { type: 'unknown', reason: `${title} HTTP ${status}` };
    if (status >= 500) return { type: 'failed', permanent: false, reason: `${title} HTTP ${status}`, ...waits };
    return isCode ? failureOfCode(dialect, what, number) : { type: 'failed', permanent: true, reason: `${title} HTTP ${status}` };
  }
  const cause = typeof code === 'string' ? code : 'no code';
  return NOT_REACHED.has(cause)
    ? { type: 'failed', permanent: false, reason: `${title} not reached (${cause})` }
    : { type: 'unknown', reason: `no answer from ${title} (${cause})` };
};
