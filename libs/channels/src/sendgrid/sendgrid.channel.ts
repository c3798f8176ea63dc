import Client from '@sendgrid/client/src/classes/client';
import MailService from '@sendgrid/mail/src/classes/mail-service';
import { retryAfterOf } from '@tocsin/platform';
import { Channel } from '../channel';
import type { OutgoingMessage, SendOutcome } from '../channel';
import { inTime } from '../deadline';
import { FOR_NOW } from '../http-outcome';

export interface SendGridSettings {
  readonly apiKey: string;
  readonly baseUrl: string;
  readonly from: string;
  /** Its event webhook can be believed, so that what became of a message is told. */
  readonly hasReceipts: boolean;
  /** Of one message together. */
  readonly deadlineMs?: number;
}

const DEADLINE_MS = 15_000;
const LONGEST_ANSWER = 262_144;

/** It was not reached at all: nothing was sent. */
const NOT_REACHED: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/**
 * E-mail by SendGrid. It has no idempotency key: what it may have taken is repeated under the same Message-ID. Links stay as they
 * are: rewritten ones would hand answers to whoever follows them first, and lead nowhere while the tracking is down.
 */
export class SendGridChannel extends Channel {
  readonly method = 'EMAIL';
  readonly provider = 'sendgrid';
  private readonly mail = new MailService();
  private readonly domain: string;

  constructor(private readonly settings: SendGridSettings) {
    super();
    const { apiKey, baseUrl, from, deadlineMs = DEADLINE_MS } = settings;
    this.domain = from.replace(/^.*@/, '').replace(/>.*$/, '') || 'localhost';
    const client = new Client();
    // Not by `setApiKey`: it prints a warning about keys of private clouds, and puts the address back to the usual one.
    client.setDefaultHeader('Authorization', `Bearer ${apiKey}`);
    const bounds = { timeout: deadlineMs, maxContentLength: LONGEST_ANSWER, maxRedirects: 0 };
    client.setDefaultRequest({ baseUrl, url: '', ...bounds });
    this.mail.setClient(client);
  }

  async send(message: OutgoingMessage): Promise<SendOutcome> {
    const late = { type: 'unknown', reason: 'no answer from SendGrid (deadline)' } as const;
    return inTime(this.create(message), this.settings.deadlineMs ?? DEADLINE_MS, late);
  }

  async close(): Promise<void> {}

  private async create({ target, message, key, replyTo, correlation }: OutgoingMessage): Promise<SendOutcome> {
    const { from, hasReceipts } = this.settings;
    try {
      const [{ headers }] = await this.mail.send({
        from,
        to: { email: target },
        ...(replyTo === undefined ? {} : { replyTo }),
        subject: message.subject,
        text: message.text,
        ...(message.html === undefined ? {} : { html: message.html }),
        headers: { 'Message-ID': `<${key}@${this.domain}>`, 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
        ...(correlation === undefined
          ? {}
          : { customArgs: { tocsin_stream: correlation.stream, tocsin_attempt: String(correlation.attempt) } }),
        trackingSettings: {
          clickTracking: { enable: false, enableText: false },
          openTracking: { enable: false },
          subscriptionTracking: { enable: false },
        },
      });
      const id = headers['x-message-id'];
      return {
        type: 'handed-over',
        receiptExpected: hasReceipts && correlation !== undefined,
        ...(typeof id === 'string' ? { reference: id } : {}),
      };
    } catch (error) {
      return failureOf(error);
    }
  }
}

type Refusal = Readonly<Record<string, unknown>>;

/** Nothing of what SendGrid says in words is told: it repeats addresses. */
const failureOf = (error: unknown): SendOutcome => {
  const { code, response } = (error ?? {}) as { readonly code?: unknown; readonly response?: { readonly headers?: Refusal } };
  if (typeof code === 'number') {
    const reason = `SendGrid HTTP ${code}`;
    // A gateway in between gave up; the message may have got through.
    if (code === 502 || code === 504) return { type: 'unknown', reason };
    const permanent = code >= 400 && code < 500 && !FOR_NOW.has(code);
    return { type: 'failed', permanent, reason, ...retryAfterOf(code, response?.headers ?? {}) };
  }
  const cause = typeof code === 'string' ? code : 'no code';
  return NOT_REACHED.has(cause)
    ? { type: 'failed', permanent: false, reason: `SendGrid not reached (${cause})` }
    : { type: 'unknown', reason: `no answer from SendGrid (${cause})` };
};
