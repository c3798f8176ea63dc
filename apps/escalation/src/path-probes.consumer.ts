import { Controller } from '@nestjs/common';
import { topics } from '@tocsin/contracts';
import { causeOf } from '@tocsin/messaging';
import type { Message } from '@tocsin/messaging';
import { PathProbes } from '@tocsin/platform';
import type { PathProbed } from '@tocsin/platform';
import { Consumes } from '@tocsin/platform/nest';

/** Plans a level for each probe that alerts has taken; the timers of real levels fire it. */
@Controller()
export class PathProbesConsumer {
  constructor(private readonly probes: PathProbes) {}

  @Consumes(topics.alertFacts, 'escalation', { types: ['PathProbed'] })
  async planLevel(message: Message<PathProbed>): Promise<void> {
    if (message.data?.step === 'event-taken') await this.probes.record('level-planned', message.data.probe, causeOf(message));
  }
}
