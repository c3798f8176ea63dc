export { callbackSettings } from './callback-settings';
export * from './notifications.module';
export { notificationsService } from './service';
export { openSlack } from './slack/open-slack';
