import { TelephoneNetwork } from '@tocsin/testing';
import { channelContract } from '../channel.contract';
import type { Channel } from '../channel';
import { callScript } from './call-script';
import { twilioDialect } from './dialect';
import { twilioClient } from './twilio-client';
import { TwilioVoiceChannel } from './twilio-voice.channel';

jest.setTimeout(60_000);

const OUR_NUMBER = '+4930555001';
const HERS = '+4915112345678';
const DEADLINE_MS = 1_500;

const open = async () => {
  const network = await TelephoneNetwork.start();
  const { TWILIO_ACCOUNT_SID: accountSid = '' } = network.environment(OUR_NUMBER);
  const account = { accountSid, authToken: network.authTokens[0] ?? '', baseUrl: network.url, timeoutMs: DEADLINE_MS };
  const channel = new TwilioVoiceChannel({
    dialect: twilioDialect,
    client: twilioClient(account),
    from: [OUR_NUMBER],
    publicUrl: () => 'https://tocsin.test',
    deadlineMs: DEADLINE_MS,
  });
  return { network, channel };
};

/** The contract's target is an address; this one has a telephone. */
const toHerTelephone = (channel: Channel): Channel => {
  const { send } = channel;
  return Object.assign(channel, { send: (message: Parameters<typeof send>[0]) => send.call(channel, { ...message, target: HERS }) });
};

const failing = (network: TelephoneNetwork) => (status: number, code?: number) => () =>
  network.fail({ status, times: 1, ...(code === undefined ? {} : { code }) });

channelContract(
  'twilio, calls',
  [
    'too many',
    'down',
    'gateway gave up',
    'no such number',
    'country not allowed',
    'token not known',
    'dropped',
    'answer lost',
    'silent',
    'away',
  ],
  async () => {
    const { network, channel } = await open();
    const fails = failing(network);
    return {
      channel: toHerTelephone(channel),
      withinMs: DEADLINE_MS + 2_000,
      secrets: [network.authTokens[0] ?? '', '+4930', HERS],
      situations: [
        { name: 'too many', arrange: fails(429, 20_429), expected: 'failed' },
        { name: 'down', arrange: fails(503), expected: 'failed' },
        { name: 'gateway gave up', arrange: fails(504), expected: 'unknown' },
        { name: 'no such number', arrange: fails(400, 21_211), expected: 'failed', permanent: true },
        { name: 'country not allowed', arrange: fails(400, 21_215), expected: 'failed', permanent: true },
        { name: 'token not known', arrange: () => void (network.authTokens = ['another']), expected: 'failed' },
        { name: 'dropped', arrange: () => network.make('drop-before'), expected: 'unknown' },
        { name: 'answer lost', arrange: () => network.make('drop-after'), expected: 'unknown' },
        { name: 'silent', arrange: () => network.make('silent-after'), expected: 'unknown' },
        { name: 'away', arrange: () => network.stop(), expected: 'failed' },
      ],
      close: async () => {
        await channel.close();
        await network.stop();
      },
    };
  },
);

describe('a call by Twilio', () => {
  it('rings for 25 s at most, finds out machines, ends by itself, and names where to ask what to say (B25)', async () => {
    const { network, channel } = await open();
    const outcome = await channel.send({
      target: HERS,
      message: { subject: 's', text: 'disk full on the vault' },
      key: 'notification-7',
      correlation: { stream: 'notification-4711-1-8', attempt: 2 },
    });
    expect(outcome).toEqual({ type: 'handed-over', reference: expect.stringMatching(/^CA/), receiptExpected: true });
    expect(network.requests.map(({ form }) => form)).toEqual([
      {
        To: HERS,
        From: OUR_NUMBER,
        Url: 'https://tocsin.test/api/callbacks/twilio/voice?stream=notification-4711-1-8&attempt=2',
        StatusCallback: 'https://tocsin.test/api/callbacks/twilio/status?stream=notification-4711-1-8&attempt=2',
        MachineDetection: 'DetectMessageEnd',
        MachineDetectionTimeout: '15',
        Timeout: '20',
        TimeLimit: '240',
      },
    ]);
    await network.stop();
  });
});

describe('what is said', () => {
  const next = 'https://tocsin.test/api/callbacks/twilio/voice?stream=a&told=1';

  it('is said by a voice of its language, with a pause in between; then the call ends', () => {
    expect(callScript({ language: 'de', says: ['Platte < 1 & voll', 'Auf Wiederhören.'] })).toBe(
      '<?xml version="1.0" encoding="UTF-8"?><Response>' +
        '<Say voice="Polly.Vicki" language="de-DE">Platte &lt; 1 &amp; voll</Say><Pause length="1"/>' +
        '<Say voice="Polly.Vicki" language="de-DE">Auf Wiederhören.</Say><Hangup/></Response>',
    );
  });

  it('is said while a key is listened for; with none it is asked as well', () => {
    const asked = next.replaceAll('&', '&amp;');
    expect(callScript({ language: 'en', says: [], asks: { says: ['Press 1.'], next } })).toBe(
      '<?xml version="1.0" encoding="UTF-8"?><Response>' +
        `<Gather input="dtmf" numDigits="1" timeout="7" action="${asked}" method="POST">` +
        '<Say voice="Polly.Amy" language="en-GB">Press 1.</Say></Gather>' +
        `<Redirect method="POST">${asked}</Redirect></Response>`,
    );
  });
});
