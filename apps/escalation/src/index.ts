export * from './escalation.module';
export { escalationService } from './service';
