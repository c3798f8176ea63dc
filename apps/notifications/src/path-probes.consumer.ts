import { Controller } from '@nestjs/common';
import { topics } from '@tocsin/contracts';
import { causeOf } from '@tocsin/messaging';
import type { Message } from '@tocsin/messaging';
import { PathProbes } from '@tocsin/platform';
import type { PathProbed } from '@tocsin/platform';
import { Consumes } from '@tocsin/platform/nest';

/** Plans a page to nobody for each probe that has been through a level; the timers of real pages fire it. */
@Controller()
export class PathProbesConsumer {
  constructor(private readonly probes: PathProbes) {}

  @Consumes(topics.alertFacts, 'notifications', { types: ['PathProbed'] })
  async planPage(message: Message<PathProbed>): Promise<void> {
    if (message.data?.step === 'level-resolved') await this.probes.record('page-planned', message.data.probe, causeOf(message));
  }
}
