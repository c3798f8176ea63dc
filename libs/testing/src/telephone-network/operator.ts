/** Whose network it is. Both have the API of Twilio, each with ways of its own. */
export interface Operator {
  readonly account: string;
  readonly authToken: string;
  /** What it signs with; undefined: the token. */
  readonly signingKey?: string;
  readonly signatureHeader: string;
  /** Where its API begins. */
  readonly apiPath: string;
  /** The parameters of a call that its documentation has: with another one it is refused. Undefined: nobody looks. */
  readonly callParameters?: readonly string[];
  idOf(kind: 'SM' | 'CA', number: number): string;
  /** What tells the product to use it. */
  environment(at: { readonly url: string; readonly tokens: readonly string[]; readonly numbers: string }): Readonly<Record<string, string>>;
}

const TWILIO_ACCOUNT = 'AC00000000000000000000000000000001';

export const twilioOperator: Operator = {
  account: TWILIO_ACCOUNT,
  authToken: 'a-token-of-the-network',
  signatureHeader: 'x-twilio-signature',
  apiPath: '',
  idOf: (kind, number) => `${kind}${String(number).padStart(32, '0')}`,
  environment: ({ url, tokens, numbers }) => ({
    TWILIO_ACCOUNT_SID: TWILIO_ACCOUNT,
    TWILIO_AUTH_TOKEN: tokens.join(','),
    TWILIO_FROM: numbers,
    TWILIO_API_BASE_URL: url,
  }),
};

const SIGNALWIRE_PROJECT = 'b08dacad-3c6d-4a7c-8a5e-000000000001';
const SIGNALWIRE_KEY = 'a-signing-key-of-signalwire';

/** As SignalWire's Compatibility API is documented. */
export const signalwireOperator: Operator = {
  account: SIGNALWIRE_PROJECT,
  authToken: 'PTa-token-of-signalwire',
  signingKey: SIGNALWIRE_KEY,
  signatureHeader: 'x-signalwire-signature',
  apiPath: '/api/laml',
  callParameters: [
    ...['To', 'From', 'CallerId', 'Url', 'Method', 'FallbackUrl', 'FallbackMethod', 'ApplicationSid', 'SendDigits', 'Timeout', 'Record'],
    ...['StatusCallback', 'StatusCallbackEvent', 'StatusCallbackMethod', 'MachineDetection', 'MachineDetectionTimeout'],
  ],
  idOf: (kind, number) => `${kind === 'SM' ? '5' : 'c'}0000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
  environment: ({ url, tokens, numbers }) => ({
    SIGNALWIRE_SPACE_URL: url,
    SIGNALWIRE_PROJECT_ID: SIGNALWIRE_PROJECT,
    SIGNALWIRE_API_TOKEN: tokens[0] ?? '',
    SIGNALWIRE_SIGNING_KEY: SIGNALWIRE_KEY,
    SIGNALWIRE_FROM: numbers,
  }),
};
