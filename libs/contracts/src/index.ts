export * from './alert-command';
export * from './notification-command';
export * from './path-probe';
export * from './public';
export * from './resolution';
export * from './services';
export * from './tool-event';
export * from './topics';
