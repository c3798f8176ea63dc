export * from './api/api';
export * from './integration';
export * from './registry';
