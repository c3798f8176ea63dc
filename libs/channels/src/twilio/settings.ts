import { listSetting, optional, textSetting, urlSetting } from '@tocsin/platform';
import { atOnceSetting } from '../at-once';
import type { Provider } from '../provider';
import type { CallStep } from '../voice/call-step';
import { twilioDialect } from './dialect';
import { senderNumbersSetting } from './sender-numbers-setting';

const schema = {
  twilioAccountSid: optional(textSetting('TWILIO_ACCOUNT_SID', { about: 'account of Twilio, AC…' })),
  twilioAuthToken: optional(
    listSetting('TWILIO_AUTH_TOKEN', {
      about: 'its token; several, newest first, while rotating: call-backs with any of them count',
      secret: true,
    }),
  ),
  twilioFrom: senderNumbersSetting('TWILIO_FROM'),
  twilioApiBaseUrl: urlSetting('TWILIO_API_BASE_URL', { about: 'where its API is', usual: 'https://api.twilio.com' }),
  /** It refuses more than a hundred at once in an account, whoever they are of. */
  twilioAtOnce: atOnceSetting('TWILIO_AT_ONCE', 50),
} as const;

export const twilio: Provider<typeof schema> = {
  name: twilioDialect.provider,
  methods: ['SMS', 'VOICE'],
  schema,
  needs: [['twilioAccountSid', 'twilioAuthToken', 'twilioFrom']],
  atOnce: ({ twilioAtOnce }) => twilioAtOnce,
  open: async ({ twilioAccountSid = '', twilioAuthToken = [], twilioFrom = [], twilioApiBaseUrl }, { publicUrl }) => {
    const { telephoneChannels } = await import('./index.js');
    return telephoneChannels({
      dialect: twilioDialect,
      ...{ accountSid: twilioAccountSid, authToken: twilioAuthToken[0] ?? '', baseUrl: twilioApiBaseUrl },
      ...{ from: twilioFrom, publicUrl },
    });
  },
};

/** In the words of Twilio, which others understand as well; its library is loaded with the first call. */
export const twilioCallScript = async (step: CallStep): Promise<string> => {
  const { callScript } = await import('./index.js');
  return callScript(step);
};
