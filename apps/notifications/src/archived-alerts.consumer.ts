import { Controller } from '@nestjs/common';
import { topics } from '@tocsin/contracts';
import type { ArchiveEvent } from '@tocsin/domain';
import type { Message } from '@tocsin/messaging';
import { Consumes } from '@tocsin/platform/nest';
import { Notifications } from './notifications';

/** Removes the notifications of alerts that are in the archive. */
@Controller()
export class ArchivedAlertsConsumer {
  constructor(private readonly notifications: Notifications) {}

  @Consumes(topics.archiveFacts, 'notifications', { types: ['AlertsArchived'] })
  async handle(message: Message<ArchiveEvent['data']>): Promise<void> {
    if (message.data === null) return;
    for (const { notifications } of message.data.alerts)
      await Promise.all(notifications.map((stream) => this.notifications.remove(stream)));
  }
}
