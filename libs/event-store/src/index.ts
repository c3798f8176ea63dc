export * from './command-handler';
export * from './event-id';
export * from './event-store';
export * from './event-store-in-between';
export * from './lease';
export * from './recently-used';
export { eventOf, upcast, upcasting, upcasts } from './upcasts';
export type { Upcast, Upcasts } from './upcasts';
