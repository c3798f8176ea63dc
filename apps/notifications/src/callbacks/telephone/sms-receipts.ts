import { failureOfCode } from '@tocsin/channels';
import type { Dialect } from '@tocsin/channels';
import type { NotificationReceipt } from '@tocsin/contracts';
import { correlationOf } from '../correlation';

const ARRIVED: ReadonlySet<string> = new Set(['delivered', 'read']);
const FAILED: ReadonlySet<string> = new Set(['undelivered', 'failed']);

/** What a status call-back says of a message of ours; undefined while it is on its way, or when it is about none. */
export const receiptOf = (dialect: Dialect, query: URLSearchParams, form: URLSearchParams): NotificationReceipt | undefined => {
  const about = correlationOf(query.get('stream'), query.get('attempt'));
  const status = form.get('MessageStatus') ?? '';
  if (about === undefined) return undefined;
  const receipt = { ...about, provider: dialect.provider };
  if (ARRIVED.has(status)) return { ...receipt, outcome: { type: 'delivered' } };
  if (!FAILED.has(status)) return undefined;
  const code = Number(form.get('ErrorCode') ?? '0');
  return {
    ...receipt,
    outcome: code > 0 ? failureOfCode(dialect, `SMS, ${status}`, code) : { type: 'failed', permanent: false, reason: `SMS ${status}` },
  };
};
