import { topics } from '@tocsin/contracts';
import type { NotificationCommand } from '@tocsin/contracts';
import { Clock } from '@tocsin/domain';
import { MessageBus } from '@tocsin/messaging';
import { newUuid } from '@tocsin/platform';
import type { ChangeContext } from '@tocsin/platform';

/** What is to be sent to a person, besides pages: durable when this says so; the notification service sends it. */
export class NotificationWishes {
  constructor(
    private readonly bus: MessageBus,
    private readonly clock: Clock,
  ) {}

  /** @throws MessageBusFault */
  async ask(
    { type, data }: NotificationCommand,
    { requestId: correlationId, actor }: Pick<ChangeContext, 'requestId' | 'actor'>,
  ): Promise<void> {
    await this.bus.publish(topics.notificationCommands, [
      {
        id: newUuid(),
        key: `user-${data.userId}`,
        type,
        schemaVersion: 1,
        time: this.clock.now(),
        correlationId,
        causationId: correlationId,
        actor,
        data,
      },
    ]);
  }
}
