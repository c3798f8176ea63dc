export * from './command-handler';
export * from './event-id';
export * from './event-store';
export * from './lease';
export { upcast } from './upcasts';
export type { Upcast } from './upcasts';
