import { checked, listSetting, optional, secretSetting, urlSetting } from '@tocsin/platform';
import { mailFrom, usualSender } from '../email/settings';
import type { Provider } from '../provider';
import { eventKeyIn } from './event-key';

const schema = {
  sendgridApiKey: optional(secretSetting('SENDGRID_API_KEY', { about: 'an API key of SendGrid that may send mail, SG.…' })),
  sendgridEventPublicKeys: checked(
    listSetting('SENDGRID_EVENT_PUBLIC_KEY', {
      about: 'verification key of its signed event webhook; several while it is replaced; without it there are no receipts',
      usual: [],
    }),
    (keys) => (keys.every((key) => eventKeyIn(key) !== undefined) ? undefined : 'must be the key as SendGrid shows it, MFkw…'),
  ),
  sendgridApiBaseUrl: urlSetting('SENDGRID_API_BASE_URL', { about: 'where its API is', usual: 'https://api.sendgrid.com' }),
  mailFrom,
} as const;

export const sendgrid: Provider<typeof schema> = {
  name: 'sendgrid',
  methods: ['EMAIL'],
  schema,
  // A key for receipts alone is half of it.
  needs: [['sendgridApiKey'], ['sendgridApiKey', 'sendgridEventPublicKeys']],
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
