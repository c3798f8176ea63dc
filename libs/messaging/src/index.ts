export { backOffMs, isWorthRetrying, pause } from './back-off';
export type { BackOff, Pause } from './back-off';
export * from './configuration-topic';
export * from './consumer';
export * from './message-bus';
export type { Outcome } from './outcome';
export * from './parking';
export * from './relay';
