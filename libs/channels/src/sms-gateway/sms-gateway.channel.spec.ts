import { AllowedTargets, Outgoing } from '@tocsin/platform';
import { SmsGateway } from '@tocsin/testing';
import { channelContract } from '../channel.contract';
import { SmsGatewayChannel } from './sms-gateway.channel';
import type { SmsGatewaySettings } from './sms-gateway.channel';

const DEADLINE_MS = 2_000;
const settingsOf = (gateway: SmsGateway, changes: Partial<SmsGatewaySettings> = {}): SmsGatewaySettings => ({
  url: gateway.url,
  method: 'post',
  headers: { authorization: `Bearer ${gateway.token}` },
  body: '{"to":"{{to}}","text":"{{text}}","id":"{{key}}"}',
  success: 'messages.0.status=0',
  reference: 'messages.0.id',
  outgoing: new Outgoing({ allowed: AllowedTargets.from([new URL(gateway.url).origin]), timeoutMs: DEADLINE_MS, follows: false }),
  ...changes,
});

const situations = [
  ['too many', 429, 'failed', false],
  ['down', 503, 'failed', false],
  ['gateway gave up', 504, 'unknown', false],
  ['no such number', 400, 'failed', true],
  ['moved elsewhere', 'elsewhere', 'failed', false],
  ['said no', 'refused', 'failed', false],
  ['dropped', 'drop', 'unknown', false],
  ['answer lost', 'drop-after', 'unknown', false],
  ['silent', 'silent', 'unknown', false],
  ['endless answer', 'endless', 'failed', false],
] as const;

channelContract('gateway', [...situations.map(([name]) => name), 'away'], async () => {
  const gateway = await SmsGateway.start();
  const channel = new SmsGatewayChannel(settingsOf(gateway));
  return {
    channel,
    withinMs: DEADLINE_MS + 2_000,
    secrets: [gateway.token, '+4915112345678'],
    situations: [
      ...situations.map(([name, answer, expected, permanent]) => ({ name, arrange: () => gateway.next(answer), expected, permanent })),
      { name: 'away', arrange: () => gateway.stop(), expected: 'failed' as const },
    ],
    close: async () => {
      await channel.close();
      await gateway.stop();
    },
  };
});

describe('a text by a gateway', () => {
  let gateway: SmsGateway;
  beforeEach(async () => void (gateway = await SmsGateway.start()));
  afterEach(() => gateway.stop());
  const send = (changes: Partial<SmsGatewaySettings>, text = 'line "one"\nline {{to}} & two', key = 'notification-7') =>
    new SmsGatewayChannel(settingsOf(gateway, changes)).send({ target: '+4915112345678', message: { subject: '', text }, key });

  it('that is one too many is tried again not before the gateway wants it', async () => {
    gateway.next(429);
    expect(await send({})).toEqual({ type: 'failed', permanent: false, reason: 'gateway HTTP 429', retryAfterMs: 7_000 });
  });

  it('is put into JSON so that it stays one value, and its id is the reference', async () => {
    expect(await send({})).toEqual({ type: 'handed-over', reference: 'G1', receiptExpected: false });
    expect(gateway.textsTo('+4915112345678')).toEqual(['line "one"\nline {{to}} & two']);
  });

  it('is put into a form when the content type says so', async () => {
    const headers = { authorization: `Bearer ${gateway.token}`, 'content-type': 'application/x-www-form-urlencoded' };
    await send({ headers, body: 'to={{to}}&text={{text}}&id={{key}}' });
    expect(gateway.texts).toEqual([{ to: '+4915112345678', text: 'line "one"\nline {{to}} & two', id: 'notification-7' }]);
  });

  it('is known again by its key', async () => {
    await send({});
    await send({});
    expect(gateway.texts).toHaveLength(1);
  });
});
