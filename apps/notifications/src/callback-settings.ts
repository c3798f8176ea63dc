import type { ChannelSettings } from '@tocsin/channels';
import type { TwilioSettings } from './callbacks/twilio/twilio-settings';

/** What call-backs are checked with; nothing of a provider that is off, and then none of its is believed. */
export interface CallbackSettings {
  readonly twilio?: Omit<TwilioSettings, 'publicUrl'>;
}

/** Of the settings of all providers. */
export const callbackSettings = ({ twilioAuthToken, twilioFrom }: ChannelSettings): CallbackSettings =>
  twilioAuthToken === undefined || twilioFrom === undefined ? {} : { twilio: { authTokens: twilioAuthToken, numbers: twilioFrom } };
