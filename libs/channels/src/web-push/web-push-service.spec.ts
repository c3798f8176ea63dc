import { createECDH } from 'node:crypto';
import type { PushDevice as StoredDevice } from '@tocsin/domain';
import { AllowedTargets, Outgoing, SecretUnreadable } from '@tocsin/platform';
import { PushService } from '@tocsin/testing';
import type { PushDevice } from '@tocsin/testing';
import { DevicesChannel } from '../devices.channel';
import { renderMessage } from '../render';
import { WebPushService } from './web-push-service';

const keys = createECDH('prime256v1');
const vapid = { publicKey: keys.generateKeys('base64url'), privateKey: keys.getPrivateKey('base64url'), subject: 'mailto:ops@example.org' };
const message = renderMessage('PUSH', {
  type: 'page',
  language: 'de',
  personName: 'Ana',
  alert: { id: 4711, summary: 'Platte voll – ünïcode 🔥', priority: 'HIGH', sourceName: 'Monitor', reportTime: '04:00 MEZ', links: [] },
  reason: 'Du hast Bereitschaft.',
  lateSec: 0,
  possiblyDuplicate: false,
  answers: {
    accept: 'https://t.test/answer/accept/a',
    resolve: 'https://t.test/answer/resolve/r',
    escalate: 'https://t.test/answer/escalate/e',
  },
  answerPage: 'https://t.test/answer/alert/p',
});

let service: PushService;
let sent = 0;
beforeEach(async () => {
  service = await PushService.start();
});
afterEach(() => service.stop());

const channelTo = (allow: readonly string[] = ['http://127.0.0.0/8:*'], more: object = {}) => {
  const outgoing = new Outgoing({
    allowed: AllowedTargets.from(allow.map((each) => each.replace(':*', `:${new URL(service.url).port}`))),
    timeoutMs: 2_000,
  });
  return new DevicesChannel([new WebPushService({ vapid: async () => vapid, outgoing, ...more }, 20)], (cipher) =>
    cipher.replace('sealed ', ''),
  );
};
const stored = (id: number, device: PushDevice | string): StoredDevice =>
  ({
    ...{ id, type: 'WEB_PUSH', name: 'Phone', addedAt: 0 },
    address: {
      hash: String(id),
      cipher: `sealed ${JSON.stringify(typeof device === 'string' ? { ...service.device().subscription, endpoint: device } : device.subscription)}`,
    },
  }) as never;
const push = (channel: DevicesChannel, ...devices: readonly StoredDevice[]) =>
  channel.send({ target: '', devices, message, key: `key-${(sent += 1)}` });

describe('a push', () => {
  it('reaches every device of the person, encrypted for each, with buttons in their language', async () => {
    const [phone, laptop] = [service.device(), service.device()];
    expect(await push(channelTo(), stored(1, phone), stored(2, laptop))).toEqual({ type: 'handed-over', receiptExpected: false });
    for (const device of [phone, laptop]) {
      expect(device.received).toMatchObject([
        {
          title: '[#4711] Platte voll – ünïcode 🔥',
          body: expect.stringContaining('Du hast Bereitschaft.'),
          tag: 'alert-4711',
          url: 'https://t.test/answer/alert/p',
          actions: [
            { action: 'accept', title: 'Annehmen', url: 'https://t.test/answer/accept/a' },
            { action: 'resolve', title: 'Lösen' },
            { action: 'escalate', title: 'Eskalieren' },
          ],
        },
      ]);
    }
    expect(service.refused).toEqual([]);
  });

  it('names the devices that their service does not know any more, and counts the others', async () => {
    const [gone, there] = [service.device(), service.device()];
    service.drop(gone);
    expect(await push(channelTo(), stored(1, gone), stored(2, there), stored(3, `${service.url}/send/never`))).toEqual({
      type: 'handed-over',
      receiptExpected: false,
      gone: [1, 3],
    });
    expect(await push(channelTo(), stored(1, gone))).toEqual({
      type: 'failed',
      permanent: true,
      reason: 'the push service does not know the device any more (410)',
      gone: [1],
    });
  });

  it.each([
    [429, false],
    [500, false],
    [503, false],
    [401, false],
    [400, true],
    [403, true],
    [413, true],
  ])('that is answered %i is tried again only where that may help', async (status, permanent) => {
    service.answerNext(status);
    const failed = { type: 'failed', permanent, reason: `answered ${status}` };
    expect(await push(channelTo(), stored(1, service.device()))).toMatchObject(failed);
  });

  it('is tried again not before its push service wants it, where that says so', async () => {
    service.answerNext(429);
    expect(await push(channelTo(), stored(1, service.device()))).toMatchObject({ type: 'failed', retryAfterMs: 1_000 });
  });

  it('is not sent where no browser keeps its pushes: the URL came from outside', async () => {
    const device = service.device();
    expect(await push(channelTo([]), stored(1, device))).toMatchObject({ type: 'failed', permanent: true });
    expect([device.received, service.refused]).toEqual([[], []]);
  });

  it('waits for its keys while they cannot be read', async () => {
    const away = Object.assign(new Error('unavailable'), { retriable: true });
    expect(await push(channelTo(undefined, { vapid: () => Promise.reject(away) }), stored(1, service.device()))).toMatchObject({
      type: 'failed',
      permanent: false,
    });
  });

  it.each([
    ['unknown-key', { permanent: false, retryAfterMs: 60_000 }],
    ['tampered', { permanent: true }],
  ] as const)('fails where its keys cannot be decrypted, and is tried again where that may be put right: %s', async (why, failed) => {
    const lost = { vapid: () => Promise.reject(new SecretUnreadable(why)) };
    const reason = `the pair of keys for push cannot be read (${why})`;
    expect(await push(channelTo(undefined, lost), stored(1, service.device()))).toEqual({ type: 'failed', reason, ...failed });
  });

  it('fails for good where no device is left, and tells nothing private', async () => {
    expect(await push(channelTo())).toMatchObject({ type: 'failed', permanent: true });
    const outcome = await push(channelTo(['http://127.0.0.1:9']), stored(1, 'http://127.0.0.1:9/send/secret-endpoint'));
    expect(outcome).toEqual({ type: 'failed', permanent: false, reason: 'no answer (unreachable)' });
  });
});
