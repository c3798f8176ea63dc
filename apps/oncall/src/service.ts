import { reachableMethods } from '@tocsin/channels';
import { bootstrap } from '@tocsin/platform';
import type { ServiceDefinition } from '@tocsin/platform/nest';
import { OncallModule } from './oncall.module';
import { readSettings } from './config';
import type { OncallSettings } from './config';

export const oncallService: ServiceDefinition<OncallSettings> = {
  name: 'oncall',
  readSettings,
  reachable: (settings) => reachableMethods(settings),
  module: (platform, { settings: { ntfyUrl } }) => OncallModule.register(platform, { ntfyUrl }),
  // Every replica tries; the first one makes it. Nobody is told anything: the key was given.
  beforeReady: (platform, { bootstrapApiKey, bootstrapEmail }) =>
    bootstrap({ apiKey: bootstrapApiKey, email: bootstrapEmail }, platform, () => undefined),
};
