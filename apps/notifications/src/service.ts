import { actionSettings } from '@tocsin/alert-actions';
import { closeChannels, openChannels, openChatBots, providerStates, reachableMethods, routesOf } from '@tocsin/channels';
import type { ServiceDefinition } from '@tocsin/platform/nest';
import { callbackSettings } from './callback-settings';
import { NotificationsModule } from './notifications.module';
import { readSettings } from './config';
import { pushContext } from './push/push-context';
import { openSlack } from './slack/open-slack';
import type { NotificationsSettings } from './config';

export const notificationsService: ServiceDefinition<NotificationsSettings> = {
  name: 'notifications',
  readSettings,
  reachable: (settings) => reachableMethods(settings),
  about: (settings) => ({ providers: providerStates(settings) }),
  module: async (platform, { settings, random, onStop }) => {
    const push = pushContext(settings, platform);
    const opening = openChannels(settings, { publicUrl: () => platform.settings.publicUrl, push, outbox: false });
    // Before anything is waited for: what is opened first is closed last, after the service that uses it.
    onStop(() => opening.then(closeChannels, () => undefined));
    const channels = await opening;
    return NotificationsModule.register(platform, {
      random,
      channelsFor: (method) => channels.get(method) ?? [],
      routes: routesOf(settings),
      bundlePages: settings.bundlePages,
      push,
      hasNtfy: settings.ntfyUrl !== undefined,
      ...(await openSlack(settings, platform)),
      bots: await openChatBots(settings),
      actions: actionSettings(settings),
      callbacks: callbackSettings(settings),
    });
  },
};
