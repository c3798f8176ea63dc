import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bodyOf } from '../body-of';
import { TelegramChats } from './telegram-chats';
import type { TelegramButton, TelegramMessage, TelegramPerson, TelegramRefusal } from './telegram-chats';

/** What happens to the next calls of a method. `lose-answer`: it is done, and nobody hears so. `garbled`: a proxy answers in its place. */
export interface TelegramFault {
  readonly method: string;
  readonly what: 'limited' | 'broken' | 'silent' | 'garbled' | 'lose-answer';
  readonly times: number;
}

export interface TelegramCall {
  readonly method: string;
  readonly given: Readonly<Record<string, unknown>>;
  /** What it was answered: `ok`, or the description of the error. */
  readonly outcome: string;
}

/** An update as Telegram would send it, ready to be sent once, again, late or with something wrong about it. */
export interface TelegramUpdate {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface TelegramAnswer {
  readonly status: number;
  readonly body: string;
}

const PATH = '/api/callbacks/telegram';
const LONGEST_TEXT = 4_096;
const LONGEST_NOTICE = 200;
const MOST_DATA_BYTES = 64;
const RETRY_AFTER_SEC = 30;

type Given = Readonly<Record<string, unknown>>;
type Answered = { readonly result: unknown } | TelegramRefusal;

const refused = (description: string): TelegramRefusal => ({ code: 400, description: `Bad Request: ${description}` });

/** Somebody else's Telegram: the Bot API for one bot on a port of its own, and what people do in their chats with it. */
export class TelegramServer {
  readonly chats = new TelegramChats();
  readonly calls: TelegramCall[] = [];
  readonly token = '5551234:AAexample-token-of-the-bot_0123456789';
  readonly username = 'tocsin_example_bot';
  readonly secret = 'webhook-secret_of-telegram';
  /** What each press was answered with, by person. */
  private readonly notices = new Map<number, string[]>();
  private readonly presses = new Map<string, TelegramPerson>();
  private faults: readonly TelegramFault[] = [];
  private appUrlOf: (path: string) => string = (path) => path;
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => {
      this.serve(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
    });
  }

  static async start(): Promise<TelegramServer> {
    const telegram = new TelegramServer();
    await new Promise<void>((resolve) => telegram.server.listen(0, '127.0.0.1', resolve));
    return telegram;
  }

  /** Again changes nothing. */
  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** What turns Telegram on in the product. */
  get settings(): Readonly<Record<string, string>> {
    return { TELEGRAM_API_BASE_URL: this.url, TELEGRAM_BOT_TOKEN: this.token, TELEGRAM_WEBHOOK_SECRET: this.secret };
  }

  /** Where the app answers a path. */
  callsBack(appUrlOf: (path: string) => string): void {
    this.appUrlOf = appUrlOf;
  }

  fault(fault: TelegramFault): void {
    this.faults = [...this.faults, fault];
  }

  /** Nothing that was to happen to calls happens any more. */
  mend(): void {
    this.faults = [];
  }

  /** What the bot wrote to this person, as it stands there now, oldest first. */
  chat({ id }: TelegramPerson): readonly TelegramMessage[] {
    return this.chats.messages.filter(({ chatId }) => chatId === id);
  }

  /** What this person was shown for a moment after presses, oldest first. */
  noticesOf({ id }: TelegramPerson): readonly string[] {
    return this.notices.get(id) ?? [];
  }

  /** Opens a link to the bot and presses *Start*. */
  open(person: TelegramPerson, link: string): TelegramUpdate {
    const url = new URL(link);
    if (url.origin !== 'https://t.me' || url.pathname !== `/${this.username}`) throw new Error(`no link to the bot: ${link}`);
    return this.say(person, `/start ${url.searchParams.get('start') ?? ''}`.trim());
  }

  say(person: TelegramPerson, text: string): TelegramUpdate {
    this.chats.start(person);
    return this.update({ message: { message_id: this.chats.next(), from: this.from(person), chat: this.chatOf(person), text } });
  }

  /** Presses the button with this text below a message, as it stands there now or as it once did. */
  press(person: TelegramPerson, message: TelegramMessage, label: string): TelegramUpdate {
    const button = message.buttons.find(({ text }) => text === label);
    if (button === undefined) throw new Error(`the message has no button ${label}`);
    return this.pressData(person, message, button.callback_data ?? '');
  }

  /** What a changed client can send, too. */
  pressData(person: TelegramPerson, { messageId, text }: TelegramMessage, data: string): TelegramUpdate {
    const id = String(9_000_000 + this.chats.next());
    this.presses.set(id, person);
    const message = { message_id: messageId, chat: this.chatOf(person), text };
    return this.update({ callback_query: { id, from: this.from(person), message, chat_instance: '1', data } });
  }

  block(person: TelegramPerson): TelegramUpdate {
    this.chats.block(person);
    return this.membership(person, 'kicked');
  }

  unblock(person: TelegramPerson): TelegramUpdate {
    this.chats.start(person);
    return this.membership(person, 'member');
  }

  async send({ body, headers }: TelegramUpdate): Promise<TelegramAnswer> {
    const response = await fetch(this.appUrlOf(PATH), { method: 'POST', body, headers });
    return { status: response.status, body: await response.text() };
  }

