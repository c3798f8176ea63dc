import { reachableMethods } from '@tocsin/channels';
import type { ServiceDefinition } from '@tocsin/platform/nest';
import { EscalationModule } from './escalation.module';
import { readSettings } from './config';
import type { EscalationSettings } from './config';

export const escalationService: ServiceDefinition<EscalationSettings> = {
  name: 'escalation',
  readSettings,
  reachable: (settings) => reachableMethods(settings),
  module: (platform) => EscalationModule.register(platform),
};
