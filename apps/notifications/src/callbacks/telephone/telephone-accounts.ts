import type { Dialect } from '@tocsin/channels';
import type { TelephoneAccount } from './telephone-account';
import { TelephoneCallbacks } from './telephone-callbacks';
import type { TelephoneParts } from './telephone-callbacks';

/** The accounts that text and call for us. */
export class TelephoneAccounts {
  /** Our numbers, of all of them. */
  readonly numbers: readonly string[];
  private readonly callbacks: ReadonlyMap<string, TelephoneCallbacks>;

  constructor(accounts: readonly TelephoneAccount[], parts: TelephoneParts) {
    this.numbers = numbersOf(accounts);
    this.callbacks = new Map(accounts.map((account) => [account.dialect.provider, new TelephoneCallbacks(account, parts)]));
  }

  /** What it tells us. It has no call-backs while it is off, and then none is believed. */
  callbacksOf({ provider }: Dialect): TelephoneCallbacks {
    const callbacks = this.callbacks.get(provider);
    if (callbacks === undefined) throw new Error(`there is no account of ${provider}`);
    return callbacks;
  }
}

/** Each once: one that was verified elsewhere may be used there as well. */
export const numbersOf = (accounts: readonly TelephoneAccount[]): readonly string[] => [
  ...new Set(accounts.flatMap(({ numbers }) => numbers)),
];
