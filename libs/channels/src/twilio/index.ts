export { twilioClient } from './twilio-client';
export { TwilioSmsChannel } from './twilio-sms.channel';
