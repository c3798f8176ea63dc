import { Controller } from '@nestjs/common';
import { topics } from '@tocsin/contracts';
import type { AssignToPolicy } from '@tocsin/contracts';
import { defined, mayAnswerAlerts, rejected, snapshotOf } from '@tocsin/domain';
import { causeOf, ConfigurationReader } from '@tocsin/messaging';
import type { Message } from '@tocsin/messaging';
import { Consumes } from '@tocsin/platform/nest';
import { AlertStreams } from './alert-streams';

/** Gives alerts to policies: for people, with the rights they have in the API, and for alert actions. */
@Controller()
export class AssignToPolicyConsumer {
  constructor(
    private readonly alerts: AlertStreams,
    private readonly configuration: ConfigurationReader,
  ) {}

  /** @throws Rejection `forbidden`, `not-found`, `alert-already-resolved`; MessageBusFault, EventStoreFault */
  @Consumes(topics.alertCommands, 'alerts', { types: ['AssignToPolicy'] })
  async handle(message: Message<AssignToPolicy>): Promise<void> {
    if (message.data === null) return;
    const { alertId, policyId, by, at, actionId, from } = message.data;
    await this.authorise(message.data);
    const policy = await this.configuration.surely(() => this.configuration.get('policy', policyId));
    if (policy === undefined) throw rejected('not-found', `there is no escalation policy ${policyId}`);
    const to = { type: 'policy', policy: snapshotOf(policy) } as const;
    await this.alerts.handle(
      alertId,
      { type: 'assign', at, by, to, ...defined({ actionId, from }) },
      { commandId: message.id, ...causeOf(message), actor: by },
    );
  }

  /** What an action does by itself was allowed when the action was saved. @throws Rejection `forbidden`, MessageBusFault */
  private async authorise({ by, actionId }: AssignToPolicy): Promise<void> {
    const { configuration } = this;
    if (by.type === 'system' && actionId !== undefined) return;
    const mayAnswer = await configuration.surely(() => {
      const user = by.type === 'user' ? configuration.get('user', by.userId) : undefined;
      return (user !== undefined && mayAnswerAlerts(user)) || undefined;
    });
    if (mayAnswer !== true) throw rejected('forbidden', 'this person may not assign alerts');
  }
}
