import { reachableMethods } from '@tocsin/channels';
import type { ServiceDefinition } from '@tocsin/platform/nest';
import { AlertsModule } from './alerts.module';
import { readSettings } from './config';
import type { AlertsSettings } from './config';

export const alertsService: ServiceDefinition<AlertsSettings> = {
  name: 'alerts',
  readSettings,
  reachable: (settings) => reachableMethods(settings),
  module: (platform, { settings: { retentionDays, archiveDirectory } }) =>
    AlertsModule.register(platform, {
      // What could not be exported is kept.
      retention: { days: archiveDirectory === undefined ? 0 : retentionDays },
      archiveDirectory: archiveDirectory ?? '',
    }),
};
