import { createHash } from 'node:crypto';
import { generateRequestDetails } from 'web-push';
import type { PushSubscription } from 'web-push';
import { SecretUnreadable } from '@tocsin/platform';
import type { DeviceOutcome, DeviceService } from '../devices.channel';
import { hostIn } from '../host-in';
import { outcomeOfRefusal, outcomeWithoutAnswer } from '../http-outcome';
import type { RenderedMessage } from '../message';
import type { PushContext, VapidDetails } from '../provider';
import { outcomeOfUnreadable } from '../unreadable';

/** A phone that was off for longer shows what is open when the page is looked at, not what may be over. */
const KEPT_BY_PUSH_SERVICE_SEC = 3_600;
const TOPIC_LENGTH = 32;
/** It does not understand our signature. That the key is not the one of the subscription (403) is about the device (RFC 8292, 4.2). */
const UNSIGNED: ReadonlySet<number> = new Set([401]);

/**
 * Browsers, through the push service of each: encrypted for the device, signed with the key of this installation. The URL comes
 * from a browser, so it is called as one that a stranger may have chosen.
 */
export class WebPushService implements DeviceService {
  readonly type = 'WEB_PUSH';
  readonly provider = 'webpush';

  constructor(
    private readonly parts: Pick<PushContext, 'vapid' | 'outgoing'>,
    readonly atOnce: number,
  ) {}

  hostOf(address: string): string {
    return hostIn((JSON.parse(address) as PushSubscription).endpoint);
  }

  async push(address: string, message: RenderedMessage, key: string): Promise<DeviceOutcome> {
    const subscription = JSON.parse(address) as PushSubscription;
    const vapidDetails = await this.vapid();
    if ('type' in vapidDetails) return vapidDetails;
    const { endpoint, headers, body } = generateRequestDetails(subscription, JSON.stringify(message.notice), {
      vapidDetails,
      contentEncoding: 'aes128gcm',
      TTL: KEPT_BY_PUSH_SERVICE_SEC,
      urgency: message.notice?.urgent === true ? 'high' : 'normal',
      // A repeated attempt takes the place of the one that the device has not had yet.
      topic: createHash('sha256').update(key).digest('base64url').slice(0, TOPIC_LENGTH),
    });
    const texts = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
    try {
      const answer = await this.parts.outgoing.send({ url: endpoint, method: 'POST', headers: texts, body });
      const { status } = answer;
      if (status >= 200 && status < 300) return { type: 'handed-over', receiptExpected: false };
      if (status === 404 || status === 410)
        return { type: 'gone', reason: `the push service does not know the device any more (${status})` };
      return outcomeOfRefusal(answer, UNSIGNED);
    } catch (error) {
      return outcomeWithoutAnswer(error);
    }
  }

  /** They may have to be read from the event store. */
  private async vapid(): Promise<VapidDetails | DeviceOutcome> {
    try {
      return await this.parts.vapid();
    } catch (error) {
      if (error instanceof SecretUnreadable) return outcomeOfUnreadable('the pair of keys for push', error);
      if ((error as { readonly retriable?: boolean }).retriable === undefined) throw error;
      return { type: 'failed', permanent: false, reason: 'the keys for push are not available' };
    }
  }
}
