import { Controller } from '@nestjs/common';
import { topics } from '@tocsin/contracts';
import type { ArchiveEvent } from '@tocsin/domain';
import type { Message } from '@tocsin/messaging';
import { Consumes } from '@tocsin/platform/nest';
import { Escalations } from './escalations';

/** Removes the escalations of alerts that are in the archive. */
@Controller()
export class ArchivedAlertsConsumer {
  constructor(private readonly escalations: Escalations) {}

  @Consumes(topics.archiveFacts, 'escalation', { types: ['AlertsArchived'] })
  async handle(message: Message<ArchiveEvent['data']>): Promise<void> {
    if (message.data === null) return;
    await Promise.all(message.data.alerts.map(({ alertId }) => this.escalations.remove(alertId)));
  }
}
