export * from './alert-builders';
export * from './specify';
export * from './tool-event-story';
export * from './tool-event-builders';
export { cancels, delivers, fails, holds, notified, page, second, starts, takes } from './notification-builders';
