import { Controller } from '@nestjs/common';
import { topics } from '@tocsin/contracts';
import type { AlertCommand as GivenAnswer } from '@tocsin/contracts';
import { mayAnswerAlerts, rejected } from '@tocsin/domain';
import type { Actor } from '@tocsin/domain';
import { causeOf, ConfigurationReader } from '@tocsin/messaging';
import type { Message } from '@tocsin/messaging';
import { Consumes } from '@tocsin/platform/nest';
import { AlertStreams } from './alert-streams';

/** Carries out answers given on channels, under the person's name and with the person's rights. */
@Controller()
export class AlertCommandsConsumer {
  constructor(
    private readonly alerts: AlertStreams,
    private readonly configuration: ConfigurationReader,
  ) {}

  @Consumes(topics.alertCommands, 'alerts', { types: ['AlertCommand'] })
  async handle(message: Message<GivenAnswer>): Promise<void> {
    if (message.data === null) return;
    const answer = message.data;
    await this.authorise(answer.by);
    const { alertId, ...command } = answer;
    await this.alerts.handle(alertId, command, {
      commandId: message.id,
      ...causeOf(message),
      actor: answer.by,
    });
  }

  /** @throws Rejection `forbidden`, MessageBusFault */
  private async authorise(by: Actor): Promise<void> {
    const { configuration } = this;
    const mayAnswer = await configuration.surely(() => {
      const user = by.type === 'user' ? configuration.get('user', by.userId) : undefined;
      return (user !== undefined && mayAnswerAlerts(user)) || undefined;
    });
    if (mayAnswer !== true) throw rejected('forbidden', 'this person may not answer alerts');
  }
}
