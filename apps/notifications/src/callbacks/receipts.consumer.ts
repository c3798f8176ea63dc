import { Controller } from '@nestjs/common';
import { topics } from '@tocsin/contracts';
import type { CallOver, NotificationReceipt } from '@tocsin/contracts';
import { causeOf } from '@tocsin/messaging';
import type { Message } from '@tocsin/messaging';
import { Consumes } from '@tocsin/platform/nest';
import { AttemptOutcomes } from '../attempt-outcomes';
import { CallTurns } from '../calling/call-turns';
import { unreached } from '../calling/unreached';

/** What providers said of messages that they took. */
@Controller()
export class ReceiptsConsumer {
  constructor(
    private readonly outcomes: AttemptOutcomes,
    private readonly turns: CallTurns,
  ) {}

  @Consumes(topics.notificationCommands, 'notifications', { types: ['NotificationReceipt'] })
  async take(message: Message): Promise<void> {
    await this.outcomes.receipt(message.data as NotificationReceipt, causeOf(message));
  }

  /** Whoever pressed no key was not reached (B25). The next call may be made after that is on record. */
  @Consumes(topics.notificationCommands, 'notifications', { types: ['CallOver'] })
  async callOver(message: Message): Promise<void> {
    const { unreachedBy, ...call } = message.data as CallOver;
    await this.outcomes.receipt({ ...call, outcome: unreached(unreachedBy) }, causeOf(message));
    await this.turns.over(call, causeOf(message));
  }
}
