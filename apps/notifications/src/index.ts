export { callbackSettings } from './callback-settings';
export * from './notifications.module';
export { notificationsService } from './service';
export { pushContext } from './push/push-context';
export { openSlack } from './slack/open-slack';
