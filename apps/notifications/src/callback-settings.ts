import { usualSender } from '@tocsin/channels';
import type { ChannelSettings } from '@tocsin/channels';
import type { SendGridSettings } from './callbacks/sendgrid/sendgrid-settings';
import type { TwilioSettings } from './callbacks/twilio/twilio-settings';

/** What call-backs are checked with; nothing of a provider that is off, and then none of its is believed. */
export interface CallbackSettings {
  readonly sendgrid?: SendGridSettings;
  readonly twilio?: Omit<TwilioSettings, 'publicUrl'>;
}

/** Of the settings of all providers. */
export const callbackSettings = ({
  sendgridApiKey,
  sendgridEventPublicKeys,
  sendgridInboundDomain,
  mailFrom,
  twilioAuthToken,
  twilioFrom,
}: ChannelSettings): CallbackSettings => ({
  ...(sendgridApiKey === undefined
    ? {}
    : {
        sendgrid: {
          eventPublicKeys: sendgridEventPublicKeys,
          hasInboundDomain: sendgridInboundDomain !== undefined,
          mailbox: (publicUrl: string) =>
            sendgridInboundDomain === undefined ? addressOf(mailFrom ?? usualSender(publicUrl)) : `reply@${sendgridInboundDomain}`,
        },
      }),
  ...(twilioAuthToken === undefined || twilioFrom === undefined ? {} : { twilio: { authTokens: twilioAuthToken, numbers: twilioFrom } }),
});

/** `Tocsin <tocsin@example.org>`, or the address alone. */
const addressOf = (sender: string): string => /<([^<>]*)>/.exec(sender)?.[1] ?? sender;
