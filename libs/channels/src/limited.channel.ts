import { Channel } from './channel';
import type { Destination, OutgoingMessage, Room, SendOutcome } from './channel';
import { NO_ROOM } from './provider-budget';
import type { ProviderBudget } from './provider-budget';

export interface Refusals {
  /** In chats, a provider that wants to be left alone may mean one of them, and not the account. */
  readonly ofOnePlace?: boolean;
}

/** A channel whose provider is asked to take so many messages at once and no more, by whoever has them, and none while it wants to be left alone. */
export class LimitedChannel extends Channel {
  readonly method: Channel['method'];
  readonly provider: string;

  constructor(
    private readonly channel: Channel,
    /** One for all channels of an account. */
    private readonly budget: ProviderBudget,
    private readonly refusals: Refusals = {},
  ) {
    super();
    this.method = channel.method;
    this.provider = channel.provider;
  }

  override senderTo(target: string): string | undefined {
    return this.channel.senderTo(target);
  }

  override room({ isUrgent }: Destination, noLonger?: AbortSignal): Promise<Room | undefined> {
    return this.budget.room(noLonger, isUrgent);
  }

  async send(message: OutgoingMessage, room?: Room): Promise<SendOutcome> {
    const taken = room ?? (await this.budget.room());
    if (taken === undefined) return NO_ROOM;
    try {
      const outcome = await this.channel.send(message);
      if (outcome.type === 'failed' && outcome.retryAfterMs !== undefined && this.refusals.ofOnePlace !== true)
        this.budget.rest(outcome.retryAfterMs);
      return outcome;
    } finally {
      taken.leave();
    }
  }

  override takeBack(reference: string): Promise<void> {
    return this.channel.takeBack(reference);
  }

  close(): Promise<void> {
    return this.channel.close();
  }
}
