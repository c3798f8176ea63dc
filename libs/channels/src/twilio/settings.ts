import { checked, listSetting, optional, textSetting, urlSetting } from '@tocsin/platform';
import { atOnceSetting } from '../at-once';
import type { Provider } from '../provider';
import type { CallStep } from '../voice/call-step';

const NUMBER = /^\+[1-9]\d{6,14}$/;

const schema = {
  twilioAccountSid: optional(textSetting('TWILIO_ACCOUNT_SID', { about: 'account of Twilio, AC…' })),
  twilioAuthToken: optional(
    listSetting('TWILIO_AUTH_TOKEN', {
      about: 'its token; several, newest first, while rotating: call-backs with any of them count',
      secret: true,
    }),
  ),
  twilioFrom: optional(
    checked(
      listSetting('TWILIO_FROM', { about: 'numbers to text and call from, +4915112345678, several separated by commas' }),
      (numbers) => (numbers.every((number) => NUMBER.test(number)) ? undefined : 'must be numbers with their country, like +4915112345678'),
    ),
  ),
  twilioApiBaseUrl: urlSetting('TWILIO_API_BASE_URL', { about: 'where its API is', usual: 'https://api.twilio.com' }),
  /** It refuses more than a hundred at once in an account, whoever they are of. */
  twilioAtOnce: atOnceSetting('TWILIO_AT_ONCE', 50),
} as const;

export const twilio: Provider<typeof schema> = {
  name: 'twilio',
  methods: ['SMS', 'VOICE'],
  schema,
  needs: [['twilioAccountSid', 'twilioAuthToken', 'twilioFrom']],
  atOnce: ({ twilioAtOnce }) => twilioAtOnce,
  open: async ({ twilioAccountSid = '', twilioAuthToken = [], twilioFrom = [], twilioApiBaseUrl }, { publicUrl }) => {
    const { TwilioSmsChannel, TwilioVoiceChannel, twilioClient } = await import('./index.js');
    const client = twilioClient({ accountSid: twilioAccountSid, authToken: twilioAuthToken[0] ?? '', baseUrl: twilioApiBaseUrl });
    const settings = { client, from: twilioFrom, publicUrl };
    return [new TwilioSmsChannel(settings), new TwilioVoiceChannel(settings)];
  },
};

/** In the words of Twilio, whose library is loaded with the first call. */
export const twilioCallScript = async (step: CallStep): Promise<string> => {
  const { callScript } = await import('./index.js');
  return callScript(step);
};
