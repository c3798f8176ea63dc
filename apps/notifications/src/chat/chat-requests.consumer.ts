import { Controller } from '@nestjs/common';
import { topics } from '@tocsin/contracts';
import type { ChatRequestMade } from '@tocsin/contracts';
import type { Message } from '@tocsin/messaging';
import { Consumes } from '@tocsin/platform/nest';
import { ChatActions } from './chat-actions';

/** What was done in a chat and is durable by now. */
@Controller()
export class ChatRequestsConsumer {
  constructor(private readonly actions: ChatActions) {}

  @Consumes(topics.notificationCommands, 'notifications', { types: ['ChatRequestMade'] })
  async handle(message: Message<ChatRequestMade>): Promise<void> {
    if (message.data !== null) await this.actions.carryOut(message.data, message.id);
  }
}
