import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import type { Platform } from '@tocsin/platform';
import { platformProviders } from '@tocsin/platform/nest';
import { EventIntake } from './event-intake';
import { EventsController } from './events.controller';

/** Takes tools' events and makes them durable. */
@Module({})
export class IngestionModule {
  static register(platform: Platform): DynamicModule {
    return {
      module: IngestionModule,
      controllers: [EventsController],
      providers: [...platformProviders(platform), { provide: EventIntake, useValue: new EventIntake(platform.bus, platform.configuration, platform.clock) }],
    };
  }
}
