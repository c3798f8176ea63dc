import { retryAfterOf } from '@tocsin/platform';
import type { Outgoing, OutgoingAnswer } from '@tocsin/platform';
import { Channel } from '../channel';
import type { OutgoingMessage, SendOutcome } from '../channel';
import { FOR_NOW, outcomeWithoutAnswer } from '../http-outcome';

export interface SmsGatewaySettings {
  /** May have `{{to}}`, `{{text}}` and `{{key}}`, as the body. */
  readonly url: string;
  readonly method: 'post' | 'put' | 'get';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** A path into its JSON answer and the value there: `messages.0.status=0`. */
  readonly success?: string;
  readonly reference?: string;
  readonly outgoing: Outgoing;
}

/** Text messages by a gateway of any make that takes one HTTP request for each. `{{key}}` lets it know a repetition. */
export class SmsGatewayChannel extends Channel {
  readonly method = 'SMS';
  readonly provider = 'gateway';

  constructor(private readonly settings: SmsGatewaySettings) {
    super();
  }

  async send({ target, message, key }: OutgoingMessage): Promise<SendOutcome> {
    const { url, method, headers, body, outgoing } = this.settings;
    const values = { to: target, text: message.text, key };
    const type = headers['content-type'] ?? 'application/json';
    try {
      const answer = await outgoing.send({
        url: filled(url, values, encodeURIComponent),
        method: method.toUpperCase(),
        headers: method === 'get' ? headers : { ...headers, 'content-type': type },
        ...(method === 'get' ? {} : { body: filled(body, values, type.includes('form') ? encodeURIComponent : insideJson) }),
      });
      return this.outcome(answer);
    } catch (error) {
      return outcomeWithoutAnswer(error);
    }
  }

  async close(): Promise<void> {}

  private outcome({ status, headers, body }: OutgoingAnswer): SendOutcome {
    const { success, reference: path } = this.settings;
    if (status === 502 || status === 504) return { type: 'unknown', reason: `gateway HTTP ${status}` };
    if (status < 200 || status > 299) {
      const permanent = status >= 400 && status < 500 && !FOR_NOW.has(status);
      return { type: 'failed', permanent, reason: `gateway HTTP ${status}`, ...retryAfterOf(status, headers) };
    }
    const answer = parsed(body);
    const [where = '', ...wanted] = success?.split('=') ?? [];
    // What it says is not told: gateways repeat numbers and texts.
    if (success !== undefined && valueAt(answer, where) !== wanted.join('='))
      return { type: 'failed', permanent: false, reason: 'gateway: not the answer of a success' };
    const reference = path === undefined ? undefined : valueAt(answer, path);
    return { type: 'handed-over', receiptExpected: false, ...(reference === undefined ? {} : { reference }) };
  }
}

const filled = (template: string, values: Readonly<Record<string, string>>, encode: (value: string) => string): string =>
  template.replace(/\{\{\s*(\w+)\s*\}\}/g, (whole, name: string) => (Object.hasOwn(values, name) ? encode(values[name] ?? '') : whole));

const insideJson = (value: string): string => JSON.stringify(value).slice(1, -1);

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
};

/** `messages.0.id`; only what is a text or a number. */
const valueAt = (answer: unknown, path: string): string | undefined => {
  const found = path.split('.').reduce<unknown>((value, name) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    return (value as Record<string, unknown>)[name];
  }, answer);
  return typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean' ? String(found) : undefined;
};
