import { createTransport } from 'nodemailer';
import type { Transporter } from 'nodemailer';
import type SMTPPool from 'nodemailer/lib/smtp-pool';
import { Channel } from '../channel';
import type { OutgoingMessage, SendOutcome } from '../channel';

export interface SmtpSettings {
  /** `smtp://user:password@host:587`, `smtps://…`. */
  readonly url: string;
  readonly from: string;
  readonly connectTimeoutMs?: number;
  readonly answerTimeoutMs?: number;
  readonly connections?: number;
}

/** E-mail over SMTP. The Message-ID comes from the notification's key, so that mail systems can drop a repetition. */
export class SmtpChannel extends Channel {
  readonly method = 'EMAIL';
  readonly provider = 'smtp';
  private readonly transport: Transporter;
  private readonly domain: string;

  constructor(private readonly settings: SmtpSettings) {
    super();
    this.domain = settings.from.replace(/^.*@/, '').replace(/>.*$/, '') || 'localhost';
    this.transport = createTransport({
      url: settings.url,
      pool: true,
      maxConnections: settings.connections ?? 10,
      connectionTimeout: settings.connectTimeoutMs ?? 5_000,
      greetingTimeout: settings.connectTimeoutMs ?? 5_000,
      socketTimeout: settings.answerTimeoutMs ?? 20_000,
    } as SMTPPool.Options);
  }

  async send({ target, message, key }: OutgoingMessage): Promise<SendOutcome> {
    try {
      const sent = (await this.transport.sendMail({
        from: this.settings.from,
        to: target,
        subject: message.subject,
        text: message.text,
        ...(message.html === undefined ? {} : { html: message.html }),
        messageId: `<${key}@${this.domain}>`,
        headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
      })) as { messageId?: string };
      return { type: 'handed-over', receiptExpected: false, ...(sent.messageId === undefined ? {} : { reference: sent.messageId }) };
    } catch (error) {
      return outcomeOf(error);
    }
  }

  async close(): Promise<void> {
    this.transport.close();
  }
}

/** Commands after which the server may have taken the message although we saw no answer. */
const AFTER_BODY: ReadonlySet<string> = new Set(['DATA', 'API']);

const outcomeOf = (error: unknown): SendOutcome => {
  const { responseCode, code, command } = (error ?? {}) as { responseCode?: number; code?: string; command?: string };
  if (typeof responseCode === 'number') {
    return {
      type: 'failed',
      permanent: responseCode >= 500 && responseCode < 600,
      reason: `SMTP ${responseCode}${command === undefined ? '' : ` to ${command.split(' ')[0]}`}`,
    };
  }
  if (code === 'EENVELOPE') return { type: 'failed', permanent: true, reason: 'address refused' };
  if (code === 'EAUTH') return { type: 'failed', permanent: false, reason: 'SMTP sign-in refused' };
  if (command !== undefined && AFTER_BODY.has(command))
    return { type: 'unknown', reason: `connection lost after the message (${code ?? 'no code'})` };
  return { type: 'failed', permanent: false, reason: `SMTP server not reached (${code ?? 'no code'})` };
};
