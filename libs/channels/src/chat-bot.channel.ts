import type { ChatMethod } from '@tocsin/domain';
import { outcomeOfCall } from './call-result';
import { Channel } from './channel';
import type { OutgoingMessage, SendOutcome } from './channel';
import type { ChatBot } from './chat-bot';
import { LimitedChannel } from './limited.channel';
import { ProviderBudget } from './provider-budget';
import { shownMessage } from './shown-alert';

/** Pages by a bot, to the account that the person has linked, with buttons to answer them there. */
export class ChatBotChannel extends Channel {
  readonly method: ChatMethod;
  readonly provider: string;

  constructor(private readonly bot: ChatBot) {
    super();
    this.method = bot.method;
    this.provider = bot.provider;
  }

  async send({ target, message }: OutgoingMessage): Promise<SendOutcome> {
    const posted = await this.bot.post(target, shownMessage(message));
    if (!posted.ok) return outcomeOfCall(this.provider, posted);
    return { type: 'handed-over', receiptExpected: false, reference: posted.value.messageId };
  }

  async close(): Promise<void> {}
}

/** Pages by the bot, no more at once than its provider takes. */
export const pagesBy = (bot: ChatBot): Channel =>
  new LimitedChannel(new ChatBotChannel(bot), new ProviderBudget(bot.pagesAtOnce), { ofOnePlace: true });
