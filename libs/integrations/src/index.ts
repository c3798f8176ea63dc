export { mapApiEvent, parseApiEvent, api, apiEventSchema } from './api/api';
export type { ApiEvent } from './api/api';
export * from './integration';
export { netdataChallengeAnswer } from './netdata/challenge';
export * from './registry';
