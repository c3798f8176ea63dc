export * from './notifications.module';
export { notificationsService } from './service';
