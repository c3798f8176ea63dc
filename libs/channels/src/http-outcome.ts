import { OutgoingFault, OutgoingRefused, retryAfterOf } from '@tocsin/platform';
import type { OutgoingAnswer } from '@tocsin/platform';
import type { SendOutcome } from './channel';

/** What it means that nobody answered; anything else is a bug and thrown on. */
export const outcomeWithoutAnswer = (error: unknown): SendOutcome => {
  if (error instanceof OutgoingRefused) return { type: 'failed', permanent: true, reason: `not called: ${error.reason}` };
  if (!(error instanceof OutgoingFault)) throw error;
  const reason = `no answer (${error.reason})`;
  return error.mayHaveArrived ? { type: 'unknown', reason } : { type: 'failed', permanent: false, reason };
};

/** About our credentials, our account, or where we look for the provider: may be put right meanwhile, whatever message it was. */
export const ABOUT_US: ReadonlySet<number> = new Set([401, 402, 403, 404, 405]);
const NOT_YET = [408, 425, 429];
/** Where the address is ours as well: what may be said otherwise to the same message. */
export const FOR_NOW: ReadonlySet<number> = new Set([...ABOUT_US, ...NOT_YET]);

/** Nobody puts credentials right in seconds: the person's next method does not wait for it. */
export const UNTIL_PUT_RIGHT = { permanent: false, retryAfterMs: 60_000 } as const;

/**
 * What it means that a provider said no: whether it may say something else to the same message a little later. `aboutUs`: by which
 * of its answers it means us, and neither the message nor where it goes.
 */
export const outcomeOfRefusal = (
  { status, headers }: Pick<OutgoingAnswer, 'status' | 'headers'>,
  aboutUs: ReadonlySet<number> = new Set(),
): SendOutcome => ({
  type: 'failed',
  reason: `answered ${status}`,
  ...(aboutUs.has(status) ? UNTIL_PUT_RIGHT : { permanent: status < 500 && !NOT_YET.includes(status), ...retryAfterOf(status, headers) }),
});
