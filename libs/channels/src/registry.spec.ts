import { parseSettings, SettingsInvalid } from '@tocsin/platform';
import { newEventKeys } from '@tocsin/testing';
import { stateOf } from './provider';
import { channelProblems, channelSchema, closeChannels, METHODS, openChannels, providerStates, reachableMethods } from './registry';
import { routeOf } from './routes';

const read = (env: Record<string, string>) => parseSettings(channelSchema, env, channelProblems);
const problems = (env: Record<string, string>): readonly string[] => {
  try {
    read(env);
    return [];
  } catch (error) {
    if (error instanceof SettingsInvalid) return error.problems;
    throw error;
  }
};

describe('providers', () => {
  it('are off without their settings, and readiness says what they miss', () => {
    expect(providerStates(read({}))['smtp']).toBe('off: SMTP_URL not set');
    expect(reachableMethods(read({}), true).size).toBe(METHODS.length);
  });
  it('are on with them', async () => {
    const settings = read({ SMTP_URL: 'smtp://127.0.0.1:1' });
    expect(providerStates(settings)['smtp']).toBe('on');
    expect(reachableMethods(settings)).toContain('EMAIL');
    const channels = await openChannels(settings, { publicUrl: () => 'http://tocsin.test', outbox: true });
    expect(channels.get('EMAIL')?.map(({ provider }) => provider)).toEqual(['smtp']);
    expect(channels.get('VOICE')?.map(({ provider }) => provider)).toEqual(['outbox']);
    await closeChannels(channels);
  });
  it('take SendGrid beside SMTP, asked second; a key for its events alone is half of it', async () => {
    const { publicKey } = newEventKeys();
    const settings = read({ SMTP_URL: 'smtp://127.0.0.1:1', SENDGRID_API_KEY: 'SG.k', SENDGRID_EVENT_PUBLIC_KEY: publicKey });
    const channels = await openChannels(settings, { publicUrl: () => 'http://tocsin.test', outbox: false });
    expect(channels.get('EMAIL')?.map(({ provider }) => provider)).toEqual(['smtp', 'sendgrid']);
    await closeChannels(channels);
    expect(providerStates(read({}))['sendgrid']).toBe('off: SENDGRID_API_KEY not set');
    expect(problems({ SENDGRID_EVENT_PUBLIC_KEY: publicKey })).toEqual([
      'SENDGRID_API_KEY: must be set, too, for sendgrid; or none of its settings',
    ]);
    expect(problems({ SENDGRID_API_KEY: 'SG.k', SENDGRID_EVENT_PUBLIC_KEY: 'MFkw' })).toEqual([
      expect.stringContaining('SENDGRID_EVENT_PUBLIC_KEY: must be the key as SendGrid shows it'),
    ]);
  });
  it('take SignalWire beside Twilio for texts and calls, asked second', async () => {
    const signalwire = {
      SIGNALWIRE_SPACE_URL: 'https://example.signalwire.com',
      SIGNALWIRE_PROJECT_ID: 'b08dacad',
      SIGNALWIRE_API_TOKEN: 'PT',
      SIGNALWIRE_SIGNING_KEY: 'PSK',
      SIGNALWIRE_FROM: '+16505550100',
    };
    const settings = read({ ...signalwire, TWILIO_ACCOUNT_SID: 'AC1', TWILIO_AUTH_TOKEN: 't', TWILIO_FROM: '+16505550101' });
    const channels = await openChannels(settings, { publicUrl: () => 'http://tocsin.test', outbox: false });
    for (const method of ['SMS', 'VOICE'] as const)
      expect(channels.get(method)?.map(({ provider }) => provider)).toEqual(['twilio', 'signalwire']);
    await closeChannels(channels);
    expect(channelProblems(read({ VOICE_ROUTES: '+1=signalwire,twilio' }))).toEqual([]);
    expect(providerStates(read({}))['signalwire']).toMatch(/^off: SIGNALWIRE_SPACE_URL, .*SIGNALWIRE_FROM not set$/);
    for (const missing of Object.keys(signalwire))
      expect(problems({ ...signalwire, [missing]: '' })).toEqual([`${missing}: must be set, too, for signalwire; or none of its settings`]);
    expect(problems({ ...signalwire, SIGNALWIRE_FROM: '0151 1234567' })).toEqual([
      expect.stringContaining('SIGNALWIRE_FROM: must be numbers with their country'),
    ]);
  });
  it('with half of their settings say which other ones there must be', () => {
    const setting = (name: string) => ({ name }) as never;
    const two = { schema: { a: setting('THE_A'), b: setting('THE_B'), c: setting('THE_C') }, needs: [['a', 'b'], ['c']] };
    expect(stateOf(two, { a: 'x', b: [] })).toEqual({ on: false, missing: ['THE_B'], begun: true });
    expect(stateOf(two, {})).toEqual({ on: false, missing: ['THE_C'], begun: false });
    expect(stateOf(two, { c: 'x' })).toEqual({ on: true });
  });
});

describe('routes', () => {
  it('lead a number to the providers of the longest beginning that fits', () => {
    const routes = new Map([
      ['+', ['a']],
      ['+4', ['b']],
      ['+49', ['c', 'd']],
    ]);
    expect(['+4915', '+4415', '+1', '0151'].map((number) => routeOf(routes, number))).toEqual([['c', 'd'], ['b'], ['a'], []]);
    expect(routeOf(undefined, '+49')).toEqual([]);
  });
  it.each(['+49', '49=twilio', '+49=', '+49=a b', 'DE=twilio'])('that cannot be read are refused: %s', (text) => {
    expect(problems({ SMS_ROUTES: text })).toEqual([expect.stringContaining('SMS_ROUTES: must be routes by country')]);
  });
  it('to a provider that there is not are refused', () => {
    expect(problems({ SMS_ROUTES: '+49=smtp;*=nobody' })).toEqual([
      expect.stringContaining('SMS_ROUTES: there is no provider smtp of SMS'),
      expect.stringContaining('SMS_ROUTES: there is no provider nobody of SMS'),
    ]);
    expect(problems({ VOICE_ROUTES: '+49=gateway,twilio' })).toEqual([
      'VOICE_ROUTES: there is no provider gateway of VOICE, only twilio, signalwire',
    ]);
  });
});
