import type { EscalationStep } from '../alert/alert-events';
import type { AlertId, UserId } from '../ids';
import type { Instant } from '../time';

/** A page in a message with others: which attempt of it that was, and what an answer to it needs to know. */
export interface BundledPage {
  readonly notification: string;
  readonly attempt: number;
  readonly alertId: AlertId;
  readonly step?: EscalationStep;
}

/** In `bundle-<id>`, one for each time that its message is about to be handed over: receipts and answers are those of these pages. */
export interface PagesBundled {
  readonly type: 'PagesBundled';
  readonly data: { readonly at: Instant; readonly userId: UserId; readonly pages: readonly BundledPage[] };
}
