export { SmsGatewayChannel } from './sms-gateway.channel';
