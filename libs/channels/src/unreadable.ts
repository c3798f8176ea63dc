import type { SecretUnreadable } from '@tocsin/platform';
import type { SendOutcome } from './channel';
import { UNTIL_PUT_RIGHT } from './http-outcome';

/** What comes of a message when something stored that it needs cannot be decrypted. A key that was taken off the list may come back. */
export const outcomeOfUnreadable = (what: string, { reason }: SecretUnreadable): SendOutcome => ({
  type: 'failed',
  reason: `${what} cannot be read (${reason})`,
  ...(reason === 'unknown-key' ? UNTIL_PUT_RIGHT : { permanent: true }),
});
