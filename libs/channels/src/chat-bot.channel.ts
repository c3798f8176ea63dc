import type { ChatMethod } from '@tocsin/domain';
import { outcomeOfCall } from './call-result';
import { Channel } from './channel';
import type { OutgoingMessage, SendOutcome } from './channel';
import type { ChatBot } from './chat-bot';
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
