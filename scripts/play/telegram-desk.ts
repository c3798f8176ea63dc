import type { TelegramServer } from '@tocsin/testing';
import { Arrivals } from './arrivals.ts';
import type { Person } from './ready-world.ts';

export interface ShownTelegram {
  readonly id: string;
  readonly at: number;
  readonly isMine: boolean;
  readonly text: string;
  readonly buttons: readonly string[];
}

/** What people do in Telegram in their chats with the bot. */
export class TelegramDesk {
  private readonly telegram: TelegramServer;
  private readonly arrivals = new Arrivals();
  private readonly written: (ShownTelegram & { readonly person: number })[] = [];

  constructor(telegram: TelegramServer) {
    this.telegram = telegram;
  }

  /** Oldest first; `notice`: what the last press was answered with. */
  seenBy({ id: person, inTelegram }: Person) {
    const received = this.telegram.chat(inTelegram).map(({ messageId, text, buttons }) => ({
      ...{ id: String(messageId), at: this.arrivals.of(String(messageId)), isMine: false, text },
      buttons: buttons.map((button) => button.text),
    }));
    const mine = this.written.filter((each) => each.person === person);
    return {
      messages: [...received, ...mine].sort((one, other) => one.at - other.at),
      notice: this.telegram.noticesOf(inTelegram).at(-1) ?? '',
    };
  }

  /** Answers with the status of the product's answer. */
  async press({ inTelegram }: Person, id: string, label: string): Promise<number> {
    const message = this.telegram.chat(inTelegram).find(({ messageId }) => String(messageId) === id);
    if (message?.buttons.some(({ text }) => text === label) !== true) return 404;
    return (await this.telegram.send(this.telegram.press(inTelegram, message, label))).status;
  }

  async say({ id: person, inTelegram }: Person, text: string): Promise<number> {
    const about = { isMine: true, text, buttons: [] };
    this.written.push({ ...about, person, id: `written-${this.written.length}`, at: Date.now() });
    return (await this.telegram.send(this.telegram.say(inTelegram, text))).status;
  }
}
