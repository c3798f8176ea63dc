import { Controller } from '@nestjs/common';
import { topics } from '@tocsin/contracts';
import type { PathProbe } from '@tocsin/contracts';
import { Clock } from '@tocsin/domain';
import { derivedEventId } from '@tocsin/event-store';
import { causeOf, ConfigurationReader, MessageBus } from '@tocsin/messaging';
import type { Message } from '@tocsin/messaging';
import { PathProbes } from '@tocsin/platform';
import type { PathProbed } from '@tocsin/platform';
import { Consumes } from '@tocsin/platform/nest';

/** Answers a probe's level as it answers a real one, with nobody: the configuration is read up to now first. */
@Controller()
export class PathProbesConsumer {
  constructor(
    private readonly probes: PathProbes,
    private readonly configuration: ConfigurationReader,
    private readonly bus: MessageBus,
    private readonly clock: Clock,
  ) {}

  @Consumes(topics.escalationFacts, 'oncall', { types: ['PathProbed'] })
  async levelDue(message: Message<PathProbed>): Promise<void> {
    if (message.data?.step !== 'level-due') return;
    await this.configuration.upToDate();
    await this.bus.publish(topics.resolutions, [
      {
        id: derivedEventId(message.id, topics.resolutions, 0),
        key: message.key,
        type: 'PathProbe',
        schemaVersion: 1,
        time: this.clock.now(),
        ...causeOf(message),
        data: this.probes.seenHere(message.data.probe) satisfies PathProbe,
      },
    ]);
  }
}
