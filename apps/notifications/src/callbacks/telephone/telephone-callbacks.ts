import { twilioCallScript } from '@tocsin/channels';
import type { CallStep, Correlation } from '@tocsin/channels';
import { problem } from '@tocsin/platform/nest';
import { Eta } from 'eta';
import type { FastifyRequest } from 'fastify';
import type { Calls, CallReply } from '../../calling/calls';
import type { TextReplies } from '../../texting/text-replies';
import { correlationOf } from '../correlation';
import { calledUrl } from '../public-url';
import type { Receipts } from '../receipts';
import { callOverOf, isMachine } from './call-status';
import { signedForm } from './signed-form';
import { receiptOf } from './sms-receipts';
import type { TelephoneAccount } from './telephone-account';

export interface TelephoneParts {
  readonly replies: TextReplies;
  readonly calls: Calls;
  readonly receipts: Receipts;
  /** Read when it is needed: a port chosen by the system is known late. */
  publicUrl(): string;
}

const eta = new Eta({ autoEscape: true });
const REPLY = `<?xml version="1.0" encoding="UTF-8"?><Response><% if (it.text) { %><Message><%= it.text %></Message><% } %></Response>`;

/**
 * What a provider that speaks Twilio's language tells and asks us: texts and calls, and what became of ours. The signature is checked
 * before anything is looked at.
 */
export class TelephoneCallbacks {
  constructor(
    private readonly account: TelephoneAccount,
    private readonly parts: TelephoneParts,
  ) {}

  /** Somebody texted us: dispatched by the number that it was sent to (B26). What is said back is in TwiML. */
  async text(request: FastifyRequest): Promise<string> {
    const form = this.signed(request);
    const text = await this.parts.replies.take({
      messageId: form.get('MessageSid') ?? '',
      from: form.get('From') ?? '',
      to: form.get('To') ?? '',
      text: form.get('Body') ?? '',
    });
    return eta.renderString(REPLY, { text });
  }

  /** Durable before it is answered; what is no news is passed over. */
  async status(request: FastifyRequest): Promise<void> {
    const form = this.signed(request);
    const query = this.queryOf(request);
    const [receipt, callOver] = [receiptOf(this.account.dialect, query, form), callOverOf(this.account.dialect, query, form)];
    if (receipt !== undefined) await this.parts.receipts.take([receipt]);
    if (callOver !== undefined) await this.parts.receipts.callOver(callOver);
  }

  /** Somebody picked up, pressed a key or pressed none; or calls us. What comes next is said in TwiML. */
  async voice(request: FastifyRequest): Promise<string> {
    const { calls } = this.parts;
    const form = this.signed(request);
    const query = this.queryOf(request);
    const call = correlationOf(query.get('stream'), query.get('attempt'));
    if (call === undefined) {
      const { language, says } = calls.inbound({ from: form.get('From') ?? '', to: form.get('To') ?? '' });
      return twilioCallScript({ language, says });
    }
    const key = form.get('Digits');
    const reply = await calls.next({
      ...{ call, provider: this.account.dialect.provider, isMachine: isMachine(form) },
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
    const next = `${this.parts.publicUrl()}/api/callbacks/${this.account.dialect.provider}/voice?${place.toString()}`;
    return { language, says, asks: { says: asks.says, next } };
  }

  private queryOf(request: FastifyRequest): URLSearchParams {
    return new URL(calledUrl(this.parts.publicUrl(), request)).searchParams;
  }

  /** @throws ProblemException 403 */
  private signed(request: FastifyRequest): URLSearchParams {
    const { dialect, signingKeys } = this.account;
    const signature = request.headers[dialect.signatureHeader];
    const form = signedForm(signingKeys, dialect, {
      url: calledUrl(this.parts.publicUrl(), request),
      body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
      signature: typeof signature === 'string' ? signature : undefined,
    });
    if (form === undefined) throw problem(403, 'FORBIDDEN', 'the signature is not valid');
    return form;
  }
}
