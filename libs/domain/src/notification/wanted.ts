import type { AlertEvent } from '../alert/alert-events';
import type { UserId } from '../ids';
import type { CancelReason } from './notification-events';

/** A fact of the alert's stream with its place there. */
export interface AlertFactAt {
  readonly revision: number;
  readonly event: AlertEvent;
}

export interface PageOrigin {
  readonly userId: UserId;
  /** Revision of the alert's fact that the page was planned from. */
  readonly alertRevision: number;
}

const isBy = (by: { readonly type: string; readonly userId?: UserId }, userId: UserId): boolean =>
  by.type === 'user' && by.userId === userId;

const stoppingTypes: readonly AlertEvent['type'][] = [
  ...(['AlertAccepted', 'ResponderAccepted', 'AlertResolved'] as const),
  ...(['AlertAssigned', 'EscalationRequested', 'ResponderRemoved'] as const),
];

/** Whether a fact of this kind can end anybody's pages. */
export const mayStopPages = ({ type }: AlertEvent): boolean => stoppingTypes.includes(type);

/** What this one fact means for a page that was planned before it. */
export const stoppedByFact = (userId: UserId, event: AlertEvent): CancelReason | undefined => {
  switch (event.type) {
    case 'AlertAccepted':
      return 'accepted';
    case 'AlertResolved':
      return 'resolved';
    case 'AlertAssigned':
      return 'reassigned';
    // One more person accepted: that answers this person's pages and nobody else's (B9).
    case 'ResponderAccepted':
      return isBy(event.data.by, userId) ? 'accepted' : undefined;
    // Whoever escalates has answered; the others of the level stay responders and keep their pages (B8).
    case 'EscalationRequested':
      return isBy(event.data.by, userId) ? 'escalated' : undefined;
    case 'ResponderRemoved':
      return event.data.userId === userId ? 'responder-removed' : undefined;
    default:
      return undefined;
  }
};

/**
 * Whether a page is still to be sent, from the alert's own stream: read after an attempt was recorded and before the
 * provider is called (P5). The first fact after the page's origin that ends it gives the reason; a resolved alert always.
 */
export const stoppedBy = (page: PageOrigin, facts: Iterable<AlertFactAt>): CancelReason | undefined => {
  let reason: CancelReason | undefined;
  for (const { revision, event } of facts) {
    if (event.type === 'AlertResolved') return reason ?? 'resolved';
    if (revision > page.alertRevision) reason ??= stoppedByFact(page.userId, event);
  }
  return reason;
};
