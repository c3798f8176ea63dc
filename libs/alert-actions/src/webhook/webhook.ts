import { randomBytes } from 'node:crypto';
import type { Outgoing } from '@tocsin/platform';
import type { ActionCall, ActionKind, ActionOutcome } from '../action-kind';
import { filledTemplate, LONGEST_TEMPLATE, refuseBadTemplate } from '../body-template';
import { refuseBadUrl } from '../called-url';
import { outcomeOfAnswer, outcomeOfError } from '../heard';
import { invalidParam } from '../params';
import type { Params, ParamsDefinition } from '../params';
import { signatures } from './signature';
import { usualBody } from './webhook-body';

interface WebhookParams {
  readonly webhookUrl: string;
  readonly method?: string;
  readonly headers?: readonly { readonly key: string; readonly value: string }[];
  readonly bodyTemplate?: string;
  readonly signingSecrets: readonly string[];
}

const METHODS = ['POST', 'PUT', 'PATCH'];
const LONGEST_BODY = 262_144;
/** These are the connection's, or ours to set. */
const RESERVED = /^(host|content-length|transfer-encoding|connection|keep-alive|upgrade|te|trailer|expect|proxy-.*|x-tocsin-.*)$/i;

/** Any system that takes a request: with a body by template, and signed, so that the receiver knows who it is from and when. */
export const webhook = (outgoing: Outgoing): ActionKind => ({
  type: 'webhook',
  params: webhookParams(outgoing),
  run: (call) => run(outgoing, call),
});

const webhookParams = (outgoing: Outgoing): ParamsDefinition => ({
  properties: {
    webhookUrl: { type: 'string', maxLength: 4_096 },
    method: { enum: METHODS },
    headers: {
      type: 'array',
      maxItems: 20,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['key', 'value'],
        properties: {
          key: { type: 'string', pattern: "^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$" },
          value: { type: 'string', maxLength: 4_096, pattern: '^[\\t\\x20-\\x7e\\x80-\\xff]*$' },
        },
      },
    },
    bodyTemplate: { type: 'string', maxLength: LONGEST_TEMPLATE },
    signingSecrets: { type: 'array', maxItems: 3, items: { type: 'string', minLength: 16, maxLength: 256 } },
  },
  required: ['webhookUrl'],
  // Addresses of webhooks hold keys, and so do their headers.
  secret: ['webhookUrl', 'headers', 'signingSecrets'],
  complete: async (params: Params, before: Params | undefined): Promise<Params> => {
    const { webhookUrl, headers = [], bodyTemplate, signingSecrets } = params as Partial<WebhookParams> & Pick<WebhookParams, 'webhookUrl'>;
    headers.forEach(({ key }, index) => {
      if (RESERVED.test(key)) throw invalidParam(`headers[${index}].key`, `${key} cannot be set: leave it out`);
    });
    if (bodyTemplate !== undefined) refuseBadTemplate('bodyTemplate', bodyTemplate);
    await refuseBadUrl(outgoing, 'webhookUrl', webhookUrl);
    // Clients that do not know of signatures send none, and must not take them away by it.
    return { ...params, signingSecrets: signingSecrets ?? before?.['signingSecrets'] ?? [newSigningSecret()] };
  },
});

const newSigningSecret = (): string => `whsec_${randomBytes(24).toString('base64url')}`;

const run = async (outgoing: Outgoing, call: ActionCall): Promise<ActionOutcome> => {
  const { webhookUrl, method = 'POST', headers = [], bodyTemplate, signingSecrets } = call.params as unknown as WebhookParams;
  const own = Object.fromEntries(headers.map(({ key, value }) => [key.toLowerCase(), value]));
  const contentType = own['content-type'] ?? 'application/json';
  const body = bodyTemplate === undefined ? usualBody(call) : filledTemplate(bodyTemplate, call, { json: /\bjson\b/i.test(contentType) });
  if (Buffer.byteLength(body) > LONGEST_BODY) return { type: 'failed', reason: 'too-large', retriable: false, uncertain: false };
  const timestamp = Math.floor(call.at / 1_000);
  try {
    return outcomeOfAnswer(
      await outgoing.send({
        url: webhookUrl,
        method,
        headers: {
          'content-type': contentType,
          ...own,
          'x-tocsin-delivery': call.deliveryId,
          'x-tocsin-timestamp': String(timestamp),
          'x-tocsin-signature': signatures({ deliveryId: call.deliveryId, timestamp, body }, signingSecrets),
        },
        body,
      }),
    );
  } catch (error) {
    return outcomeOfError(error);
  }
};
