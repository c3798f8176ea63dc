import { checked, listSetting, optional, secretSetting, textSetting, urlSetting } from '@tocsin/platform';
import { atOnceSetting } from '../at-once';
import { mailFrom, usualSender } from '../email/settings';
import type { Provider } from '../provider';
import { eventKeyIn } from './event-key';

const areKeys = (keys: readonly string[]): string | undefined =>
  keys.every((key) => eventKeyIn(key) !== undefined) ? undefined : 'must be the key as SendGrid shows it, MFkw…';

const schema = {
  sendgridApiKey: optional(secretSetting('SENDGRID_API_KEY', { about: 'an API key of SendGrid that may send mail, SG.…' })),
  sendgridEventPublicKeys: checked(
    listSetting('SENDGRID_EVENT_PUBLIC_KEY', {
      about: 'verification key of its signed event webhook; several while it is replaced; without it there are no receipts',
      usual: [],
    }),
    areKeys,
  ),
  sendgridInboundDomain: optional(
    checked(
      textSetting('SENDGRID_INBOUND_DOMAIN', { about: "domain whose mail its Inbound Parse passes on; without it the sender's" }),
      (domain) => (/^[a-z\d-]+(?:\.[a-z\d-]+)+$/i.test(domain) ? undefined : 'must be a domain, like reply.example.org'),
    ),
  ),
  sendgridInboundPublicKeys: checked(
    listSetting('SENDGRID_INBOUND_PUBLIC_KEY', {
      about: 'key of the security policy of its Inbound Parse; several while it is replaced; with it no unsigned reply is taken',
      usual: [],
    }),
    areKeys,
  ),
  sendgridApiBaseUrl: urlSetting('SENDGRID_API_BASE_URL', { about: 'where its API is', usual: 'https://api.sendgrid.com' }),
  sendgridAtOnce: atOnceSetting('SENDGRID_AT_ONCE', 50),
  mailFrom,
} as const;

export const sendgrid: Provider<typeof schema> = {
  name: 'sendgrid',
  methods: ['EMAIL'],
  schema,
  // A key for receipts alone is half of it.
  needs: [
    ['sendgridApiKey'],
    ['sendgridApiKey', 'sendgridEventPublicKeys'],
    ['sendgridApiKey', 'sendgridInboundDomain'],
    ['sendgridApiKey', 'sendgridInboundPublicKeys'],
  ],
  atOnce: ({ sendgridAtOnce }) => sendgridAtOnce,
  open: async ({ sendgridApiKey = '', sendgridEventPublicKeys, sendgridApiBaseUrl, mailFrom: from }, { publicUrl }) => {
    const { SendGridChannel } = await import('./index.js');
    return [
      new SendGridChannel({
        apiKey: sendgridApiKey,
        baseUrl: sendgridApiBaseUrl,
        from: from ?? usualSender(publicUrl()),
        hasReceipts: sendgridEventPublicKeys.length > 0,
      }),
    ];
  },
};
