import { Controller } from '@nestjs/common';
import { topics } from '@tocsin/contracts';
import type { PathProbe } from '@tocsin/contracts';
import { causeOf } from '@tocsin/messaging';
import type { Message } from '@tocsin/messaging';
import { PathProbes } from '@tocsin/platform';
import type { ProbeStep } from '@tocsin/platform';
import { Consumes } from '@tocsin/platform/nest';

/** Takes probes as it takes events and resolutions: on record, so that the relay hands them on. None becomes an alert. */
@Controller()
export class PathProbesConsumer {
  constructor(private readonly probes: PathProbes) {}

  @Consumes(topics.toolEvents, 'alerts', { types: ['PathProbe'] })
  eventTaken(message: Message<PathProbe>): Promise<void> {
    return this.record('event-taken', message);
  }

  @Consumes(topics.resolutions, 'alerts', { types: ['PathProbe'] })
  levelResolved(message: Message<PathProbe>): Promise<void> {
    return this.record('level-resolved', message);
  }

  private async record(step: ProbeStep, message: Message<PathProbe>): Promise<void> {
    if (message.data !== null) await this.probes.record(step, message.data, causeOf(message));
  }
}
