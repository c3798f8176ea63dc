export * from './mail-server';
export * from './standalone-process';
