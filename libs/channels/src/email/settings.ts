import { senderProblem } from '@tocsin/domain';
import { checked, optional, textSetting, urlSetting } from '@tocsin/platform';
import { atOnceSetting } from '../at-once';
import type { Provider } from '../provider';

/** Every provider of e-mails has it in its schema: there is one sender. */
export const mailFrom = optional(
  checked(textSetting('MAIL_FROM', { about: "sender of e-mails; without it tocsin@ and the public URL's host" }), senderProblem),
);

/** Without a sender in the settings. */
export const usualSender = (publicUrl: string): string => `tocsin@${new URL(publicUrl).hostname}`;

const schema = {
  smtpUrl: optional(
    urlSetting('SMTP_URL', { about: 'mail server, smtp://user:password@host:587', secret: true, protocols: ['smtp', 'smtps'] }),
  ),
  smtpAtOnce: atOnceSetting('SMTP_AT_ONCE', 10),
  mailFrom,
} as const;

export const smtp: Provider<typeof schema> = {
  name: 'smtp',
  methods: ['EMAIL'],
  schema,
  needs: [['smtpUrl']],
  atOnce: ({ smtpAtOnce }) => smtpAtOnce,
  open: async ({ smtpUrl, smtpAtOnce, mailFrom: from }, { publicUrl }) => {
    const { SmtpChannel } = await import('./index.js');
    return [new SmtpChannel({ url: smtpUrl ?? '', from: from ?? usualSender(publicUrl()), connections: smtpAtOnce })];
  },
};