  /** Shows another secret, or none. */
  update(about: Given, secret: string | undefined = this.secret): TelegramUpdate {
    return {
      body: JSON.stringify({ update_id: this.chats.next(), ...about }),
      headers: {
        'content-type': 'application/json',
        ...(secret === undefined ? {} : { 'x-telegram-bot-api-secret-token': secret }),
      },
    };
  }

  private membership(person: TelegramPerson, status: 'kicked' | 'member'): TelegramUpdate {
    return this.update({ my_chat_member: { from: this.from(person), chat: this.chatOf(person), new_chat_member: { status } } });
  }

  private from({ id, name }: TelegramPerson) {
    return { id, is_bot: false, first_name: name, language_code: 'en' };
  }

  private chatOf({ id, name }: TelegramPerson) {
    return { id, type: 'private', first_name: name };
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const given = JSON.parse((await bodyOf(request)) || '{}') as Given;
    const [, token, method = ''] = /^\/bot([^/]+)\/(\w+)$/.exec(request.url ?? '') ?? [];
    const fault = this.faultFor(method);
    if (fault?.what === 'silent') return;
    if (fault?.what === 'garbled') return void response.end('<html>');
    if (fault?.what === 'broken') return send(response, { code: 502, description: 'Bad Gateway' });
    if (fault?.what === 'limited') {
      this.calls.push({ method, given, outcome: 'limited' });
      return send(
        response,
        { code: 429, description: `Too Many Requests: retry after ${RETRY_AFTER_SEC}` },
        { retry_after: RETRY_AFTER_SEC },
      );
    }
    const answer: Answered = token === this.token ? this.answer(method, given) : noBot(token);
    this.calls.push({ method, given, outcome: 'description' in answer ? answer.description : 'ok' });
    if (fault?.what === 'lose-answer') {
      response.destroy();
      return;
    }
    send(response, answer);
  }

  private answer(method: string, given: Given): Answered {
    switch (method) {
      case 'getMe':
        return { result: { id: Number(this.token.split(':')[0]), is_bot: true, first_name: 'Tocsin', username: this.username } };
      case 'sendMessage':
        return this.written(given, (text, buttons) => this.chats.post(Number(given['chat_id']), text, buttons));
      case 'editMessageText':
        return this.written(given, (text, buttons) =>
          this.chats.edit(Number(given['chat_id']), Number(given['message_id']), text, buttons),
        );
      case 'answerCallbackQuery':
        return this.noticed(given);
      default:
        return { code: 404, description: 'Not Found' };
    }
  }

  private written(given: Given, write: (text: string, buttons: readonly TelegramButton[]) => TelegramMessage | TelegramRefusal): Answered {
    const text = String(given['text'] ?? '').trim();
    if (text === '') return refused('message text is empty');
    if (text.length > LONGEST_TEXT) return refused('message is too long');
    if (/[\uD800-\uDBFF](?![\uDC00-\uDFFF])/.test(text)) return refused('strings must be encoded in UTF-8');
    const markup = (given['reply_markup'] ?? {}) as { readonly inline_keyboard?: readonly (readonly TelegramButton[])[] };
    const buttons = (markup.inline_keyboard ?? []).flat();
    const isRight = ({ text: label, callback_data: data = '' }: TelegramButton) =>
      label !== '' && Buffer.byteLength(data) >= 1 && Buffer.byteLength(data) <= MOST_DATA_BYTES;
    if (!buttons.every(isRight)) return refused('BUTTON_DATA_INVALID');
    const done = write(text, buttons);
    return 'description' in done ? done : { result: { message_id: done.messageId, chat: { id: done.chatId }, text: done.text } };
  }

  /** A press is answered once, and while the person still waits for it. */
  private noticed(given: Given): Answered {
    const id = String(given['callback_query_id']);
    const person = this.presses.get(id);
    const text = String(given['text'] ?? '');
    if (text.length > LONGEST_NOTICE) return refused('MESSAGE_TOO_LONG');
    if (person === undefined) return refused('query is too old and response timeout expired or query ID is invalid');
    this.presses.delete(id);
    this.notices.set(person.id, [...this.noticesOf(person), text]);
    return { result: true };
  }

  private faultFor(method: string): TelegramFault | undefined {
    const index = this.faults.findIndex((fault) => fault.method === method && fault.times > 0);
    const fault = this.faults[index];
    if (fault !== undefined) this.faults = this.faults.with(index, { ...fault, times: fault.times - 1 });
    return fault;
  }
}

const send = (response: ServerResponse, answer: Answered, parameters?: Given): void => {
  response.setHeader('content-type', 'application/json');
  if (!('description' in answer)) return void response.end(JSON.stringify({ ok: true, result: answer.result }));
  const { code, description, movedTo } = answer;
  const also = parameters ?? (movedTo === undefined ? undefined : { migrate_to_chat_id: movedTo });
  response.statusCode = code;
  response.end(JSON.stringify({ ok: false, error_code: code, description, ...(also === undefined ? {} : { parameters: also }) }));
};

/** What does not even look like a token is an address that is not there. */
const noBot = (token = ''): Answered =>
  /^\d+:./.test(token) ? { code: 401, description: 'Unauthorized' } : { code: 404, description: 'Not Found' };
