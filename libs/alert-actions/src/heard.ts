import { isNotNow, OutgoingFault, OutgoingRefused, retryAfterOf } from '@tocsin/platform';
import type { OutgoingAnswer } from '@tocsin/platform';
import type { ActionOutcome } from './action-kind';

const LONGEST_EXCERPT = 500;

const excerptOf = ({ body }: OutgoingAnswer): { readonly excerpt?: string } =>
  body === '' ? {} : { excerpt: body.slice(0, LONGEST_EXCERPT) };

/** What an HTTP answer means: 2xx is done and nothing else is. */
export const outcomeOfAnswer = (answer: OutgoingAnswer, reference?: string): ActionOutcome => {
  const { status } = answer;
  const heard = { status, ...excerptOf(answer) };
  if (status >= 200 && status < 300) return { type: 'done', ...heard, ...(reference === undefined ? {} : { reference }) };
  const failed = { type: 'failed', uncertain: false, ...heard } as const;
  if (isNotNow(status)) return { ...failed, reason: 'overloaded', retriable: true, ...retryAfterOf(status, answer.headers) };
  if (status >= 500) return { ...failed, reason: 'server-error', retriable: true, uncertain: true };
  if (status >= 300 && status < 400) return { ...failed, reason: 'redirected', retriable: false };
  if (status === 401 || status === 403) return { ...failed, reason: 'unauthorised', retriable: false };
  return { ...failed, reason: 'rejected', retriable: false };
};

/** What came of a call that was answered by nobody. Anything else is thrown on: it is a bug. */
export const outcomeOfError = (error: unknown): ActionOutcome => {
  if (error instanceof OutgoingRefused) return { type: 'failed', reason: 'refused-url', retriable: false, uncertain: false };
  if (error instanceof OutgoingFault) return { type: 'failed', reason: error.reason, retriable: true, uncertain: error.mayHaveArrived };
  throw error;
};
