import { AllowedTargets, checked, choiceSetting, optional, Outgoing, secretSetting, textSetting, urlSetting } from '@tocsin/platform';
import { atOnceSetting } from '../at-once';
import type { Provider } from '../provider';

/** Of one message together. */
const DEADLINE_MS = 10_000;

const headersProblem = (text: string): string | undefined =>
  headersIn(text) === undefined ? 'must be a JSON object of texts, {"Authorization":"Bearer …"}' : undefined;

/** A JSON object of texts, named as HTTP has it; undefined when it is none. */
const headersIn = (text: string): Readonly<Record<string, string>> | undefined => {
  try {
    const value = JSON.parse(text) as unknown;
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (!isObject || !Object.values(value).every((each) => typeof each === 'string')) return undefined;
    return Object.fromEntries(new Headers(value as Record<string, string>));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
};

const schema = {
  smsGatewayUrl: optional(
    urlSetting('SMS_GATEWAY_URL', { about: 'where an SMS gateway takes texts; may have {{to}} and {{text}}', secret: true, asGiven: true }),
  ),
  smsGatewayMethod: choiceSetting('SMS_GATEWAY_METHOD', ['post', 'put', 'get'], { about: 'how it is asked', usual: 'post' }),
  smsGatewayHeaders: optional(
    checked(secretSetting('SMS_GATEWAY_HEADERS', { about: 'what it is told beside, {"Authorization":"Bearer …"}' }), headersProblem),
  ),
  smsGatewayBody: textSetting('SMS_GATEWAY_BODY', {
    about: 'what it is sent; a form when its content type in the headers says so',
    usual: '{"to":"{{to}}","text":"{{text}}","id":"{{key}}"}',
  }),
  smsGatewaySuccess: optional(
    checked(
      textSetting('SMS_GATEWAY_SUCCESS', { about: 'what its answer must have besides a status of 2xx: messages.0.status=0' }),
      (text) => (/^[^=\s]+=.+$/.test(text) ? undefined : 'must be a path and its value, like messages.0.status=0'),
    ),
  ),
  smsGatewayReference: optional(
    textSetting('SMS_GATEWAY_REFERENCE', { about: 'where its answer has the id of the message: messages.0.id' }),
  ),
  smsGatewayAtOnce: atOnceSetting('SMS_GATEWAY_AT_ONCE', 20),
} as const;

/** Any SMS gateway that takes a text by one HTTP request, told by templates. */
export const smsGateway: Provider<typeof schema> = {
  name: 'gateway',
  methods: ['SMS'],
  schema,
  needs: [['smsGatewayUrl']],
  atOnce: ({ smsGatewayAtOnce }) => smsGatewayAtOnce,
  open: async (settings) => {
    const { SmsGatewayChannel } = await import('./index.js');
    const { smsGatewayUrl = '', smsGatewayMethod, smsGatewayHeaders, smsGatewayBody, smsGatewaySuccess, smsGatewayReference } = settings;
    return [
      new SmsGatewayChannel({
        url: smsGatewayUrl,
        method: smsGatewayMethod,
        headers: smsGatewayHeaders === undefined ? {} : (headersIn(smsGatewayHeaders) ?? {}),
        body: smsGatewayBody,
        outgoing: new Outgoing({ allowed: AllowedTargets.from([new URL(smsGatewayUrl).origin]), timeoutMs: DEADLINE_MS, follows: false }),
        ...(smsGatewaySuccess === undefined ? {} : { success: smsGatewaySuccess }),
        ...(smsGatewayReference === undefined ? {} : { reference: smsGatewayReference }),
      }),
    ];
  },
};
