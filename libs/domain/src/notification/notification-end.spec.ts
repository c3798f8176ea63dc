import { minute } from '../testing/alert-builders';
import { notificationEndOf } from './notification-end';

const at = minute(1);
const handedOver = { at, attempt: 1, provider: 'smtp', possiblyDuplicate: false };

describe('the end of a notification', () => {
  it.each([
    [
      'sent when the provider took it and gives no receipts',
      { type: 'HandedOver', data: { ...handedOver, receiptExpected: false } },
      'sent none',
    ],
    ['sent when it was delivered', { type: 'Delivered', data: { at, provider: 'smtp' } }, 'sent none'],
    [
      'failed by the provider, whatever it said',
      { type: 'NotificationFailed', data: { at, reason: 'SMTP 550 ana@example.org' } },
      'failed provider',
    ],
    ['failed without a receipt', { type: 'NotificationFailed', data: { at, reason: 'no-receipt' } }, 'failed no-receipt'],
    ['failed without a provider', { type: 'NotificationFailed', data: { at, reason: 'no provider for SMS' } }, 'failed no-provider'],
    [
      'cancelled with its reason',
      { type: 'NotificationCancelled', data: { at, reason: 'accepted', possiblyHandedOver: false } },
      'cancelled accepted',
    ],
    ['held for good with its reason', { type: 'NotificationHeld', data: { at, reason: 'muted' } }, 'held muted'],
  ] as const)('is %s', (_name, event, expected) => {
    const end = notificationEndOf(event);
    expect(`${end?.outcome} ${end?.reason}`).toBe(expected);
  });

  it.each([
    ['a receipt is awaited', { type: 'HandedOver', data: { ...handedOver, receiptExpected: true } }],
    ['it is held until later', { type: 'NotificationHeld', data: { at, reason: 'bundle', until: at } }],
  ] as const)('has not come while %s', (_name, event) => expect(notificationEndOf(event)).toBeUndefined());
});
