export * from './channel';
export * from './message';
export * from './registry';
export * from './render';
export * from './texts';
export * from './time-texts';
