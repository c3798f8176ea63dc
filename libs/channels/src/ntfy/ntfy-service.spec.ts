import type { ServerResponse } from 'node:http';
import type { PushDevice } from '@tocsin/domain';
import { AllowedTargets, Outgoing } from '@tocsin/platform';
import { WebhookReceiver } from '@tocsin/testing';
import { DevicesChannel } from '../devices.channel';
import { renderMessage } from '../render';
import { NtfyService } from './ntfy-service';

const answers = { accept: 'https://t.test/answer/accept/a', resolve: 'https://t.test/answer/resolve/r' };
const page = renderMessage('PUSH', {
  ...{ type: 'page', language: 'en', personName: 'Ana', reason: 'You are on call.', lateSec: 0, possiblyDuplicate: false, answers },
  alert: { id: 4711, summary: 'disk full', priority: 'HIGH', sourceName: 'Monitor', reportTime: '04:00', links: [] },
  answerPage: 'https://t.test/answer/alert/p',
});
const device = { id: 1, type: 'NTFY', name: 'Phone', address: { hash: 'h', cipher: 'tocsin-topic' }, addedAt: 0 } as unknown as PushDevice;

let server: WebhookReceiver;
let channel: DevicesChannel;
beforeEach(async () => {
  server = await WebhookReceiver.start();
  const outgoing = new Outgoing({ allowed: AllowedTargets.from([server.url]), timeoutMs: 2_000 });
  channel = new DevicesChannel([new NtfyService({ url: server.url, token: 'tk_ntfy', outgoing, atOnce: 20 })], (cipher) => cipher);
});
afterEach(() => server.stop());
const send = () => channel.send({ target: '', devices: [device], message: page, key: 'k' });

describe('a push by ntfy', () => {
  it('goes to the topic of the person, with answers that the app sends itself', async () => {
    expect(await send()).toEqual({ type: 'handed-over', receiptExpected: false });
    expect(server.received).toMatchObject([{ method: 'POST', path: '/', headers: { authorization: 'Bearer tk_ntfy' } }]);
    expect(server.bodies).toEqual([
      {
        topic: 'tocsin-topic',
        title: '[#4711] disk full',
        message: expect.stringContaining('You are on call.'),
        priority: 5,
        click: 'https://t.test/answer/alert/p',
        actions: [
          { action: 'http', label: 'Accept', url: answers.accept, method: 'POST', clear: true, headers: { accept: 'application/json' } },
          { action: 'http', label: 'Resolve', url: answers.resolve, method: 'POST', clear: true, headers: { accept: 'application/json' } },
        ],
      },
    ]);
  });

  it.each([
    [429, { type: 'failed', permanent: false, reason: 'answered 429' }],
    [
      (response: ServerResponse) => void response.writeHead(429, { 'retry-after': '7' }).end(),
      { type: 'failed', permanent: false, reason: 'answered 429', retryAfterMs: 7_000 },
    ],
    [500, { type: 'failed', permanent: false, reason: 'answered 500' }],
    [401, { type: 'failed', permanent: false, reason: 'answered 401', retryAfterMs: 60_000 }],
    [403, { type: 'failed', permanent: false, reason: 'answered 403', retryAfterMs: 60_000 }],
    [413, { type: 'failed', permanent: true, reason: 'answered 413' }],
    ['lost' as const, { type: 'unknown', reason: 'no answer (connection-lost)' }],
  ])('that is answered %s says what became of it', async (answer, outcome) => {
    server.answer = answer;
    expect(await send()).toEqual(outcome);
  });
});
