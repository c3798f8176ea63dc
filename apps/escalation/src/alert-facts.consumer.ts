import { Controller } from '@nestjs/common';
import { topics } from '@tocsin/contracts';
import { concernsEscalation } from '@tocsin/domain';
import type { AlertEvent } from '@tocsin/domain';
import { causeOf } from '@tocsin/messaging';
import type { Message } from '@tocsin/messaging';
import { Consumes } from '@tocsin/platform/nest';
import { Escalations } from './escalations';

/** Moves the escalation of each alert by the alert's own facts, in their order. */
@Controller()
export class AlertFactsConsumer {
  constructor(private readonly escalations: Escalations) {}

  @Consumes(topics.alertFacts, 'escalation')
  async handle(message: Message): Promise<void> {
    const fact = { type: message.type, data: message.data } as AlertEvent;
    if (message.fact === undefined || !concernsEscalation(fact)) return;
    await this.escalations.observe(fact.data.alertId, fact, message.fact.revision, causeOf(message));
  }
}
