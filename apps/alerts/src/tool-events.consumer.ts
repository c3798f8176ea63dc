import { Controller } from '@nestjs/common';
import { topics } from '@tocsin/contracts';
import type { ToolEvent } from '@tocsin/contracts';
import type { Message } from '@tocsin/messaging';
import { Consumes } from '@tocsin/platform/nest';
import { AlertMetrics } from './alert-metrics';
import { ToolEvents } from './tool-events';

/** Takes tools' events in the order of their lane. */
@Controller()
export class ToolEventsConsumer {
  constructor(
    private readonly toolEvents: ToolEvents,
    private readonly metrics: AlertMetrics,
  ) {}

  @Consumes(topics.toolEvents, 'alerts', { types: ['ToolEvent'] })
  async handle(message: Message<ToolEvent>): Promise<void> {
    if (message.data !== null) this.metrics.taken(await this.toolEvents.take(message, message.data));
  }
}
