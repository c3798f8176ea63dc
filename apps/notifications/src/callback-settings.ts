import { signalwireDialect, twilioDialect, usualSender } from '@tocsin/channels';
import type { ChannelSettings } from '@tocsin/channels';
import type { SendGridSettings } from './callbacks/sendgrid/sendgrid-settings';
import type { TelephoneAccount } from './callbacks/telephone/telephone-account';

/** What call-backs are checked with; nothing of a provider that is off, and then none of its is believed. */
export interface CallbackSettings {
  readonly sendgrid?: SendGridSettings;
  readonly telephones?: readonly TelephoneAccount[];
}

/** Of the settings of all providers. */
export const callbackSettings = ({
  sendgridApiKey,
  sendgridEventPublicKeys,
  sendgridInboundDomain,
  sendgridInboundPublicKeys,
  mailFrom,
  ...telephones
}: ChannelSettings): CallbackSettings => ({
  ...(sendgridApiKey === undefined
    ? {}
    : {
        sendgrid: {
          eventPublicKeys: sendgridEventPublicKeys,
          inboundPublicKeys: sendgridInboundPublicKeys,
          hasInboundDomain: sendgridInboundDomain !== undefined,
          mailbox: (publicUrl: string) =>
            sendgridInboundDomain === undefined ? addressOf(mailFrom ?? usualSender(publicUrl)) : `reply@${sendgridInboundDomain}`,
        },
      }),
  telephones: telephoneAccounts(telephones),
});

const telephoneAccounts = ({
  twilioAuthToken,
  twilioFrom,
  signalwireSigningKey,
  signalwireFrom,
}: Pick<ChannelSettings, 'twilioAuthToken' | 'twilioFrom' | 'signalwireSigningKey' | 'signalwireFrom'>): readonly TelephoneAccount[] => [
  ...(twilioAuthToken === undefined || twilioFrom === undefined
    ? []
    : [{ dialect: twilioDialect, signingKeys: twilioAuthToken, numbers: twilioFrom }]),
  ...(signalwireSigningKey === undefined || signalwireFrom === undefined
    ? []
    : [{ dialect: signalwireDialect, signingKeys: signalwireSigningKey, numbers: signalwireFrom }]),
];

/** `Tocsin <tocsin@example.org>`, or the address alone. */
const addressOf = (sender: string): string => /<([^<>]*)>/.exec(sender)?.[1] ?? sender;
