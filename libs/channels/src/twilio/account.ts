import type { Channel } from '../channel';
import type { Dialect } from './dialect';
import { twilioClient } from './twilio-client';
import type { TwilioCredentials } from './twilio-client';
import { TwilioSmsChannel } from './twilio-sms.channel';
import { TwilioVoiceChannel } from './twilio-voice.channel';

interface TelephoneSettings extends TwilioCredentials {
  readonly dialect: Dialect;
  readonly from: readonly string[];
  publicUrl(): string;
}

/** Texts and calls of one account. */
export const telephoneChannels = ({ dialect, from, publicUrl, ...credentials }: TelephoneSettings): readonly Channel[] => {
  const account = { dialect, client: twilioClient(credentials), from, publicUrl };
  return [new TwilioSmsChannel(account), new TwilioVoiceChannel(account)];
};
