import type { ConfigurationKind, ConfigurationResources } from './resources';

/** Configuration as somebody knows it now. */
export interface ConfigurationLookup {
  get<K extends ConfigurationKind>(kind: K, id: number): ConfigurationResources[K] | undefined;
  /** What is there and kept from whoever looks: to be told as something without a name. Absent where nothing is kept from anybody. */
  hidden?<K extends ConfigurationKind>(kind: K, id: number): ConfigurationResources[K] | undefined;
}
