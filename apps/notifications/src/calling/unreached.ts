import type { ReceiptOutcome } from '@tocsin/contracts';
import { unreachedReason } from '@tocsin/domain';
import type { UnreachedBy } from '@tocsin/domain';

/** What comes of a call that nobody pressed a key in (B25). One that could not be put through may be by another provider. */
export const unreached = (by: UnreachedBy): Extract<ReceiptOutcome, { type: 'failed' }> => ({
  type: 'failed',
  permanent: true,
  reason: unreachedReason(by),
  ...(by === 'failed' ? {} : { isUnreached: true }),
});
