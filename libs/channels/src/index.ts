export * from './channel';
export * from './message';
export * from './render';
export * from './texts';
