import type { Clock, Instant } from '@tocsin/domain';

const [HOUR_MS, MINUTE_MS] = [3_600_000, 60_000];
const TO_ONE_AN_HOUR = 3;
/** A small part of what a bot may write, since pages need the rest. */
const TO_ALL_A_MINUTE = 60;

/**
 * Whoever is nobody's account is told how to link it, and not for everything that they write: anybody may write to a bot. Each process
 * counts what it said itself.
 */
export class StrangerReplies {
  private told: readonly { readonly account: string; readonly at: Instant }[] = [];

  constructor(private readonly clock: Clock) {}

  /** Whether this account is told once more; then that counts. */
  mayTell(account: string): boolean {
    const at = this.clock.now();
    const sinceMs = (ms: number) => this.told.filter((each) => at - each.at < ms);
    this.told = sinceMs(HOUR_MS);
    const isEnough =
      this.told.filter((each) => each.account === account).length >= TO_ONE_AN_HOUR || sinceMs(MINUTE_MS).length >= TO_ALL_A_MINUTE;
    if (!isEnough) this.told = [...this.told, { account, at }];
    return !isEnough;
  }
}
