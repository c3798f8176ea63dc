export * from './command-handler';
export * from './event-id';
export * from './event-store';
export * from './upcasts';
