import type { Dialect } from '@tocsin/channels';

/** What call-backs of one account for texts and calls are checked and answered with. */
export interface TelephoneAccount {
  readonly dialect: Dialect;
  /** Newest first. */
  readonly signingKeys: readonly string[];
  /** Our numbers there. */
  readonly numbers: readonly string[];
}
