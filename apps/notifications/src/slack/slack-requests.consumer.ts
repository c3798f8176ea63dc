import { Controller } from '@nestjs/common';
import { topics } from '@tocsin/contracts';
import type { SlackRequestMade } from '@tocsin/contracts';
import type { Message } from '@tocsin/messaging';
import { Consumes } from '@tocsin/platform/nest';
import { SlackActions } from './slack-actions';

/** What was asked for in Slack and is durable by now. */
@Controller()
export class SlackRequestsConsumer {
  constructor(private readonly actions: SlackActions) {}

  @Consumes(topics.notificationCommands, 'notifications', { types: ['SlackRequestMade'] })
  async handle(message: Message<SlackRequestMade>): Promise<void> {
    if (message.data !== null) await this.actions.carryOut(message.data, message.id);
  }
}
