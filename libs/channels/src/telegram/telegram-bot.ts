import { createHash, timingSafeEqual } from 'node:crypto';
import { ChatBot } from '../chat-bot';
import type { ChatCall, ChatCallback, ChatPlace } from '../chat-bot';
import type { CallResult } from '../call-result';
import type { ShownAlert, ShownText } from '../shown-alert';
import { shortened } from '../shortened';
import { formOf } from './message-form';
import { TELEGRAM_PAGES_AT_ONCE } from './settings';
import { TelegramApi } from './telegram-api';
import type { TelegramApiSettings } from './telegram-api';
import { updateIn } from './updates';

export interface TelegramBotSettings extends TelegramApiSettings {
  readonly secrets: readonly string[];
}

const LONGEST_NOTICE = 200;
const SECRET_HEADER = 'x-telegram-bot-api-secret-token';

export class TelegramBot extends ChatBot {
  readonly provider = 'telegram';
  readonly method = 'TELEGRAM';
  readonly pagesAtOnce = TELEGRAM_PAGES_AT_ONCE;
  private readonly api: TelegramApi;
  private username: string | undefined;

  constructor(private readonly settings: TelegramBotSettings) {
    super();
    this.api = new TelegramApi(settings);
  }

  /** Telegram signs nothing, it shows a secret; there is no time in it: what is sent again changes nothing more. */
  async isGenuine({ header }: ChatCallback): Promise<boolean> {
    const given = digest(header(SECRET_HEADER) ?? '');
    return this.settings.secrets.map((secret) => timingSafeEqual(digest(secret), given)).includes(true);
  }

  read({ body }: ChatCallback): ChatCall {
    const { id, request } = updateIn(body);
    // Updates are counted by bot.
    return { id: `telegram-${this.settings.token.split(':', 1).join('')}-${id}`, request };
  }

  async post(address: string, content: ShownAlert | ShownText): Promise<CallResult<ChatPlace>> {
    const sent = await this.api.call('sendMessage', { chat_id: Number(address), ...formOf(content) });
    return sent.ok ? { ok: true, value: { address, messageId: String(sent.value['message_id']) } } : sent;
  }

  async edit({ address, messageId }: ChatPlace, content: ShownAlert): Promise<CallResult<undefined>> {
    const about = { chat_id: Number(address), message_id: Number(messageId) };
    return nothing(await this.api.call('editMessageText', { ...about, ...formOf(content) }), 'not_modified');
  }

  async acknowledge(press: string, text: string): Promise<CallResult<undefined>> {
    return nothing(await this.api.call('answerCallbackQuery', { callback_query_id: press, text: shortened(text, LONGEST_NOTICE) }));
  }

  async linkUrl(token: string): Promise<CallResult<string>> {
    if (this.username === undefined) {
      const me = await this.api.call('getMe', {});
      if (!me.ok) return me;
      this.username = String(me.value['username']);
    }
    return { ok: true, value: `https://t.me/${this.username}?start=${token}` };
  }
}

/** Of the same length, so that the comparison takes the same time whatever is given. */
const digest = (secret: string): Buffer => createHash('sha256').update(secret).digest();

const nothing = (result: CallResult<unknown>, asGood?: string): CallResult<undefined> =>
  result.ok || result.reason === asGood ? { ok: true, value: undefined } : result;
