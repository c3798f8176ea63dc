export * from './web-api.workspace';
