import { twilioCallScript } from '@tocsin/channels';
import type { CallStep, Correlation } from '@tocsin/channels';
import { Controller, Header, HttpCode, Post, Req } from '@nestjs/common';
import { problem, Public } from '@tocsin/platform/nest';
import { Eta } from 'eta';
import type { FastifyRequest } from 'fastify';
import { Calls } from '../../calling/calls';
import type { CallReply } from '../../calling/calls';
import { TextReplies } from '../../texting/text-replies';
import { correlationOf } from '../correlation';
import { calledUrl } from '../public-url';
import { Receipts } from '../receipts';
import { callOverOf, isMachine } from './call-status';
import { receiptOf } from './sms-receipts';
import { signedForm } from './twilio-signature';
import { TwilioSettings } from './twilio-settings';

const eta = new Eta({ autoEscape: true });
const REPLY = `<?xml version="1.0" encoding="UTF-8"?><Response><% if (it.text) { %><Message><%= it.text %></Message><% } %></Response>`;

/** What Twilio tells and asks us: texts and calls, and what became of ours. The signature is checked before anything is looked at. */
@Controller('api/callbacks/twilio')
@Public()
export class TwilioController {
  constructor(
    private readonly settings: TwilioSettings,
    private readonly replies: TextReplies,
    private readonly calls: Calls,
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
    const query = this.queryOf(request);
    const [receipt, callOver] = [receiptOf(query, form), callOverOf(query, form)];
    if (receipt !== undefined) await this.receipts.take([receipt]);
    if (callOver !== undefined) await this.receipts.callOver(callOver);
  }

  /** Somebody picked up, pressed a key or pressed none; or calls us. What comes next is said in TwiML. */
  @Post('voice')
  @HttpCode(200)
  @Header('content-type', 'text/xml; charset=utf-8')
  async voice(@Req() request: FastifyRequest): Promise<string> {
    const form = this.signed(request);
    const query = this.queryOf(request);
    const call = correlationOf(query.get('stream'), query.get('attempt'));
    if (call === undefined) {
      const { language, says } = this.calls.inbound({ from: form.get('From') ?? '', to: form.get('To') ?? '' });
      return twilioCallScript({ language, says });
    }
    const key = form.get('Digits');
    const reply = await this.calls.next({
      ...{ call, provider: 'twilio', isMachine: isMachine(form) },
      about: query.get('about') ?? call.stream,
      told: Number(query.get('told') ?? '0'),
      ...(key === null ? {} : { key }),
    });
    return twilioCallScript(this.stepOf(reply, call));
  }

  /** Where the conversation stands is in the URL that is asked next, which is signed. */
  private stepOf({ language, says, asks }: CallReply, { stream, attempt }: Correlation): CallStep {
    if (asks === undefined) return { language, says };
    const place = new URLSearchParams({ stream, attempt: String(attempt), about: asks.about, told: String(asks.told) });
    const next = `${this.settings.publicUrl}/api/callbacks/twilio/voice?${place.toString()}`;
    return { language, says, asks: { says: asks.says, next } };
  }

  private queryOf(request: FastifyRequest): URLSearchParams {
    return new URL(calledUrl(this.settings.publicUrl, request)).searchParams;
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
