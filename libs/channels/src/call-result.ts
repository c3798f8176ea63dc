import type { SendOutcome } from './channel';

/**
 * What came of a call to somebody's API. `permanent`: never for this message, whatever the time. `uncertain`: it may have been
 * done all the same. `reason` is a code; never a text, a name or a secret.
 */
export type CallResult<Value> = { readonly ok: true; readonly value: Value } | CallFailed;

export interface CallFailed {
  readonly ok: false;
  readonly reason: string;
  readonly permanent: boolean;
  readonly uncertain: boolean;
  readonly retryAfterMs?: number;
  /** The person does not want messages there, or is not there any more. */
  readonly isClosed?: boolean;
}

export const failedCall = (reason: string, about: Partial<Omit<CallFailed, 'ok' | 'reason'>> = {}): CallFailed => ({
  ok: false,
  reason,
  permanent: false,
  uncertain: false,
  ...about,
});

/** What a call that failed means for the message. */
export const outcomeOfCall = (company: string, { reason, permanent, uncertain, retryAfterMs, isClosed }: CallFailed): SendOutcome => {
  const told = `${company}: ${reason}`;
  if (uncertain) return { type: 'unknown', reason: told };
  return {
    type: 'failed',
    permanent,
    reason: told,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(isClosed === true ? { isContactClosed: true } : {}),
  };
};
