/** Somebody with Telegram on their phone. In a chat of their own with a bot both have the same number. */
export interface TelegramPerson {
  readonly id: number;
  readonly name: string;
}

export interface TelegramButton {
  readonly text: string;
  readonly callback_data?: string;
  readonly url?: string;
}

export interface TelegramMessage {
  readonly chatId: number;
  readonly messageId: number;
  readonly text: string;
  readonly buttons: readonly TelegramButton[];
  readonly edits: number;
}

export type TelegramRefusal = { readonly code: number; readonly description: string; readonly movedTo?: number };

/** What was written in the chats with one bot, and who lets it write there. Nothing here knows of HTTP. */
export class TelegramChats {
  readonly people = new Map<number, TelegramPerson>();
  readonly messages: TelegramMessage[] = [];
  /** A bot writes to nobody who has not written to it. */
  private readonly started = new Set<number>();
  private readonly blocked = new Set<number>();
  private readonly deactivated = new Set<number>();
  private readonly moved = new Map<number, number>();
  private counted = 0;

  next(): number {
    return (this.counted += 1);
  }

  addPerson(name: string): TelegramPerson {
    const person = { id: 700_000_000 + this.next(), name };
    this.people.set(person.id, person);
    return person;
  }

  start({ id }: TelegramPerson): void {
    this.started.add(id);
    this.blocked.delete(id);
  }

  block({ id }: TelegramPerson): void {
    this.blocked.add(id);
  }

  deactivate({ id }: TelegramPerson): void {
    this.deactivated.add(id);
  }

  /** A group becomes a supergroup, and has another number. */
  move(from: number, to: number): void {
    this.moved.set(from, to);
    this.started.add(to);
  }

  post(chatId: number, text: string, buttons: readonly TelegramButton[]): TelegramMessage | TelegramRefusal {
    const refused = this.refusal(chatId);
    if (refused !== undefined) return refused;
    const message = { chatId, messageId: this.next(), text, buttons, edits: 0 };
    this.messages.push(message);
    return message;
  }

  edit(chatId: number, messageId: number, text: string, buttons: readonly TelegramButton[]): TelegramMessage | TelegramRefusal {
    const refused = this.refusal(chatId);
    if (refused !== undefined) return refused;
    const index = this.messages.findIndex((message) => message.chatId === chatId && message.messageId === messageId);
    const before = this.messages[index];
    if (before === undefined) return { code: 400, description: 'Bad Request: message to edit not found' };
    if (before.text === text && JSON.stringify(before.buttons) === JSON.stringify(buttons))
      return {
        code: 400,
        description:
          'Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message',
      };
    const after = { ...before, text, buttons, edits: before.edits + 1 };
    this.messages[index] = after;
    return after;
  }

  private refusal(chatId: number): TelegramRefusal | undefined {
    const movedTo = this.moved.get(chatId);
    if (movedTo !== undefined) return { code: 400, description: 'Bad Request: group chat was upgraded to a supergroup chat', movedTo };
    if (this.deactivated.has(chatId)) return { code: 403, description: 'Forbidden: user is deactivated' };
    if (this.blocked.has(chatId)) return { code: 403, description: 'Forbidden: bot was blocked by the user' };
    if (!this.started.has(chatId)) return { code: 400, description: 'Bad Request: chat not found' };
    return undefined;
  }
}
