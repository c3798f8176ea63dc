export * from './lookup';
export * from './people';
export * from './routing';
