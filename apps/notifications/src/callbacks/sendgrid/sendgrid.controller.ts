import { Controller, HttpCode, Post, Req } from '@nestjs/common';
import { Clock } from '@tocsin/domain';
import { problem, Public } from '@tocsin/platform/nest';
import type { FastifyRequest } from 'fastify';
import { MailReplies } from '../../mail-replies/mail-replies';
import { ReplyAddresses } from '../../mail-replies/reply-addresses';
import { Receipts } from '../receipts';
import { isSignedBySendGrid } from './sendgrid-signature';
import type { SignedPost } from './sendgrid-signature';
import { inboundMail } from './inbound-mail';
import { receiptsOf } from './mail-receipts';
import { SendGridSettings } from './sendgrid-settings';

/** SendGrid names none. */
const EVENTS_VALID_MS = 300_000;
/** As long as the addresses that pages are answered at: what comes again changes nothing, and SendGrid tries for days. */
const REPLIES_VALID_MS = 48 * 3_600_000;

/** What SendGrid tells us. */
@Controller('api/callbacks/sendgrid')
@Public()
export class SendGridController {
  constructor(
    private readonly settings: SendGridSettings,
    private readonly receipts: Receipts,
    private readonly addresses: ReplyAddresses,
    private readonly replies: MailReplies,
    private readonly clock: Clock,
  ) {}

  /** What became of messages: durable before it is answered. Nothing is read before the signature is checked. */
  @Post('events')
  @HttpCode(204)
  async events(@Req() { body, headers }: FastifyRequest): Promise<void> {
    const signed = signedPost(body, headers);
    if (!isSignedBySendGrid(signed, { keys: this.settings.eventPublicKeys, validMs: EVENTS_VALID_MS }, this.clock.now()))
      throw badSignature();
    const receipts = receiptsOf(parsed(signed.body.toString('utf8')));
    if (receipts.length > 0) await this.receipts.take(receipts);
  }

  /**
   * Somebody answered a page. Without a security policy what is posted here has no signature: the signed address that it was sent
   * to is looked for in the bytes before these are taken apart. A refusal is final to SendGrid, a fault is tried again.
   */
  @Post('inbound')
  @HttpCode(204)
  async inbound(@Req() { body, headers }: FastifyRequest): Promise<void> {
    const signed = signedPost(body, headers);
    const bytes = signed.body;
    const { inboundPublicKeys: keys } = this.settings;
    if (keys.length > 0 && !isSignedBySendGrid(signed, { keys, validMs: REPLIES_VALID_MS }, this.clock.now())) throw badSignature();
    if (this.addresses.streamIn(bytes.toString('latin1')) === undefined) throw notAnAnswer();
    const mail = await inboundMail(bytes, headers['content-type'] ?? '');
    const stream = mail === undefined ? undefined : this.addresses.streamIn(mail.to);
    if (mail === undefined || stream === undefined || !(await this.replies.take(stream, mail))) throw notAnAnswer();
  }
}

const badSignature = () => problem(403, 'FORBIDDEN', 'the signature is not valid');
const notAnAnswer = () => problem(403, 'FORBIDDEN', 'not an answer to a page');

const signedPost = (body: unknown, headers: FastifyRequest['headers']): SignedPost => ({
  body: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
  timestamp: headerOf(headers['x-twilio-email-event-webhook-timestamp']),
  signature: headerOf(headers['x-twilio-email-event-webhook-signature']),
});

const headerOf = (value: string | string[] | undefined): string | undefined => (typeof value === 'string' ? value : undefined);

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw problem(400, 'INVALID_JSON', 'the body is not valid JSON');
  }
};
