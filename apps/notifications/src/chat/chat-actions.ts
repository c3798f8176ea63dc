import { timeText } from '@tocsin/channels';
import type { ChatBot, ChatRequest, ChatSender } from '@tocsin/channels';
import type { ChatRequestMade } from '@tocsin/contracts';
import { Clock, Rejection } from '@tocsin/domain';
import type { User } from '@tocsin/domain';
import { ConfigurationReader } from '@tocsin/messaging';
import { SecretBox } from '@tocsin/platform';
import type { PlatformSettings } from '@tocsin/platform';
import { Answers, wordsOf } from '../answers';
import type { AnswerOutcome } from '../answers';
import { shownAlert } from '../shown-alert';
import { ChatPeople } from './chat-people';
import { chatTexts } from './chat-texts';
import { StrangerReplies } from './stranger-replies';

type Answer = Extract<ChatRequest, { type: 'answer' }>;

export interface ChatActionsParts {
  readonly bots: readonly ChatBot[];
  readonly people: ChatPeople;
  readonly answers: Answers;
  readonly configuration: ConfigurationReader;
  readonly secrets: SecretBox;
  readonly settings: PlatformSettings;
  readonly clock: Clock;
}

/** Carries out what was done in a chat, as the person who did it, and tells them there what came of it. */
export class ChatActions {
  private readonly strangers: StrangerReplies;

  constructor(private readonly parts: ChatActionsParts) {
    this.strangers = new StrangerReplies(parts.clock);
  }

  /** That an answer does not get through changes nothing about what was done. @throws MessageBusFault, EventStoreFault */
  async carryOut({ provider, sealed }: ChatRequestMade, id: string): Promise<void> {
    const { bots, secrets, people } = this.parts;
    const bot = bots.find((each) => each.provider === provider);
    // It was switched off since.
    if (bot === undefined) return;
    const request = JSON.parse(secrets.decrypt(sealed)) as ChatRequest;
    if (request.type === 'other') return;
    const user = await people.userOf(bot.method, request.by.id);
    switch (request.type) {
      case 'answer':
        return this.answer(bot, request, user, id);
      case 'link':
        return this.link(bot, request);
      case 'typed': {
        if (user === undefined) return this.tellStranger(bot, request.by, this.unlinked(bot));
        // Whoever writes to the bot lets it write to them.
        await unlessGone(people.reopen(user.id, bot.method));
        await bot.post(request.by.address, { type: 'text', text: chatTexts[user.language].help });
        return;
      }
      case 'closed':
        if (user === undefined) return;
        return unlessGone(people.close(user.id, { method: bot.method, address: request.by.address, reason: `${provider}: blocked` }));
      case 'opened':
        if (user === undefined) return;
        return unlessGone(people.reopen(user.id, bot.method));
    }
  }

  private async answer(bot: ChatBot, request: Answer, user: User | undefined, id: string): Promise<void> {
    if (user === undefined) {
      await bot.acknowledge(request.press, this.unlinked(bot));
      return this.tellStranger(bot, request.by, this.unlinked(bot));
    }
    const { alertId, purpose, press, place } = request;
    const view = await this.parts.answers.give(
      purpose,
      { alertId, userId: user.id, ...('step' in request ? { step: request.step } : {}) },
      id,
    );
    const isTold = (await bot.acknowledge(press, wordsOf(view))).ok;
    if (view.type === 'outcome') await bot.edit(place, this.shown(view, user));
    else if (!isTold) await bot.post(request.by.address, { type: 'text', text: wordsOf(view) });
  }

  /** The alert as it is after the answer, and above all else what came of that. */
  private shown({ alert, text }: Extract<AnswerOutcome, { type: 'outcome' }>, user: User) {
    const shown = shownAlert(alert, user.language, this.parts.configuration);
    return { ...shown, reportTime: timeText(alert.reportTime, user), standing: [text, ...shown.standing] };
  }

  private async link(bot: ChatBot, { by, token }: Extract<ChatRequest, { type: 'link' }>): Promise<void> {
    const linking = await this.parts.people.link(bot.method, by, token);
    if (linking.type !== 'linked') return this.tellStranger(bot, by, chatTexts.en[linking.type]);
    const { language, firstName, lastName } = linking.user;
    await bot.post(by.address, { type: 'text', text: chatTexts[language].linked(`${firstName} ${lastName}`.trim(), bot.method) });
  }

  private async tellStranger(bot: ChatBot, { id, address }: ChatSender, text: string): Promise<void> {
    if (this.strangers.mayTell(`${bot.provider} ${id}`)) await bot.post(address, { type: 'text', text });
  }

  private unlinked({ provider }: ChatBot): string {
    return chatTexts.en.unlinked(`${this.parts.settings.publicUrl}/api/callbacks/${provider}/link`);
  }
}

/** Whoever was deleted meanwhile has no account to change. */
const unlessGone = async (change: Promise<void>): Promise<void> => {
  try {
    await change;
  } catch (error) {
    if (!(error instanceof Rejection)) throw error;
  }
};
