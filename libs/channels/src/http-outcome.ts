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

/** What it means that a provider said no: whether it may say something else to the same message a little later. */
export const outcomeOfRefusal = ({ status, headers }: Pick<OutgoingAnswer, 'status' | 'headers'>): SendOutcome => ({
  type: 'failed',
  permanent: status < 500 && status !== 408 && status !== 429,
  reason: `answered ${status}`,
  ...retryAfterOf(status, headers),
});
