import { plusMs } from '@tocsin/domain';
import type { Clock, Instant } from '@tocsin/domain';
import type { SendOutcome } from './channel';

/** So many failures in a row, and it is taken for down. */
const DOWN_AFTER = 3;
/** Then others are asked first for so long; after that one page finds out. */
const DOWN_FOR_MS = 60_000;

/**
 * Which providers have just failed several times in a row, or want to be left alone. Each process knows what it saw itself: it changes
 * only the order in which providers are asked, so nothing is lost when it is forgotten.
 */
export class ProviderHealth {
  private readonly failures = new Map<string, { readonly inARow: number; readonly lastAt: Instant; readonly aloneUntil: Instant }>();

  constructor(private readonly clock: Clock) {}

  /** What it said no to for good is about the message, not about the provider. */
  record(provider: string, outcome: SendOutcome): void {
    const before = this.failures.get(provider);
    const lastAt = this.clock.now();
    if (outcome.type === 'handed-over' || (outcome.type === 'failed' && outcome.permanent)) {
      // What was under way when it asked to be left alone says nothing against that.
      if (before !== undefined && before.aloneUntil > lastAt) this.failures.set(provider, { ...before, inARow: 0 });
      else this.failures.delete(provider);
      return;
    }
    const asked = plusMs(lastAt, (outcome.type === 'failed' && outcome.retryAfterMs) || 0);
    // Of several that were under way, one may ask for less.
    const aloneUntil = before !== undefined && before.aloneUntil > asked ? before.aloneUntil : asked;
    this.failures.set(provider, { inARow: (before?.inARow ?? 0) + 1, lastAt, aloneUntil });
  }

  isDown(provider: string): boolean {
    const failed = this.failures.get(provider);
    if (failed === undefined) return false;
    const now = this.clock.now();
    return now < failed.aloneUntil || (failed.inARow >= DOWN_AFTER && now - failed.lastAt < DOWN_FOR_MS);
  }
}
