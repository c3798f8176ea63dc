import type { NotificationMethod } from '@tocsin/domain';
import type { Channel } from './channel';

export interface ChannelSettings {
  /** `smtp://user:password@host:587` */
  readonly smtpUrl: string | undefined;
  /** Sender of e-mails. */
  readonly mailFrom: string;
  /** Whether an outbox stands in for every method without a provider. */
  readonly outbox: boolean;
}

export const METHODS: readonly NotificationMethod[] = ['EMAIL', 'SMS', 'PUSH', 'VOICE', 'WHATSAPP', 'TELEGRAM'];

/** Which methods lead somewhere with these settings. */
export const reachableMethods = ({ smtpUrl, outbox }: Omit<ChannelSettings, 'mailFrom'>): ReadonlySet<NotificationMethod> =>
  new Set(METHODS.filter((method) => outbox || (method === 'EMAIL' && smtpUrl !== undefined)));

/** Without a sender in the settings. */
export const usualSender = (publicUrl: string | undefined, host: string): string =>
  `tocsin@${new URL(publicUrl ?? `http://${host}`).hostname}`;

/** A provider for each method that has one set up, and where wanted the outbox for all others. Only what is used is loaded. */
export const openChannels = async ({ smtpUrl, mailFrom, outbox }: ChannelSettings): Promise<ReadonlyMap<NotificationMethod, Channel>> => {
  const channels = new Map<NotificationMethod, Channel>();
  if (outbox) {
    const { OutboxChannel } = await import('./outbox/index.js');
    for (const method of METHODS) channels.set(method, new OutboxChannel(method));
  }
  if (smtpUrl !== undefined) {
    const { SmtpChannel } = await import('./email/index.js');
    channels.set('EMAIL', new SmtpChannel({ url: smtpUrl, from: mailFrom }));
  }
  return channels;
};
