export * from './alerts.module';
export { alertsService } from './service';
export { alertsSchema } from './config';
export { retentionSetting } from './retention-setting';
