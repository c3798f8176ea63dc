import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { autoResolutionDueOf } from '@tocsin/domain';
import type { AlertEvent, Retention } from '@tocsin/domain';
import { ParkedMessages } from '@tocsin/messaging';
import { inTraceOfStream, measureTimers, readModelLog } from '@tocsin/platform';
import type { Platform } from '@tocsin/platform';
import { platformProviders } from '@tocsin/platform/nest';
import { ALERTS_VIEW, alertsView, DueTimers, ProjectionRunner } from '@tocsin/read-models';
import { AlertActions } from './actions/alert-actions';
import { AlertActionsController } from './actions/alert-actions.controller';
import { AlertCommandsConsumer } from './alert-commands.consumer';
import { AssignToPolicyConsumer } from './assign-to-policy.consumer';
import { AlertMetrics } from './alert-metrics';
import { AlertNotifications } from './alert-notifications';
import { AlertNotificationsController } from './alert-notifications.controller';
import { AlertSight } from './alert-sight';
import { AlertStreams } from './alert-streams';
import { AlertSubscribersController } from './alert-subscribers.controller';
import { AlertsController } from './alerts.controller';
import { AlertArchiver } from './archive/alert-archiver';
import { ArchiveFiles } from './archive/archive-files';
import { ArchivedAlerts } from './archive/archived-alerts';
import { ArchivedAlertsConsumer } from './archive/archived-alerts.consumer';
import { AutoResolution } from './auto-resolution';
import { ManualCommands } from './manual-commands';
import { ParkedMessageCommands } from './parked-messages/parked-message-commands';
import { ParkedMessagesController } from './parked-messages/parked-messages.controller';
import { PathProbesConsumer } from './path-probes.consumer';
import { RaiseAlertConsumer } from './raise-alert.consumer';
import { raisingTimers } from './raising/raising-timers';
import { WaitingAlerts } from './raising/waiting-alerts';
import { ResolutionsConsumer } from './resolutions.consumer';
import { StartPageController } from './start-page.controller';
import { SourceLog } from './source-log';
import { SourceLogRetention } from './source-log-retention';
import { SuggestedRespondersController } from './suggested-responders.controller';
import { Timeline } from './timeline/timeline';
import { ToolEvents } from './tool-events';
import { ToolEventsConsumer } from './tool-events.consumer';

export interface AlertsOptions {
  readonly retention: Retention;
  /** Where alerts go that are not kept any longer. */
  readonly archiveDirectory: string;
}

/** Opens alerts, records every change of them, shows them, and archives those that were resolved long ago. */
@Module({})
export class AlertsModule {
  static register(platform: Platform, { retention, archiveDirectory }: AlertsOptions): DynamicModule {
    const { bus, eventStore, readStore, views, clock, settings, background, configuration, ids, log, metrics, secrets } = platform;
    const measures = new AlertMetrics(metrics, readStore);
    const alerts = new AlertStreams({ eventStore, readStore, views, clock, visibleWithinMs: settings.visibleWithinMs, metrics: measures });
    const following = { eventStore, readStore, log: readModelLog(log) };
    const view = views.add(ALERTS_VIEW, new ProjectionRunner({ projection: alertsView, ...following }));
    background.addOwned('view alerts', () => view);
    const autoResolution = new AutoResolution(alerts, clock);
    const measured = measureTimers(metrics, clock, 'alerts');
    background.addOwned('timers alerts', (isOwner) =>
      measured(
        new DueTimers({
          name: 'alerts',
          isOwner,
          prefixes: ['alert-'],
          ...following,
          clock,
          due: ({ stream, type, data }) => {
            const due = autoResolutionDueOf({ type, data } as AlertEvent);
            return due === undefined ? undefined : { id: stream, ...due };
          },
          onDue: inTraceOfStream(platform, 'alerts', (stream) => autoResolution.fireDue(stream)),
        }),
      ),
    );
    const waiting = new WaitingAlerts({
      ...{ alerts, eventStore, readStore, views, configuration, clock, log },
      visibleWithinMs: settings.visibleWithinMs,
    });
    const measuredRaising = measureTimers(metrics, clock, 'raising');
    background.addOwned('timers raising', (isOwner) =>
      measuredRaising(new DueTimers({ ...raisingTimers(waiting), isOwner, ...following, clock })),
    );
    const sourceLog = background.add('source log', new SourceLog({ eventStore, clock, log }));
    background.addOwned('source log retention', () => new SourceLogRetention({ eventStore, clock, log }));
    const files = new ArchiveFiles(archiveDirectory);
    if (retention.days > 0) {
      const { visibleWithinMs } = settings;
      const archiving = { eventStore, readStore, views, clock, files, retention, visibleWithinMs, log };
      background.addOwned('retention', () => new AlertArchiver(archiving));
    }
    const sight = new AlertSight({ alerts, configuration });
    return {
      module: AlertsModule,
      controllers: [
        AlertsController,
        AlertNotificationsController,
        AlertActionsController,
        SuggestedRespondersController,
        AlertSubscribersController,
        StartPageController,
        ToolEventsConsumer,
        ResolutionsConsumer,
        AlertCommandsConsumer,
        AssignToPolicyConsumer,
        RaiseAlertConsumer,
        ParkedMessagesController,
        PathProbesConsumer,
        ArchivedAlertsConsumer,
      ],
      providers: [
        ...platformProviders(platform),
        { provide: AlertStreams, useValue: alerts },
        { provide: AlertSight, useValue: sight },
        { provide: AlertMetrics, useValue: measures },
        {
          provide: ManualCommands,
          useValue: new ManualCommands({ alerts, configuration, ids, clock, views, visibleWithinMs: settings.visibleWithinMs }),
        },
        {
          provide: Timeline,
          useValue: new Timeline({ eventStore, readStore, views, visibleWithinMs: settings.visibleWithinMs }),
        },
        {
          provide: AlertNotifications,
          useValue: new AlertNotifications({ alerts, readStore, views, sight, visibleWithinMs: settings.visibleWithinMs }),
        },
        {
          provide: AlertActions,
          useValue: new AlertActions({
            ...{ alerts, eventStore, bus, readStore, views, configuration, sight, secrets, clock },
            visibleWithinMs: settings.visibleWithinMs,
          }),
        },
        {
          provide: ParkedMessageCommands,
          useValue: new ParkedMessageCommands({ parked: new ParkedMessages(bus, clock), eventStore, clock }),
        },
        { provide: ArchivedAlerts, useValue: new ArchivedAlerts({ eventStore, files, clock }) },
        {
          provide: ToolEvents,
          useValue: new ToolEvents({ eventStore, configuration, ids, clock, alerts, sourceLog }),
        },
      ],
    };
  }
}
