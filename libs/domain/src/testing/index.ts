export * from './alert-builders';
export * from './specify';
export * from './tool-event-story';
export * from './tool-event-builders';
