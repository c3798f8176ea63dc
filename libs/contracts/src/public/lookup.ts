import type { ConfigurationKind, ConfigurationResources } from '@tocsin/domain';

/** Where nested resources are looked up when an answer is shaped. */
export interface ResourceLookup {
  get<K extends ConfigurationKind>(kind: K, id: number): ConfigurationResources[K] | undefined;
}
