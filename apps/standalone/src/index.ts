export { startStandalone } from './standalone';
export type { Standalone, StandaloneParts } from './standalone';
export { readSettings, standaloneSchema } from './config';
export type { StandaloneSettings } from './config';
