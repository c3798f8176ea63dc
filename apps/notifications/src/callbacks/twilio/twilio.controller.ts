import { Controller, Header, HttpCode, Post, Req } from '@nestjs/common';
import { problem, Public } from '@tocsin/platform/nest';
import { Eta } from 'eta';
import type { FastifyRequest } from 'fastify';
import { TextReplies } from '../../texting/text-replies';
import { calledUrl } from '../public-url';
import { Receipts } from '../receipts';
import { receiptOf } from './sms-receipts';
import { signedForm } from './twilio-signature';
import { TwilioSettings } from './twilio-settings';

const eta = new Eta({ autoEscape: true });
const REPLY = `<?xml version="1.0" encoding="UTF-8"?><Response><% if (it.text) { %><Message><%= it.text %></Message><% } %></Response>`;

/** What Twilio tells us: text messages, and what became of ours. The signature is checked before anything is looked at. */
@Controller('api/callbacks/twilio')
@Public()
export class TwilioController {
  constructor(
    private readonly settings: TwilioSettings,
    private readonly replies: TextReplies,
    private readonly receipts: Receipts,
  ) {}

  /** Somebody texted us: dispatched by the number that it was sent to (B26). */
  @Post('sms')
  @HttpCode(200)
  @Header('content-type', 'text/xml; charset=utf-8')
  async text(@Req() request: FastifyRequest): Promise<string> {
    const form = this.signed(request);
    const text = await this.replies.take({
      messageId: form.get('MessageSid') ?? '',
      from: form.get('From') ?? '',
      to: form.get('To') ?? '',
      text: form.get('Body') ?? '',
    });
    return eta.renderString(REPLY, { text });
  }

  /** Durable before it is answered; what is no news is passed over. */
  @Post('status')
  @HttpCode(204)
  async status(@Req() request: FastifyRequest): Promise<void> {
    const form = this.signed(request);
    const receipt = receiptOf(new URL(calledUrl(this.settings.publicUrl, request)).searchParams, form);
    if (receipt !== undefined) await this.receipts.take([receipt]);
  }

  /** @throws ProblemException 403 */
  private signed(request: FastifyRequest): URLSearchParams {
    const { authTokens, publicUrl } = this.settings;
    const signature = request.headers['x-twilio-signature'];
    const form = signedForm(authTokens, {
      url: calledUrl(publicUrl, request),
      body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
      signature: typeof signature === 'string' ? signature : undefined,
    });
    if (form === undefined) throw problem(403, 'FORBIDDEN', 'the signature is not valid');
    return form;
  }
}
