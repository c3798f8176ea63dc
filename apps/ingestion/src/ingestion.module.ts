import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import type { Platform } from '@tocsin/platform';
import { platformProviders } from '@tocsin/platform/nest';
import { AlertSources } from './alert-sources';
import { AlertSourcesController } from './alert-sources.controller';
import { EventIntake } from './event-intake';
import { EventsController } from './events.controller';
import { IntegrationKeys } from './integration-keys';
import { PathProbeIntake } from './path-probe-intake';
import { PathProbeSender } from './path-probe-sender';
import { SourceEvents } from './source-events';
import { SubscribersController } from './subscribers.controller';

/** Takes tools' events and makes them durable; keeps the sources they come from. */
@Module({})
export class IngestionModule {
  static register(platform: Platform): DynamicModule {
    const { bus, configuration, clock, eventStore, readStore, secrets, settings, metrics, log, background, pathProbes, heartbeat } =
      platform;
    const probes = new PathProbeIntake(bus, clock, pathProbes);
    if (heartbeat !== undefined) {
      const { path } = probes;
      background.addOwned('path probes', (isOwner) => new PathProbeSender({ heartbeat, settings, path, clock, log, isOwner }));
    }
    return {
      module: IngestionModule,
      controllers: [EventsController, AlertSourcesController, SubscribersController],
      providers: [
        ...platformProviders(platform),
        { provide: EventIntake, useValue: new EventIntake({ bus, configuration, clock, settings, metrics, probes }) },
        { provide: SourceEvents, useValue: new SourceEvents(eventStore, clock) },
        { provide: IntegrationKeys, useValue: new IntegrationKeys(configuration, secrets) },
        { provide: AlertSources, useValue: new AlertSources({ configuration, readStore, secrets, settings }) },
      ],
    };
  }
}
