import { eventSignature, newEventKeys, postEvents } from '@tocsin/testing';
import { activated, raised, step } from '../../testing/facts';
import { NIGHT, notificationsServer } from '../../testing/notifications-server';
import type { NotificationsServer } from '../../testing/notifications-server';

const keys = newEventKeys();
const others = newEventKeys();
const mailbox = () => 'tocsin@example.net';
const NOW = NIGHT / 1_000;

describe('events of SendGrid', () => {
  let server: NotificationsServer;
  let alert = 7_000;
  let stream: string;
  let page: () => Promise<void>;

  beforeAll(async () => {
    server = await notificationsServer('sendgrid', [], {
      sendgrid: { eventPublicKeys: [newEventKeys().publicKey, keys.publicKey], inboundPublicKeys: [], mailbox, hasInboundDomain: false },
    });
    server.channel.answer = async () => ({ type: 'handed-over', receiptExpected: true, reference: 'm' });
    const { id } = await server.person('ana', 'RESPONDER');
    const preference = server.platform.configuration.get('user', id)?.alertPreferences[0]?.id;
    page = async () => {
      alert += 1;
      await server.happens(alert, raised(), activated(step(0), 1, id));
      await server.settle();
      stream = `notification-${alert}-1-${preference}`;
    };
  });
  beforeEach(() => page());
  afterAll(() => server.stop());

  const types = async () => (await server.stream(stream)).map(({ type }) => type);
  const event = (what: string, more: object = {}) => ({
    ...{ email: 'ana@example.org', timestamp: NOW, event: what, sg_event_id: `id-${what}`, sg_message_id: 'm.1' },
    ...{ tocsin_stream: stream, tocsin_attempt: '1' },
    ...more,
  });
  const post = async (body: string, signed: { readonly timestamp?: string; readonly signature?: string } = {}) => {
    const { timestamp = String(NOW), signature = eventSignature(keys.privateKey, timestamp, body) } = signed;
    const answer = await postEvents(`${server.url}/api/callbacks/sendgrid/events`, body, { timestamp, signature });
    await server.settle();
    return answer.status;
  };
  const tell = (...events: readonly object[]) => post(JSON.stringify(events));

  it.each<[string, (body: string) => { readonly timestamp?: string; readonly signature?: string }]>([
    ['none', () => ({ signature: '' })],
    ['no base64', () => ({ signature: '%%%' })],
    ['of another key', (body) => ({ signature: eventSignature(others.privateKey, String(NOW), body) })],
    ['of another body', (body) => ({ signature: eventSignature(keys.privateKey, String(NOW), `${body} `) })],
    ['of another time', (body) => ({ signature: eventSignature(keys.privateKey, String(NOW + 1), body) })],
    ['of the body without a time', (body) => ({ signature: eventSignature(keys.privateKey, '', body) })],
    ['of more than five minutes ago', () => ({ timestamp: String(NOW - 301) })],
    ['of more than five minutes ahead', () => ({ timestamp: String(NOW + 301) })],
    ['with a time that is none', () => ({ timestamp: `${NOW}.0` })],
    ['without a time', () => ({ timestamp: '' })],
    ['cut short', (body) => ({ signature: eventSignature(keys.privateKey, String(NOW), body).slice(0, 20) })],
  ])('with a signature that is not right are refused and change nothing: %s', async (_name, signed) => {
    const body = JSON.stringify([event('delivered')]);
    expect(await post(body, signed(body))).toBe(403);
    expect(await types()).not.toContain('Delivered');
  });

  it('of almost five minutes ago count, once however often they come', async () => {
    const body = JSON.stringify([event('processed'), event('delivered'), event('delivered')]);
    for (let times = 0; times < 3; times += 1) expect(await post(body, { timestamp: String(NOW - 300) })).toBe(204);
    expect((await types()).filter((type) => type === 'Delivered')).toHaveLength(1);
  });

  it('say that it bounced, without what the other server said of the address', async () => {
    expect(await tell(event('bounce', { type: 'bounce', status: '5.1.1', reason: '550 no such user ana@example.org' }))).toBe(204);
    expect((await server.stream(stream)).at(-1)).toMatchObject({ type: 'NotificationFailed', data: { reason: 'SendGrid bounce 5.1.1' } });
  });

  it.each([
    [{ reason: 'Unsubscribed Address' }, 'SendGrid dropped it (Unsubscribed Address)'],
    [{ reason: 'something about ana@example.org' }, 'SendGrid dropped it'],
  ])('say that it was dropped: %j', async (more, reason) => {
    await tell(event('dropped', more));
    expect((await server.stream(stream)).at(-1)).toMatchObject({ type: 'NotificationFailed', data: { reason } });
  });

  it('say that it was blocked, which may be over at the next attempt', async () => {
    await tell(event('bounce', { type: 'blocked', status: '4.2.1' }));
    expect((await server.stream(stream)).at(-1)).toMatchObject({ type: 'AttemptFailed', data: { reason: 'SendGrid blocked 4.2.1' } });
  });

  it('change nothing while it is on its way, and nothing that is over', async () => {
    const before = await types();
    await tell(event('processed'), event('deferred', { attempt: '1', response: '451 later' }), event('open'));
    expect(await types()).toEqual(before);
    await tell(event('delivered'));
    await tell(event('deferred'), event('bounce', { type: 'bounce' }), event('processed'));
    expect((await types()).slice(before.length)).toEqual(['Delivered']);
  });

  it('in any order come to the same: a failure that is told twice ends one attempt', async () => {
    const bounce = event('bounce', { type: 'bounce', status: '5.0.0' });
    await tell(bounce, bounce);
    await tell(event('processed'), bounce);
    expect((await types()).filter((type) => type === 'NotificationFailed')).toHaveLength(1);
  });

  it.each([
    ['of mails of others', [{ event: 'delivered', sg_event_id: 'x' }]],
    ['of what is no notification', [{ event: 'delivered', tocsin_stream: 'alert-7001', tocsin_attempt: '1' }]],
    ['of an attempt that is none', [{ event: 'delivered', tocsin_stream: 'notification-1-1-1', tocsin_attempt: 'x' }]],
    ['that are none', [null, 7, 'x']],
    ['in no list', { event: 'delivered' }],
  ])('%s are passed over', async (_name, events) => {
    expect(await post(JSON.stringify(events))).toBe(204);
    expect(await types()).not.toContain('Delivered');
  });

  it('that are no JSON are refused', async () => expect(await post('[{')).toBe(400));
});

describe('SendGrid without a key for its events', () => {
  it('is not believed', async () => {
    const server = await notificationsServer('sendgrid', [], {
      sendgrid: { eventPublicKeys: [], inboundPublicKeys: [], mailbox, hasInboundDomain: false },
    });
    const signature = eventSignature(keys.privateKey, String(NOW), '[]');
    expect((await postEvents(`${server.url}/api/callbacks/sendgrid/events`, '[]', { timestamp: String(NOW), signature })).status).toBe(403);
    await server.stop();
  });
});
