import { Controller } from '@nestjs/common';
import { topics } from '@tocsin/contracts';
import type { RaiseAlert } from '@tocsin/contracts';
import { defined, mayAnswerAlerts, raisedByPerson, rejected, seesSource, snapshotOf } from '@tocsin/domain';
import type { Actor, AlertSource } from '@tocsin/domain';
import { causeOf, ConfigurationReader } from '@tocsin/messaging';
import type { Message } from '@tocsin/messaging';
import { Consumes } from '@tocsin/platform/nest';
import { AlertStreams } from './alert-streams';
import { supportTimesFor } from './support-times';

/** Raises what people ask for where they chat, under their name and with the rights they have in the API. */
@Controller()
export class RaiseAlertConsumer {
  constructor(
    private readonly alerts: AlertStreams,
    private readonly configuration: ConfigurationReader,
  ) {}

  /** @throws Rejection `forbidden`, `not-found`; MessageBusFault, EventStoreFault */
  @Consumes(topics.alertCommands, 'alerts', { types: ['RaiseAlert'] })
  async handle(message: Message<RaiseAlert>): Promise<void> {
    if (message.data === null) return;
    const { alertId, userId, sourceId, summary, details, priority, at } = message.data;
    const source = await this.source(userId, sourceId);
    const policy = await this.configuration.surely(() => this.configuration.get('policy', source.escalationPolicyId));
    if (policy === undefined) throw rejected('not-found', `there is no escalation policy ${source.escalationPolicyId}`);
    const by: Actor = { type: 'user', userId };
    const route = { type: 'policy', policy: snapshotOf(policy) } as const;
    const supportTimes = await supportTimesFor(source, this.configuration);
    const content = defined({ summary, details, priority });
    const alert = raisedByPerson({ alertId, source, supportTimes, content, at, by, route });
    await this.alerts.handle(alertId, { type: 'raise', alert }, { commandId: message.id, ...causeOf(message), actor: by });
  }

  private async source(userId: RaiseAlert['userId'], sourceId: RaiseAlert['sourceId']): Promise<AlertSource> {
    const { configuration } = this;
    const source = await configuration.surely(() => {
      const user = configuration.get('user', userId);
      const found = configuration.get('source', sourceId);
      return user !== undefined && mayAnswerAlerts(user) && found !== undefined && seesSource(user, found, configuration)
        ? found
        : undefined;
    });
    if (source === undefined) throw rejected('forbidden', `this person may not raise an alert of source ${sourceId}`);
    return source;
  }
}
