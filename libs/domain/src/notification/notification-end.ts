import type { NotificationEvent } from './notification-events';

/** How a notification ended, in words of a closed set. */
export interface NotificationEnd {
  readonly outcome: 'sent' | 'failed' | 'cancelled' | 'held';
  /** Our own reason; `provider` for whatever a provider said, and `none` when it was sent. */
  readonly reason: string;
}

const ownFailures: readonly string[] = ['no-receipt', 'no-outcome'];

/** Undefined while it goes on (P7). What a provider says is on the timeline; here it would have no bounds. */
export const notificationEndOf = (event: NotificationEvent): NotificationEnd | undefined => {
  switch (event.type) {
    case 'HandedOver':
      return event.data.receiptExpected ? undefined : { outcome: 'sent', reason: 'none' };
    case 'Delivered':
      return { outcome: 'sent', reason: 'none' };
    case 'NotificationFailed': {
      const { reason } = event.data;
      if (reason.startsWith('no provider')) return { outcome: 'failed', reason: 'no-provider' };
      return { outcome: 'failed', reason: ownFailures.includes(reason) ? reason : 'provider' };
    }
    case 'NotificationCancelled':
      return { outcome: 'cancelled', reason: event.data.reason };
    case 'NotificationHeld':
      return event.data.until === undefined ? { outcome: 'held', reason: event.data.reason } : undefined;
    default:
      return undefined;
  }
};
