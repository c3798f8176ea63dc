export * from './alert-builders';
export * from './specify';
