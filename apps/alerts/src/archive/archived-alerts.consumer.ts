import { Controller } from '@nestjs/common';
import { topics } from '@tocsin/contracts';
import type { ArchiveEvent } from '@tocsin/domain';
import type { Message } from '@tocsin/messaging';
import { Consumes } from '@tocsin/platform/nest';
import { ArchivedAlerts } from './archived-alerts';

/** Removes what alerts keeps of alerts that are in the archive. */
@Controller()
export class ArchivedAlertsConsumer {
  constructor(private readonly archived: ArchivedAlerts) {}

  @Consumes(topics.archiveFacts, 'alerts', { types: ['AlertsArchived'] })
  async handle(message: Message<ArchiveEvent['data']>): Promise<void> {
    if (message.data === null) return;
    await this.archived.remove(message.data.alerts, message.correlationId);
  }
}
