import { WebhookReceiver } from '../webhook-receiver';
import { ChatServer } from './chat-server';
import type { ChatAnswer } from './chat-server';

export interface DiscordMessage {
  readonly content: string;
  readonly embeds: readonly { readonly description: string; readonly color: number }[];
  /** Whom it calls. */
  readonly mentions: readonly string[];
}

interface Sent {
  readonly content?: unknown;
  readonly embeds?: readonly Readonly<Record<string, unknown>>[];
  readonly allowed_mentions?: { readonly parse?: readonly string[] };
}

/** As much of Discord's webhooks as is asked of it, with its limits: a message that is over one of them is refused as a whole. */
export class DiscordServer extends ChatServer {
  readonly messages: DiscordMessage[] = [];
  protected readonly answers = {
    limited: {
      status: 429,
      body: { message: 'You are being rate limited.', retry_after: 29.6, global: false },
      headers: { 'retry-after': '30' },
    },
    broken: { status: 500, body: { message: 'Internal Server Error', code: 0 } },
    unknown: { status: 404, body: { message: 'Unknown Webhook', code: 10_015 } },
    notJson: { status: 400, body: { message: 'The request body contains invalid JSON.', code: 50_109 } },
  } as const;

  static async start(): Promise<DiscordServer> {
    return new DiscordServer(await WebhookReceiver.start());
  }

  protected pathOfRoom(nth: number): string {
    return `/api/webhooks/11223344556677889${nth}/To-ken_${nth}`;
  }

  protected post(_room: string, query: URLSearchParams, { content = '', embeds = [], allowed_mentions: allowed }: Sent): ChatAnswer {
    const problem = problemOf(content, embeds);
    if (problem !== undefined) return { status: 400, body: { message: 'Invalid Form Body', code: 50_035, errors: problem } };
    const text = String(content);
    const mentions = (allowed?.parse ?? ['everyone', 'users', 'roles']).flatMap((kind) => text.match(MENTIONS[kind] ?? /$^/g) ?? []);
    this.messages.push({ content: text, embeds: embeds as unknown as DiscordMessage['embeds'], mentions });
    return query.get('wait') === 'true' ? { status: 200, body: { id: String(this.messages.length) } } : { status: 204, body: '' };
  }
}

const MENTIONS: Readonly<Record<string, RegExp>> = { everyone: /@(?:everyone|here)/g, users: /<@!?\d+>/g, roles: /<@&\d+>/g };

const problemOf = (content: unknown, embeds: NonNullable<Sent['embeds']>): string | undefined => {
  if (typeof content !== 'string' || content.length > 2_000) return 'content: Must be 2000 or fewer in length.';
  if (content.trim() === '' && embeds.length === 0) return 'Cannot send an empty message';
  const descriptions = embeds.map(({ description }) => description);
  if (descriptions.some((text) => typeof text !== 'string' || text === '')) return 'embeds: This field is required';
  if (descriptions.some((text) => String(text).length > 4_096)) return 'embeds: Must be 4096 or fewer in length.';
  return descriptions.join('').length > 6_000 ? 'embeds: Embed size exceeds maximum size of 6000' : undefined;
};
