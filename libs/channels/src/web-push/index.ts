export { WebPushService } from './web-push-service';
