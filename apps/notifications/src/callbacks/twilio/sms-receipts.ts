import { twilioFailure } from '@tocsin/channels';
import type { NotificationReceipt } from '@tocsin/contracts';

const ARRIVED: ReadonlySet<string> = new Set(['delivered', 'read']);
const FAILED: ReadonlySet<string> = new Set(['undelivered', 'failed']);

/** What a status call-back says of a message of ours; undefined while it is on its way, or when it is about none. */
export const receiptOf = (query: URLSearchParams, form: URLSearchParams): NotificationReceipt | undefined => {
  const stream = query.get('stream') ?? '';
  const attempt = Number(query.get('attempt'));
  const status = form.get('MessageStatus') ?? '';
  if (!stream.startsWith('notification-') || !Number.isSafeInteger(attempt) || attempt < 1) return undefined;
  const receipt = { stream, attempt, provider: 'twilio' };
  if (ARRIVED.has(status)) return { ...receipt, outcome: { type: 'delivered' } };
  if (!FAILED.has(status)) return undefined;
  const code = Number(form.get('ErrorCode') ?? '0');
  return {
    ...receipt,
    outcome: code > 0 ? twilioFailure(`SMS, ${status}`, code) : { type: 'failed', permanent: false, reason: `SMS ${status}` },
  };
};
