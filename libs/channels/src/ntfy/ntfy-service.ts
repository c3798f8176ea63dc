import type { Outgoing } from '@tocsin/platform';
import type { DeviceOutcome, DeviceService } from '../devices.channel';
import { ABOUT_US, outcomeOfRefusal, outcomeWithoutAnswer } from '../http-outcome';
import type { RenderedMessage } from '../message';

export interface NtfySettings {
  readonly url: string;
  readonly token?: string;
  readonly outgoing: Outgoing;
  readonly atOnce: number;
}

/** Of ntfy's five: the highest rings until somebody looks, the third is a usual one. */
const URGENT = 5;
const USUAL = 3;

/** A topic of an ntfy server. Whoever knows the topic can read it, so each person has one that nobody can guess. */
export class NtfyService implements DeviceService {
  readonly type = 'NTFY';
  readonly provider = 'ntfy';

  constructor(private readonly settings: NtfySettings) {}

  get atOnce(): number {
    return this.settings.atOnce;
  }

  /** There is one server. */
  hostOf(): string {
    return '';
  }

  async push(topic: string, { notice, subject, text }: RenderedMessage): Promise<DeviceOutcome> {
    const { url, token, outgoing } = this.settings;
    const body = {
      topic,
      title: notice?.title ?? subject,
      message: notice?.body ?? text,
      priority: notice?.urgent === true ? URGENT : USUAL,
      ...(notice?.url === undefined ? {} : { click: notice.url }),
      // The app sends these itself: the answer needs no page.
      actions: (notice?.actions ?? []).map((action) => ({
        ...{ action: 'http', label: action.title, url: action.url, method: 'POST', clear: true },
        headers: { accept: 'application/json' },
      })),
    };
    try {
      const answer = await outgoing.send({
        ...{ url: `${url}/`, method: 'POST', body: JSON.stringify(body) },
        headers: { 'content-type': 'application/json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
      });
      const isTaken = answer.status >= 200 && answer.status < 300;
      return isTaken ? { type: 'handed-over', receiptExpected: false } : outcomeOfRefusal(answer, ABOUT_US);
    } catch (error) {
      return outcomeWithoutAnswer(error);
    }
  }
}
