export { callScript } from './call-script';
export { twilioClient } from './twilio-client';
export { TwilioSmsChannel } from './twilio-sms.channel';
export { TwilioVoiceChannel } from './twilio-voice.channel';
