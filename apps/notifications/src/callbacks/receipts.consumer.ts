import { Controller } from '@nestjs/common';
import { topics } from '@tocsin/contracts';
import type { NotificationReceipt } from '@tocsin/contracts';
import { causeOf } from '@tocsin/messaging';
import type { Message } from '@tocsin/messaging';
import { Consumes } from '@tocsin/platform/nest';
import { AttemptOutcomes } from '../attempt-outcomes';

/** What providers said of messages that they took. */
@Controller()
export class ReceiptsConsumer {
  constructor(private readonly outcomes: AttemptOutcomes) {}

  @Consumes(topics.notificationCommands, 'notifications', { types: ['NotificationReceipt'] })
  async take(message: Message): Promise<void> {
    await this.outcomes.receipt(message.data as NotificationReceipt, causeOf(message));
  }
}
