import { AllowedTargets, optional, Outgoing, secretSetting, urlSetting } from '@tocsin/platform';
import { DevicesChannel } from '../devices.channel';
import type { Provider } from '../provider';

const schema = {
  ntfyUrl: optional(urlSetting('NTFY_URL', { about: 'an ntfy server, whose apps take pushes on a topic of each person' })),
  ntfyToken: optional(secretSetting('NTFY_TOKEN', { about: 'access token, where the ntfy server asks for one' })),
} as const;

/** Pushes to the ntfy app: for phones whose browser shows none. */
export const ntfy: Provider<typeof schema> = {
  name: 'ntfy',
  methods: ['PUSH'],
  schema,
  needs: [['ntfyUrl']],
  open: async ({ ntfyUrl = '', ntfyToken }, { push }) => {
    if (push === undefined) return [];
    const { NtfyService } = await import('./index.js');
    const outgoing = new Outgoing({ allowed: AllowedTargets.from([new URL(ntfyUrl).origin]) });
    const service = new NtfyService({ url: ntfyUrl, outgoing, ...(ntfyToken === undefined ? {} : { token: ntfyToken }) });
    return [new DevicesChannel([service], push.openAddress)];
  },
};
