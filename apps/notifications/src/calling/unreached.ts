import type { ReceiptOutcome } from '@tocsin/contracts';
import { cameThrough, unreachedReason } from '@tocsin/domain';
import type { UnreachedBy } from '@tocsin/domain';

/** What comes of a call that nobody pressed a key in (B25). */
export const unreached = (by: UnreachedBy): Extract<ReceiptOutcome, { type: 'failed' }> => ({
  type: 'failed',
  permanent: true,
  reason: unreachedReason(by),
  ...(cameThrough(by) ? { isUnreached: true } : {}),
});
