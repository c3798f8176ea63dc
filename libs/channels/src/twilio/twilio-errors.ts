import type { SendOutcome } from '../channel';

type Failure = Exclude<SendOutcome, { type: 'handed-over' }>;

/** The person texted STOP to the number: nothing may be sent from it. */
const OPTED_OUT = 21_610;

/** What is wrong with the message or its number, and stays so; https://www.twilio.com/docs/api/errors. */
const PERMANENT: ReadonlySet<number> = new Set([
  // No such number, none that can be texted or called, a landline, a carrier or a country that it does not serve.
  ...[21211, 21214, 21215, 21216, 21217, 21219, 21265, 21408, 21612, 21614, 21635],
  ...[13223, 13224, 13227, 13230, 13231, 30004, 30005, 30006],
]);

/** It was not reached at all: nothing was sent. */
const NOT_REACHED: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/** By a code of Twilio, in an answer or a receipt. */
export const failureOfCode = (what: string, code: number): Extract<Failure, { type: 'failed' }> => ({
  type: 'failed',
  permanent: code === OPTED_OUT || PERMANENT.has(code),
  reason: `Twilio ${code} to ${what}`,
  ...(code === OPTED_OUT ? { isContactClosed: true } : {}),
});

/** What came of a request that did not succeed. Nothing of what Twilio says in words is told: it repeats numbers. */
export const failureOf = (what: string, error: unknown): Failure => {
  const { status, code, retryAfterMs } = (error ?? {}) as {
    readonly status?: unknown;
    readonly code?: unknown;
    readonly retryAfterMs?: number;
  };
  const waits = retryAfterMs === undefined ? {} : { retryAfterMs };
  if (typeof status === 'number') {
    // The account, our rate or Twilio itself: may be put right meanwhile, whatever number it was.
    if ([401, 403, 404, 429].includes(status) && !PERMANENT.has(Number(code)) && code !== OPTED_OUT)
      return { type: 'failed', permanent: false, reason: `Twilio HTTP ${status}${typeof code === 'number' ? ` (${code})` : ''}`, ...waits };
    // A gateway in between gave up; the message may have got through.
    if (status === 502 || status === 504) return { type: 'unknown', reason: `Twilio HTTP ${status}` };
    if (status >= 500) return { type: 'failed', permanent: false, reason: `Twilio HTTP ${status}`, ...waits };
    return typeof code === 'number' && code > 0
      ? failureOfCode(what, code)
      : { type: 'failed', permanent: true, reason: `Twilio HTTP ${status}` };
  }
  const cause = typeof code === 'string' ? code : 'no code';
  return NOT_REACHED.has(cause)
    ? { type: 'failed', permanent: false, reason: `Twilio not reached (${cause})` }
    : { type: 'unknown', reason: `no answer from Twilio (${cause})` };
};
