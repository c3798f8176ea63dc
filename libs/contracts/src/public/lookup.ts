/** Where nested resources are looked up when an answer is shaped. */
export type { ConfigurationLookup as ResourceLookup } from '@tocsin/domain';
