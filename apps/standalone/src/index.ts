export { startStandalone } from './standalone';
export type { Standalone, StandaloneParts, ToldOnce } from './standalone';
export { readSettings, standaloneSchema } from './config';
export type { StandaloneSettings } from './config';
