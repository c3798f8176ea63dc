export type { BackOff } from './back-off';
export * from './configuration-topic';
export * from './consumer';
export * from './message-bus';
export type { Outcome } from './outcome';
export * from './parking';
export * from './relay';
