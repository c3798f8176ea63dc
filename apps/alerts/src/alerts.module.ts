import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import type { Platform } from '@tocsin/platform';
import { platformProviders } from '@tocsin/platform/nest';
import { ALERTS_VIEW, alertsView, ProjectionRunner } from '@tocsin/read-models';
import { AlertCommandsConsumer } from './alert-commands.consumer';
import { AlertStreams } from './alert-streams';
import { AlertsController } from './alerts.controller';
import { ManualCommands } from './manual-commands';
import { ResolutionsConsumer } from './resolutions.consumer';
import { Timeline } from './timeline/timeline';
import { ToolEvents } from './tool-events';
import { ToolEventsConsumer } from './tool-events.consumer';

/** Opens alerts, records every change of them, and shows them. */
@Module({})
export class AlertsModule {
  static register(platform: Platform): DynamicModule {
    const { eventStore, readStore, views, clock, settings, background, configuration, ids } = platform;
    const alerts = new AlertStreams({ eventStore, readStore, views, clock, visibleWithinMs: settings.visibleWithinMs });
    background.add('view alerts', views.add(ALERTS_VIEW, new ProjectionRunner({ projection: alertsView, eventStore, readStore })));
    return {
      module: AlertsModule,
      controllers: [AlertsController, ToolEventsConsumer, ResolutionsConsumer, AlertCommandsConsumer],
      providers: [
        ...platformProviders(platform),
        { provide: AlertStreams, useValue: alerts },
        {
          provide: ManualCommands,
          useValue: new ManualCommands({ alerts, configuration, ids, clock, views, visibleWithinMs: settings.visibleWithinMs }),
        },
        {
          provide: Timeline,
          useValue: new Timeline({ eventStore, readStore, views, configuration, visibleWithinMs: settings.visibleWithinMs }),
        },
        { provide: ToolEvents, useValue: new ToolEvents({ eventStore, configuration, ids, clock, alerts }) },
      ],
    };
  }
}
