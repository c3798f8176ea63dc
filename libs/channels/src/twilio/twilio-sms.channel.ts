import type { Twilio } from 'twilio';
import { Channel } from '../channel';
import type { Correlation, OutgoingMessage, SendOutcome } from '../channel';
import { inTime } from '../deadline';
import { callbackUrl } from './callback-url';
import type { Dialect } from './dialect';
import { senderFor } from './sender-number';
import { failureOf } from './twilio-errors';

export interface TwilioSmsSettings {
  readonly dialect: Dialect;
  readonly client: Twilio;
  /** Our numbers, with their country. */
  readonly from: readonly string[];
  /** Of one message together. */
  readonly deadlineMs?: number;
  publicUrl(): string;
}

const DEADLINE_MS = 15_000;

/** Text messages by Twilio's API. It has no idempotency key: what it may have taken is repeated as possibly a duplicate. */
export class TwilioSmsChannel extends Channel {
  readonly method = 'SMS';
  readonly provider: string;

  constructor(private readonly settings: TwilioSmsSettings) {
    super();
    this.provider = settings.dialect.provider;
  }

  override senderTo(target: string): string {
    return senderFor(this.settings.from, target);
  }

  async send(message: OutgoingMessage): Promise<SendOutcome> {
    const late = { type: 'unknown', reason: `no answer from ${this.settings.dialect.title} (deadline)` } as const;
    return inTime(this.create(message, message.correlation), this.settings.deadlineMs ?? DEADLINE_MS, late);
  }

  private async create(message: OutgoingMessage, correlation: Correlation | undefined): Promise<SendOutcome> {
    const { client, dialect, publicUrl } = this.settings;
    const { target, message: rendered } = message;
    try {
      const { sid } = await client.messages.create({
        to: target,
        from: this.senderTo(target),
        body: rendered.text,
        ...(correlation === undefined ? {} : { statusCallback: callbackUrl(dialect, publicUrl(), 'status', correlation) }),
      });
      return { type: 'handed-over', reference: sid, receiptExpected: correlation !== undefined };
    } catch (error) {
      const code = Number((error as { readonly code?: unknown }).code);
      const isWithoutReceipts = correlation !== undefined && dialect.noSuchCallbackCodes.has(code);
      return isWithoutReceipts ? this.create(message, undefined) : failureOf(dialect, 'SMS', error);
    }
  }

  async close(): Promise<void> {}
}
