import { TelephoneNetwork } from '@tocsin/testing';
import { channelContract } from '../channel.contract';
import type { Channel } from '../channel';
import { twilioDialect } from './dialect';
import { senderFor } from './sender-number';
import { twilioClient } from './twilio-client';
import { TwilioSmsChannel } from './twilio-sms.channel';

jest.setTimeout(60_000);

const OUR_NUMBER = '+4930555001';
const DEADLINE_MS = 1_500;

const open = async () => {
  const network = await TelephoneNetwork.start();
  network.receipts = [];
  const { TWILIO_ACCOUNT_SID: accountSid = '' } = network.environment(OUR_NUMBER);
  const account = { accountSid, authToken: network.authTokens[0] ?? '', baseUrl: network.url, timeoutMs: DEADLINE_MS };
  const channel: Channel = new TwilioSmsChannel({
    dialect: twilioDialect,
    client: twilioClient(account),
    from: [OUR_NUMBER],
    publicUrl: () => 'https://tocsin.test',
    deadlineMs: DEADLINE_MS,
  });
  return { network, channel };
};

const failing = (network: TelephoneNetwork) => (status: number, code?: number) => () =>
  network.fail({ status, times: 1, ...(code === undefined ? {} : { code }) });

channelContract(
  'twilio',
  [
    'too many',
    'down',
    'gateway gave up',
    'no such number',
    'landline',
    'opted out',
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
      channel,
      withinMs: DEADLINE_MS + 2_000,
      secrets: [network.authTokens[0] ?? '', '+4930'],
      situations: [
        { name: 'too many', arrange: fails(429, 20_429), expected: 'failed' },
        { name: 'down', arrange: fails(503), expected: 'failed' },
        { name: 'gateway gave up', arrange: fails(504), expected: 'unknown' },
        { name: 'no such number', arrange: fails(400, 21_211), expected: 'failed', permanent: true },
        { name: 'landline', arrange: fails(400, 21_614), expected: 'failed', permanent: true },
        { name: 'opted out', arrange: fails(400, 21_610), expected: 'failed', permanent: true },
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

describe('a text by Twilio', () => {
  let network: TelephoneNetwork;
  let channel: Channel;
  beforeEach(async () => ({ network, channel } = await open()));
  afterEach(() => network.stop());
  const send = () =>
    channel.send({
      target: '+4915112345678',
      message: { subject: 's', text: 'disk full & 100 % ä' },
      key: 'notification-7',
      correlation: { stream: 'notification-4711-1-8', attempt: 2 },
    });

  it('arrives as it is, with its id, and asks for its receipt under the notification', async () => {
    expect(await send()).toEqual({ type: 'handed-over', reference: expect.stringMatching(/^SM/), receiptExpected: true });
    expect(network.telephone('+4915112345678').received).toMatchObject([{ from: OUR_NUMBER, text: 'disk full & 100 % ä' }]);
    expect(network.requests[0]?.form['StatusCallback']).toBe(
      'https://tocsin.test/api/callbacks/twilio/status?stream=notification-4711-1-8&attempt=2',
    );
  });

  it('is sent without asking for a receipt when Twilio cannot reach us', async () => {
    network.fail({ status: 400, code: 21_609, times: 1 });
    expect(await send()).toMatchObject({ type: 'handed-over', receiptExpected: false });
    expect(network.requests[1]?.form).not.toHaveProperty('StatusCallback');
  });

  it('that is one too many is tried again not before Twilio wants it', async () => {
    network.fail({ status: 429, code: 20_429, times: 1 });
    expect(await send()).toEqual({ type: 'failed', permanent: false, reason: 'Twilio HTTP 429 (20429)', retryAfterMs: 7_000 });
  });

  it('to somebody who texted STOP closes the contact', async () => {
    network.fail({ status: 400, code: 21_610, times: 1 });
    expect(await send()).toEqual({ type: 'failed', permanent: true, reason: 'Twilio 21610 to SMS', isContactClosed: true });
  });
});

describe('of several numbers', () => {
  const numbers = ['+16505550100', '+4930555001', '+4930555002'];
  it('one of the same country is taken, and always the same one', () => {
    const taken = Array.from({ length: 20 }, (_, index) => senderFor(numbers, `+49151123456${10 + index}`));
    expect(new Set(taken)).toEqual(new Set(numbers.slice(1)));
    expect(senderFor(numbers, '+4915112345678')).toBe(senderFor(numbers, '+4915112345678'));
    expect(senderFor(numbers, '+16502530000')).toBe('+16505550100');
  });
  it('any is taken where there is none of the country', () => expect(numbers).toContain(senderFor(numbers, '+33612345678')));
});
