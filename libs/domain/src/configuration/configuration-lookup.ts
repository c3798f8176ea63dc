import type { ConfigurationKind, ConfigurationResources } from './resources';

/** Configuration as somebody knows it now. */
export interface ConfigurationLookup {
  get<K extends ConfigurationKind>(kind: K, id: number): ConfigurationResources[K] | undefined;
}
