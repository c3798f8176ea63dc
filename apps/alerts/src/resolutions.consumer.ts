import { Controller } from '@nestjs/common';
import { topics } from '@tocsin/contracts';
import type { FallbackResolved, LevelResolved } from '@tocsin/contracts';
import type { AlertCommand, AlertId } from '@tocsin/domain';
import { causeOf } from '@tocsin/messaging';
import type { Message } from '@tocsin/messaging';
import { Consumes } from '@tocsin/platform/nest';
import { AlertStreams } from './alert-streams';

/** Records on the alert whom a due level led to, or that nobody was there. */
@Controller()
export class ResolutionsConsumer {
  constructor(private readonly alerts: AlertStreams) {}

  @Consumes(topics.resolutions, 'alerts', { types: ['LevelResolved'] })
  async levelResolved(message: Message<LevelResolved>): Promise<void> {
    if (message.data === null) return;
    const { alertId, ...level } = message.data;
    await this.record(message, alertId, { type: 'recordLevel', ...level });
  }

  @Consumes(topics.resolutions, 'alerts', { types: ['FallbackResolved'] })
  async fallbackResolved(message: Message<FallbackResolved>): Promise<void> {
    if (message.data === null) return;
    const { alertId, cause, at, step, fallback, problems, retryAt } = message.data;
    await this.record(
      message,
      alertId,
      cause === 'nobody-on-call'
        ? { type: 'recordNobodyOnCall', at, step, problems, fallback, ...(retryAt === undefined ? {} : { retryAt }) }
        : { type: 'recordEscalationEnded', at, step, fallback },
    );
  }

  private async record(message: Message, alertId: AlertId, command: AlertCommand): Promise<void> {
    await this.alerts.handle(alertId, command, {
      commandId: message.id,
      ...causeOf(message),
      actor: { type: 'system', part: 'escalation' },
    });
  }
}
