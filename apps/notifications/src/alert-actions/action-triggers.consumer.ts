import { Controller } from '@nestjs/common';
import { topics } from '@tocsin/contracts';
import type { InvokeAlertAction } from '@tocsin/contracts';
import { actionStream, alertOf } from '@tocsin/domain';
import type { AlertChannelEvent, AlertEvent } from '@tocsin/domain';
import type { Position } from '@tocsin/event-store';
import { causeOf } from '@tocsin/messaging';
import type { Message } from '@tocsin/messaging';
import { Consumes } from '@tocsin/platform/nest';
import { ActionPlanner } from './action-planner';
import { ActionStreams } from './action-streams';

/** Sets actions off: by what happens to alerts, in a group of its own so that pages do not wait for it, and by people. */
@Controller()
export class ActionTriggersConsumer {
  constructor(
    private readonly planner: ActionPlanner,
    private readonly streams: ActionStreams,
  ) {}

  @Consumes(topics.alertFacts, 'alert-actions')
  async handle(message: Message): Promise<void> {
    if (message.fact === undefined) return;
    const event = { type: message.type, data: message.data } as AlertEvent;
    const position = message.fact.position as Position;
    await this.planner.plan({ event, alertId: event.data.alertId, id: message.id, position }, causeOf(message));
  }

  @Consumes(topics.alertChannelFacts, 'alert-actions')
  async handleChannel(message: Message): Promise<void> {
    if (message.fact === undefined) return;
    const { stream, position } = message.fact;
    const event = { type: message.type, data: message.data } as AlertChannelEvent;
    await this.planner.plan({ event, alertId: alertOf(stream), id: message.id, position: position as Position }, causeOf(message));
  }

  @Consumes(topics.notificationCommands, 'notifications', { types: ['InvokeAlertAction'] })
  async invoke(message: Message): Promise<void> {
    const { alertId, actionId, deliveryId, by, at } = message.data as InvokeAlertAction;
    const data = { alertId, actionId, trigger: 'manual', by, deliveryId, at, dueAt: at } as const;
    await this.streams.change(actionStream(alertId, actionId), { type: 'trigger', data }, { ...causeOf(message), commandId: message.id });
  }
}
