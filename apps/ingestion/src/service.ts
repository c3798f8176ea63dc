import { reachableMethods } from '@tocsin/channels';
import type { ServiceDefinition } from '@tocsin/platform/nest';
import { IngestionModule } from './ingestion.module';
import { readSettings } from './config';
import type { IngestionSettings } from './config';

export const ingestionService: ServiceDefinition<IngestionSettings> = {
  name: 'ingestion',
  readSettings,
  reachable: (settings) => reachableMethods(settings),
  module: (platform) => IngestionModule.register(platform),
};
