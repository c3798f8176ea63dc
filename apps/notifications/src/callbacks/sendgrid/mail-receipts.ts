import type { NotificationReceipt } from '@tocsin/contracts';
import { correlationOf } from '../correlation';

/** Why SendGrid did not even try, in its words; others are not repeated, they may hold an address. */
const DROPPED: ReadonlySet<string> = new Set([
  'Bounced Address',
  'Invalid',
  'Invalid SMTPAPI header',
  'Recipient List over Package Quota',
  'Spam Content',
  'Spam Reporting Address',
  'Unsubscribed Address',
]);

/**
 * What events say of messages of ours. What is on its way is no news: `processed`, and `deferred`, which SendGrid goes on with for
 * three days while the next method of the person is sent when the receipt is overdue.
 */
export const receiptsOf = (events: unknown): readonly NotificationReceipt[] =>
  Array.isArray(events) ? events.map(receiptOf).filter((receipt) => receipt !== undefined) : [];

const receiptOf = (event: unknown): NotificationReceipt | undefined => {
  if (typeof event !== 'object' || event === null) return undefined;
  const { tocsin_stream: stream, tocsin_attempt: attempt, event: what, type, status, reason } = event as Readonly<Record<string, unknown>>;
  const about = correlationOf(stream, attempt);
  if (about === undefined) return undefined;
  const receipt = { ...about, provider: 'sendgrid' };
  switch (what) {
    case 'delivered':
      return { ...receipt, outcome: { type: 'delivered' } };
    case 'bounce': {
      const code = typeof status === 'string' && /^\d\.\d{1,3}\.\d{1,3}$/.test(status) ? ` ${status}` : '';
      // Blocked: the mailbox may be there, its server does not want it now.
      const isBlocked = type === 'blocked';
      return {
        ...receipt,
        outcome: { type: 'failed', permanent: !isBlocked, reason: `SendGrid ${isBlocked ? 'blocked' : 'bounce'}${code}` },
      };
    }
    case 'dropped': {
      const why = typeof reason === 'string' && DROPPED.has(reason) ? ` (${reason})` : '';
      return { ...receipt, outcome: { type: 'failed', permanent: true, reason: `SendGrid dropped it${why}` } };
    }
    default:
      return undefined;
  }
};
