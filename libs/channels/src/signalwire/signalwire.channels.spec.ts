import { signalwireOperator, TelephoneNetwork } from '@tocsin/testing';
import { channelContract } from '../channel.contract';
import type { Channel } from '../channel';
import { twilioClient } from '../twilio/twilio-client';
import { TwilioSmsChannel } from '../twilio/twilio-sms.channel';
import { TwilioVoiceChannel } from '../twilio/twilio-voice.channel';
import { signalwireDialect } from './dialect';

jest.setTimeout(60_000);

const OUR_NUMBER = '+16505550100';
const HERS = '+4915112345678';
const DEADLINE_MS = 1_500;

const open = async () => {
  const network = await TelephoneNetwork.start(signalwireOperator);
  network.receipts = [];
  const { SIGNALWIRE_PROJECT_ID: accountSid = '', SIGNALWIRE_SPACE_URL: space = '' } = network.environment(OUR_NUMBER);
  const account = {
    dialect: signalwireDialect,
    client: twilioClient({
      ...{ accountSid, authToken: network.authTokens[0] ?? '' },
      ...{ baseUrl: `${space}/api/laml`, timeoutMs: DEADLINE_MS },
    }),
    from: [OUR_NUMBER],
    publicUrl: () => 'https://tocsin.test',
    deadlineMs: DEADLINE_MS,
  };
  return { network, sms: new TwilioSmsChannel(account), voice: new TwilioVoiceChannel(account) };
};

/** The contract's target is an address; this one has a telephone. */
const toHerTelephone = (channel: Channel): Channel => {
  const { send } = channel;
  return Object.assign(channel, { send: (message: Parameters<typeof send>[0]) => send.call(channel, { ...message, target: HERS }) });
};

const situations = [
  ['too many', { status: 429, code: 20_429 }, 'failed', false],
  ['down', { status: 503 }, 'failed', false],
  ['gateway gave up', { status: 504 }, 'unknown', false],
  ['no such number', { status: 400, code: 21_217 }, 'failed', true],
  ['not understood', { status: 422 }, 'failed', true],
  ['too dear, in a list', { status: 400, code: 30_010, isListed: true }, 'failed', false],
  ['no such number, in a list', { status: 422, code: 21_211, isListed: true }, 'failed', true],
  // Of Twilio these are a country that is not allowed, and a number that is not served.
  ['no URL for call-backs', { status: 400, code: 21_408 }, 'failed', false],
  ['media that it does not take', { status: 400, code: 21_612 }, 'failed', false],
] as const;

describe.each(['sms', 'voice'] as const)('by SignalWire: %s', (kind) => {
  channelContract(
    `signalwire, ${kind}`,
    [...situations.map(([name]) => name), 'token not known', 'dropped', 'answer lost', 'silent', 'away'],
    async () => {
      const { network, [kind]: channel } = await open();
      return {
        channel: toHerTelephone(channel),
        withinMs: DEADLINE_MS + 2_000,
        secrets: [network.authTokens[0] ?? '', '+1650', HERS],
        situations: [
          ...situations.map(([name, fault, expected, permanent]) => ({
            ...{ name, expected, permanent },
            arrange: () => network.fail({ ...fault, times: 1 }),
          })),
          { name: 'token not known', arrange: () => void (network.authTokens = ['another']), expected: 'failed' as const },
          { name: 'dropped', arrange: () => network.make('drop-before'), expected: 'unknown' as const },
          { name: 'answer lost', arrange: () => network.make('drop-after'), expected: 'unknown' as const },
          { name: 'silent', arrange: () => network.make('silent-after'), expected: 'unknown' as const },
          { name: 'away', arrange: () => network.stop(), expected: 'failed' as const },
        ],
        close: async () => {
          await channel.close();
          await network.stop();
        },
      };
    },
  );
});

describe('by SignalWire', () => {
  let opened: Awaited<ReturnType<typeof open>>;
  beforeEach(async () => void (opened = await open()));
  afterEach(() => opened.network.stop());
  const message = {
    target: HERS,
    message: { subject: 's', text: 'disk full & 100 % ä' },
    key: 'notification-7',
    correlation: { stream: 'notification-4711-1-8', attempt: 2 },
  };

  it('a call is asked for with what its documentation knows, and no time limit', async () => {
    const { network, voice } = opened;
    expect(await voice.send(message)).toMatchObject({ type: 'handed-over', receiptExpected: true });
    expect(network.requests).toEqual([
      {
        path: '/api/laml/2010-04-01/Accounts/b08dacad-3c6d-4a7c-8a5e-000000000001/Calls.json',
        form: {
          To: HERS,
          From: OUR_NUMBER,
          Url: 'https://tocsin.test/api/callbacks/signalwire/voice?stream=notification-4711-1-8&attempt=2',
          StatusCallback: 'https://tocsin.test/api/callbacks/signalwire/status?stream=notification-4711-1-8&attempt=2',
          MachineDetection: 'DetectMessageEnd',
          MachineDetectionTimeout: '15',
          Timeout: '20',
        },
      },
    ]);
  });

  it('a call that is not wanted any more is taken back while it rings', async () => {
    const { network, voice } = opened;
    network.statuses = () => [];
    const outcome = await voice.send(message);
    await voice.takeBack('reference' in outcome ? (outcome.reference ?? '') : '');
    expect(network.calls.map(({ status }) => status)).toEqual(['canceled']);
  });

  it('a text arrives as it is, and asks for its receipt under the notification', async () => {
    const { network, sms } = opened;
    expect(await sms.send(message)).toMatchObject({ type: 'handed-over', receiptExpected: true });
    expect(network.telephone(HERS).received).toMatchObject([{ from: OUR_NUMBER, text: 'disk full & 100 % ä' }]);
    expect(network.requests[0]?.form['StatusCallback']).toBe(
      'https://tocsin.test/api/callbacks/signalwire/status?stream=notification-4711-1-8&attempt=2',
    );
  });

  it('a text is sent without asking for a receipt when it does not take the address', async () => {
    const { network, sms } = opened;
    network.fail({ status: 400, code: 21_456, times: 1 });
    expect(await sms.send(message)).toMatchObject({ type: 'handed-over', receiptExpected: false });
  });

  it('its refusals are told by its name, with its code', async () => {
    const { network, voice } = opened;
    network.fail({ status: 400, code: 30_010, isListed: true, times: 1 });
    expect(await voice.send(message)).toEqual({ type: 'failed', permanent: false, reason: 'SignalWire 30010 to call' });
  });
});
