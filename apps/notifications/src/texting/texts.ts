import { Clock, textingDecider } from '@tocsin/domain';
import type { AlertId, ContactId, EscalationStep, Texting, TextingCommand, TextingEvent } from '@tocsin/domain';
import { CommandHandler, EventStore } from '@tocsin/event-store';
import type { Cause } from '@tocsin/messaging';

export interface PageToText {
  readonly contactId: ContactId;
  /** The notification's stream. */
  readonly notification: string;
  readonly alertId: AlertId;
  readonly step?: EscalationStep;
  /** Our number that it comes from; undefined where no reply comes back. */
  readonly sender: string | undefined;
}

/** What was texted to contacts, and their replies: one stream for each contact. */
export class Texts {
  private readonly handler: CommandHandler<TextingCommand, Texting, TextingEvent>;

  constructor(
    store: EventStore,
    private readonly clock: Clock,
  ) {
    this.handler = new CommandHandler({ store, decider: textingDecider });
  }

  /** The code of a page, the same for all attempts; durable before anything is sent. @throws EventStoreFault */
  async codeFor({ contactId, notification, alertId, step, sender }: PageToText, cause: Cause): Promise<string> {
    const command = {
      type: 'text',
      at: this.clock.now(),
      notification,
      alertId,
      ...(step === undefined ? {} : { step }),
      sender: sender ?? null,
    } as const;
    const { pages } = await this.change(contactId, command, { ...cause, commandId: `${cause.causationId}:text` });
    const code = pages.find((page) => page.notification === notification)?.code;
    if (code === undefined) throw new Error(`${notification} was given no code`);
    return code;
  }

  /** What a reply means, decided when it first comes. @throws EventStoreFault */
  async reply(contactId: ContactId, command: Omit<Extract<TextingCommand, { type: 'reply' }>, 'type' | 'at'>): Promise<Texting> {
    const cause = { causationId: command.messageId, correlationId: command.messageId };
    return this.change(contactId, { type: 'reply', at: this.clock.now(), ...command }, { ...cause, commandId: command.messageId });
  }

  /** @throws EventStoreFault */
  async load(contactId: ContactId): Promise<Texting> {
    return (await this.handler.load(`texts-${contactId}`)).state;
  }

  private async change(contactId: ContactId, command: TextingCommand, context: Cause & { readonly commandId: string }): Promise<Texting> {
    const { state } = await this.handler.handle(`texts-${contactId}`, command, {
      ...context,
      actor: { type: 'system', part: 'notifications' },
      time: this.clock.now(),
    });
    return state;
  }
}
