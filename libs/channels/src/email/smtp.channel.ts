import { createTransport } from 'nodemailer';
import type { PluginFunction, SendMailOptions, Transporter } from 'nodemailer';
import type SMTPPool from 'nodemailer/lib/smtp-pool';
import { Channel } from '../channel';
import type { OutgoingMessage, SendOutcome } from '../channel';

export interface SmtpSettings {
  /** `smtp://user:password@host:587`, `smtps://…`. */
  readonly url: string;
  readonly from: string;
  readonly connectTimeoutMs?: number;
  readonly answerTimeoutMs?: number;
  /** Of one message together, its waiting for a free connection included. */
  readonly deadlineMs?: number;
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
    this.transport.use('stream', notingTheBody);
  }

  async send({ target, message, key, replyTo }: OutgoingMessage): Promise<SendOutcome> {
    const progress = { isBodySent: false };
    try {
      const sent = (await this.transport.sendMail({
        from: this.settings.from,
        to: { name: '', address: target },
        ...(replyTo === undefined ? {} : { replyTo }),
        subject: message.subject,
        text: message.text,
        ...(message.html === undefined ? {} : { html: message.html }),
        messageId: `<${key}@${this.domain}>`,
        headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
        signal: AbortSignal.timeout(this.settings.deadlineMs ?? 60_000),
        progress,
      } as SendMailOptions)) as { messageId?: string };
      return { type: 'handed-over', receiptExpected: false, ...(sent.messageId === undefined ? {} : { reference: sent.messageId }) };
    } catch (error) {
      return outcomeOf(error, progress.isBodySent);
    }
  }

  async close(): Promise<void> {
    this.transport.close();
  }
}

interface Progress {
  isBodySent: boolean;
}

/**
 * Notes when the last of a message went to the server. A connection that breaks or falls silent looks the same to the
 * client at every stage of the dialogue, and only after the body may the server have the message although nobody heard so.
 */
const notingTheBody: PluginFunction = (mail, done) => {
  const progress = (mail.data as { readonly progress?: Progress }).progress;
  const { message } = mail;
  const body = message.createReadStream.bind(message);
  message.createReadStream = (options) => {
    const stream = body(options);
    // Not read before the server asks for it, and at its end when all of it was: what the client has not read was not sent.
    if (progress !== undefined) stream.once('end', () => (progress.isBodySent = true));
    return stream;
  };
  done();
};

/** What a server says no to for this message; a no at any other point is about us, and may be put right meanwhile. */
const OF_THE_MESSAGE: ReadonlySet<string> = new Set(['MAIL', 'RCPT', 'DATA']);

const outcomeOf = (error: unknown, isBodySent: boolean): SendOutcome => {
  const { responseCode, code, command } = (error ?? {}) as { responseCode?: number; code?: string; command?: string };
  if (code === 'EAUTH') return { type: 'failed', permanent: false, reason: 'SMTP sign-in refused' };
  if (typeof responseCode === 'number') {
    const verb = command?.split(' ')[0] ?? '';
    return { type: 'failed', permanent: responseCode >= 500 && OF_THE_MESSAGE.has(verb), reason: `SMTP ${responseCode} to ${verb}`.trim() };
  }
  if (code === 'EENVELOPE') return { type: 'failed', permanent: true, reason: 'address refused' };
  if (isBodySent) return { type: 'unknown', reason: `no answer after the message (${code ?? 'no code'})` };
  return { type: 'failed', permanent: false, reason: `SMTP server not reached (${code ?? 'no code'})` };
};
