import { AllowedTargets, optional, Outgoing, secretSetting, urlSetting } from '@tocsin/platform';
import { atOnceSetting } from '../at-once';
import { DevicesChannel } from '../devices.channel';
import type { Provider } from '../provider';

const schema = {
  ntfyUrl: optional(urlSetting('NTFY_URL', { about: 'an ntfy server, whose apps take pushes on a topic of each person' })),
  ntfyToken: optional(secretSetting('NTFY_TOKEN', { about: 'access token, where the ntfy server asks for one' })),
  ntfyAtOnce: atOnceSetting('NTFY_AT_ONCE', 50),
} as const;

/** Pushes to the ntfy app: for phones whose browser shows none. */
export const ntfy: Provider<typeof schema> = {
  name: 'ntfy',
  methods: ['PUSH'],
  schema,
  needs: [['ntfyUrl']],
  atOnce: ({ ntfyAtOnce }) => ntfyAtOnce,
  open: async ({ ntfyUrl = '', ntfyToken, ntfyAtOnce }, { push }) => {
    if (push === undefined) return [];
    const { NtfyService } = await import('./index.js');
    const outgoing = new Outgoing({ allowed: AllowedTargets.from([new URL(ntfyUrl).origin]) });
    const service = new NtfyService({
      url: ntfyUrl,
      outgoing,
      atOnce: ntfyAtOnce,
      ...(ntfyToken === undefined ? {} : { token: ntfyToken }),
    });
    return [new DevicesChannel([service], push.openAddress)];
  },
};
