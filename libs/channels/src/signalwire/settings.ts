import { listSetting, optional, secretSetting, textSetting, urlSetting } from '@tocsin/platform';
import { atOnceSetting } from '../at-once';
import type { Provider } from '../provider';
import { senderNumbersSetting } from '../twilio/sender-numbers-setting';
import { signalwireDialect } from './dialect';

const schema = {
  signalwireSpaceUrl: optional(urlSetting('SIGNALWIRE_SPACE_URL', { about: 'the space at SignalWire, https://example.signalwire.com' })),
  signalwireProjectId: optional(textSetting('SIGNALWIRE_PROJECT_ID', { about: 'project in it' })),
  signalwireApiToken: optional(secretSetting('SIGNALWIRE_API_TOKEN', { about: 'its API token, for voice and messaging' })),
  signalwireSigningKey: optional(
    listSetting('SIGNALWIRE_SIGNING_KEY', {
      about: 'its signing key; several while it is replaced: call-backs with any of them count',
      secret: true,
    }),
  ),
  signalwireFrom: senderNumbersSetting('SIGNALWIRE_FROM'),
  signalwireAtOnce: atOnceSetting('SIGNALWIRE_AT_ONCE', 20),
} as const;

/** A second account for texts and calls, which speaks Twilio's language. */
export const signalwire: Provider<typeof schema> = {
  name: signalwireDialect.provider,
  methods: ['SMS', 'VOICE'],
  schema,
  needs: [['signalwireSpaceUrl', 'signalwireProjectId', 'signalwireApiToken', 'signalwireSigningKey', 'signalwireFrom']],
  atOnce: ({ signalwireAtOnce }) => signalwireAtOnce,
  open: async ({ signalwireSpaceUrl = '', signalwireProjectId = '', signalwireApiToken = '', signalwireFrom = [] }, { publicUrl }) => {
    const { telephoneChannels } = await import('../twilio/index.js');
    return telephoneChannels({
      dialect: signalwireDialect,
      ...{ accountSid: signalwireProjectId, authToken: signalwireApiToken, baseUrl: `${signalwireSpaceUrl}/api/laml` },
      ...{ from: signalwireFrom, publicUrl },
    });
  },
};
