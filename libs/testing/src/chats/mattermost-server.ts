import { WebhookReceiver } from '../webhook-receiver';
import { ChatServer } from './chat-server';
import type { ChatAnswer } from './chat-server';

export interface MattermostPost {
  readonly text: string;
  /** Whom it calls. */
  readonly mentions: readonly string[];
}

const MOST_CHARACTERS = 16_383;

/** As much of Mattermost's incoming webhooks as is asked of it: what is too long is torn apart, and Slack's words are translated. */
export class MattermostServer extends ChatServer {
  readonly posts: MattermostPost[] = [];
  protected readonly answers = {
    limited: { status: 429, body: 'limit exceeded', headers: { 'retry-after': '1', 'content-type': 'text/plain' } },
    broken: { status: 500, body: problem('web.incoming_webhook.split_props_length.app_error', 500) },
    unknown: { status: 400, body: problem('web.incoming_webhook.invalid.app_error', 400) },
    notJson: { status: 400, body: problem('web.incoming_webhook.parse.app_error', 400) },
  } as const;

  static async start(): Promise<MattermostServer> {
    return new MattermostServer(await WebhookReceiver.start());
  }

  protected pathOfRoom(nth: number): string {
    return `/hooks/xgeneratedkeyxxxxxxxxxxxx${nth}`;
  }

  protected post(_room: string, _query: URLSearchParams, { text }: Readonly<Record<string, unknown>>): ChatAnswer {
    if (typeof text !== 'string' || text === '') return { status: 400, body: problem('web.incoming_webhook.text.app_error', 400) };
    const translated = text.replaceAll(/<!(channel|here|all)>/g, '@$1');
    const characters = [...translated];
    for (let from = 0; from < characters.length; from += MOST_CHARACTERS) {
      const part = characters.slice(from, from + MOST_CHARACTERS).join('');
      this.posts.push({ text: part, mentions: part.match(/@[A-Za-z0-9][\w.-]*/g) ?? [] });
    }
    return { status: 200, body: 'ok', headers: { 'content-type': 'text/plain' } };
  }
}

function problem(id: string, status: number): object {
  return { id, message: id, status_code: status };
}
