import { openChannels, reachableMethods, usualSender } from '@tocsin/channels';
import type { ServiceDefinition } from '@tocsin/platform/nest';
import { NotificationsModule } from './notifications.module';
import { readSettings } from './config';
import type { NotificationsSettings } from './config';

export const notificationsService: ServiceDefinition<NotificationsSettings> = {
  name: 'notifications',
  readSettings,
  reachable: ({ smtpUrl }) => reachableMethods({ smtpUrl, outbox: false }),
  module: async (platform, { settings, random, onStop }) => {
    const { smtpUrl, mailFrom = usualSender(settings.publicUrl, settings.host) } = settings;
    const channels = await openChannels({ smtpUrl, mailFrom, outbox: false });
    onStop(() => Promise.all([...channels.values()].map((channel) => channel.close())));
    return NotificationsModule.register(platform, { random, channelFor: (method) => channels.get(method) });
  },
};
