import { usualSender } from '@tocsin/channels';
import type { ChannelSettings, PushContext } from '@tocsin/channels';
import { AllowedTargets, Outgoing } from '@tocsin/platform';
import type { Platform } from '@tocsin/platform';
import { VapidKeys } from './vapid-keys';

type PushSettings = Pick<ChannelSettings, 'vapidPublicKey' | 'vapidPrivateKey' | 'vapidSubject' | 'mailFrom'> & {
  readonly outgoingAllow: readonly string[];
};

/** What pushing to devices needs of this process and its settings. */
export const pushContext = (settings: PushSettings, platform: Platform): PushContext => {
  const { vapidPublicKey: publicKey, vapidPrivateKey: privateKey } = settings;
  const stored = new VapidKeys(platform);
  return {
    openAddress: (cipher) => platform.secrets.decrypt(cipher),
    vapid: async () => ({
      ...(publicKey === undefined || privateKey === undefined ? await stored.pair() : { publicKey, privateKey }),
      subject: settings.vapidSubject ?? usualSubject(platform.settings.publicUrl, settings.mailFrom),
    }),
    outgoing: new Outgoing({ allowed: AllowedTargets.from(settings.outgoingAllow) }),
  };
};

const usualSubject = (publicUrl: string, mailFrom: string | undefined): string => {
  if (publicUrl.startsWith('https://')) return publicUrl;
  const sender = mailFrom ?? usualSender(publicUrl);
  return `mailto:${/<([^<>]*)>\s*$/.exec(sender)?.[1] ?? sender}`;
};
