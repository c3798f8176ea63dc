import type { ServerResponse } from 'node:http';
import { WebhookReceiver } from '../webhook-receiver';
import type { ReceivedWebhook } from '../webhook-receiver';

export interface ChatAnswer {
  readonly status: number;
  readonly body: string | object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What goes wrong with one message: the chat has too much to do, breaks, or takes it and does not say so. */
export type ChatTrouble = 'limited' | 'broken' | 'lost';

/** A chat that takes messages for its rooms by webhooks; which it has, what it takes and what it says, its own folder knows. */
export abstract class ChatServer {
  /** For the next messages, in order. */
  readonly troubles: ChatTrouble[] = [];
  /** No longer there. */
  readonly deleted = new Set<string>();
  private readonly rooms: string[] = [];

  protected constructor(private readonly receiver: WebhookReceiver) {
    receiver.answer = (response) => this.take(receiver.received.at(-1) as ReceivedWebhook, response);
  }

  get url(): string {
    return this.receiver.url;
  }

  /** What arrived, whether it was taken or not. */
  get requests(): readonly ReceivedWebhook[] {
    return this.receiver.received;
  }

  stop(): Promise<void> {
    return this.receiver.stop();
  }

  /** The address of a new room. */
  room(): string {
    const path = this.pathOfRoom(this.rooms.length + 1);
    this.rooms.push(path);
    return `${this.url}${path}`;
  }

  protected abstract pathOfRoom(nth: number): string;
  protected abstract post(room: string, query: URLSearchParams, body: Readonly<Record<string, unknown>>): ChatAnswer;
  protected abstract readonly answers: Readonly<Record<'limited' | 'broken' | 'unknown' | 'notJson', ChatAnswer>>;

  private take({ path, body }: ReceivedWebhook, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(path, this.url);
    const trouble = this.troubles.shift();
    const answer = this.answerTo(pathname, searchParams, { body, trouble });
    if (trouble === 'lost') {
      response.socket?.destroy();
      return;
    }
    const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers }).end(text);
  }

  private answerTo(
    room: string,
    query: URLSearchParams,
    { body, trouble }: { readonly body: string; readonly trouble: ChatTrouble | undefined },
  ): ChatAnswer {
    if (trouble === 'limited' || trouble === 'broken') return this.answers[trouble];
    if (!this.rooms.includes(room) || this.deleted.has(`${this.url}${room}`)) return this.answers.unknown;
    const sent = objectIn(body);
    return sent === undefined ? this.answers.notJson : this.post(room, query, sent);
  }
}

const objectIn = (body: string): Readonly<Record<string, unknown>> | undefined => {
  try {
    const value = JSON.parse(body) as unknown;
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
};
