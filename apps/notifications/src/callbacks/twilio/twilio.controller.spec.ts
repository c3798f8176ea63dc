import { callBack, signatureOf } from '@tocsin/testing';
import { activated, raised, step } from '../../testing/facts';
import { notificationsServer } from '../../testing/notifications-server';
import type { NotificationsServer } from '../../testing/notifications-server';
import { signedForm } from './twilio-signature';

const OURS = '+4930555001';
const HERS = '+4915112345678';
const ALERT = 7_001;

describe('the signature of Twilio', () => {
  // The example of https://www.twilio.com/docs/usage/security#validating-requests
  const url = 'https://mycompany.com/myapp.php?foo=1&bar=2';
  const form = { CallSid: 'CA1234567890ABCDE', Caller: '+14158675309', Digits: '1234', From: '+14158675309', To: '+18005551212' };
  it('is as its documentation says', () => {
    const body = Buffer.from(new URLSearchParams(form).toString());
    const signed = { url, body, signature: 'RSOYDt4T1cUTdK1PDd93/VVr8B8=' };
    expect(signedForm(['12345'], signed)?.get('Digits')).toBe('1234');
    expect(signedForm(['12346'], signed)).toBeUndefined();
  });
});

describe('a call-back of Twilio', () => {
  let server: NotificationsServer;
  let stream: string;
  const statusPath = () => `/api/callbacks/twilio/status?stream=${stream}&attempt=1`;
  const delivered = { MessageSid: 'SM1', MessageStatus: 'delivered', To: HERS, From: OURS };

  beforeAll(async () => {
    server = await notificationsServer('twilio', [], { twilio: { authTokens: ['new-token', 'old-token'], numbers: [OURS] } });
    server.channel.answer = async () => ({ type: 'handed-over', receiptExpected: true, reference: 'SM1' });
    const { id } = await server.person('ana', 'RESPONDER');
    await server.happens(ALERT, raised(), activated(step(0), 1, id));
    await server.settle();
    stream = `notification-${ALERT}-1-${server.platform.configuration.get('user', id)?.alertPreferences[0]?.id}`;
  });
  afterAll(() => server.stop());

  const types = async () => (await server.stream(stream)).map(({ type }) => type);
  /** Signed for the public URL, posted to where the process listens, as a proxy in front does. */
  const post = async (path: string, form: Record<string, string>, signature: string) => {
    const answer = await callBack(`${server.url}${path}`, form, signature);
    await server.settle();
    return answer;
  };
  const publicUrl = (path: string) => `http://tocsin.test${path}`;
  const signed = (path: string, form: Record<string, string>, token = 'new-token') => signatureOf(token, publicUrl(path), form);

  it.each([
    ['none', () => ''],
    ['no base64', () => '%%%'],
    ['of another token', () => signed(statusPath(), delivered, 'token')],
    ['of another body', () => signed(statusPath(), { ...delivered, MessageStatus: 'failed' })],
    ['of another query', () => signed(statusPath().replace('attempt=1', 'attempt=2'), delivered)],
    ['of another path', () => signed('/api/callbacks/twilio/sms', delivered)],
    ['of the address behind the proxy', () => signatureOf('new-token', `${server.url}${statusPath()}`, delivered)],
    ['of https', () => signatureOf('new-token', publicUrl(statusPath()).replace('http:', 'https:'), delivered)],
    ['cut short', () => signed(statusPath(), delivered).slice(0, 12)],
  ])('with a signature that is not right is refused and changes nothing: %s', async (_name, signature) => {
    const { status, text } = await post(statusPath(), delivered, signature());
    expect([status, JSON.parse(text)]).toEqual([403, { status: 403, code: 'FORBIDDEN', message: 'the signature is not valid' }]);
    expect(await types()).not.toContain('Delivered');
  });

  it('about a text is refused without a signature, too', async () => {
    const text = { MessageSid: 'SM2', From: HERS, To: OURS, Body: '1' };
    expect((await post('/api/callbacks/twilio/sms', text, '')).status).toBe(403);
  });

  it('is not taken for a receipt of what is no notification', async () => {
    for (const path of ['/api/callbacks/twilio/status', '/api/callbacks/twilio/status?stream=alert-7001&attempt=1'])
      expect((await post(path, delivered, signed(path, delivered))).status).toBe(204);
    expect(await types()).not.toContain('Delivered');
  });

  it('with the token that is being replaced counts, and however often it comes it is told once', async () => {
    for (const token of ['old-token', 'new-token', 'old-token'])
      expect((await post(statusPath(), delivered, signed(statusPath(), delivered, token))).status).toBe(204);
    expect((await types()).filter((type) => type === 'Delivered')).toHaveLength(1);
  });

  it('with parameters that are not known yet counts', async () => {
    const form = { ...delivered, RawDlrDoneDate: '2603020300', Zusatz: 'ä & ö' };
    expect((await post(statusPath(), form, signed(statusPath(), form))).status).toBe(204);
  });

  it('about a text from a stranger is answered with nothing', async () => {
    const text = { MessageSid: 'SM3', From: '+4915199999999', To: OURS, Body: 'ACK ALL' };
    const { status, text: said } = await post('/api/callbacks/twilio/sms', text, signed('/api/callbacks/twilio/sms', text));
    expect([status, said]).toEqual([200, '<?xml version="1.0" encoding="UTF-8"?><Response></Response>']);
  });
});

describe('a question of Twilio, what to say in a call', () => {
  let server: NotificationsServer;
  const path = '/api/callbacks/twilio/voice?stream=notification-7001-1-8&attempt=1&about=notification-7001-1-8&told=1';
  const form = { CallSid: 'CA1', CallStatus: 'in-progress', Digits: '1', From: OURS, To: HERS };
  beforeAll(async () => {
    server = await notificationsServer('twilio', [], { twilio: { authTokens: ['new-token', 'old-token'], numbers: [OURS] } });
  });
  afterAll(() => server.stop());
  const publicUrl = (of: string): string => `http://tocsin.test${of}`;
  const ask = (signature: string) => callBack(`${server.url}${path}`, form, signature);

  it.each([
    ['none', () => ''],
    ['no base64', () => '%%%'],
    ['of another token', () => signatureOf('token', publicUrl(path), form)],
    ['of another key', () => signatureOf('new-token', publicUrl(path), { ...form, Digits: '2' })],
    ['of no key', () => signatureOf('new-token', publicUrl(path), { ...form, Digits: '' })],
    ['of another call', () => signatureOf('new-token', publicUrl(path.replace('attempt=1', 'attempt=2')), form)],
    [
      'of another page',
      () => signatureOf('new-token', publicUrl(path.replace('about=notification-7001', 'about=notification-7002')), form),
    ],
    ['of a status', () => signatureOf('new-token', publicUrl(path.replace('voice', 'status')), form)],
    ['of the address behind the proxy', () => signatureOf('new-token', `${server.url}${path}`, form)],
    ['of https', () => signatureOf('new-token', publicUrl(path).replace('http:', 'https:'), form)],
    ['of the URL without its query', () => signatureOf('new-token', publicUrl(path.replace(/\?.*/, '')), form)],
  ])('is not answered with a signature that is not right: %s', async (_name, signature) => {
    const { status, text } = await ask(signature());
    expect([status, JSON.parse(text)]).toEqual([403, { status: 403, code: 'FORBIDDEN', message: 'the signature is not valid' }]);
  });

  it.each(['new-token', 'old-token'])('is answered with a right one, also of the token that is being replaced: %s', async (token) => {
    const { status, text, contentType } = await ask(signatureOf(token, publicUrl(path), form));
    expect([status, contentType]).toEqual([200, 'text/xml; charset=utf-8']);
    // There is no such call: nothing is asked for.
    expect(text).toMatch(/<Response><Say [^>]*>This call is about nothing any more\. Goodbye\.<\/Say><Hangup\/><\/Response>$/);
    expect(server.given).toEqual([]);
  });
});

describe('the numbers that pages come from (B30)', () => {
  it('are listed, and a contact for the address book', async () => {
    const server = await notificationsServer('twilio', [], { twilio: { authTokens: ['t'], numbers: [OURS, '+16502530000'] } });
    const { key } = await server.person('ana', 'STAKEHOLDER');
    const get = (path: string) => fetch(`${server.url}${path}`, { headers: { authorization: `Bearer ${key}` } });
    expect(await (await get('/api/numbers')).json()).toEqual([
      { countryCode: 'DE', phoneNumber: OURS, supportsInboundSms: true, types: ['SMS', 'VOICE'] },
      { countryCode: 'US', phoneNumber: '+16502530000', supportsInboundSms: true, types: ['SMS', 'VOICE'] },
    ]);
    const card = await get('/api/numbers/vcard');
    expect(card.headers.get('content-type')).toMatch(/^text\/vcard/);
    expect(await card.text()).toContain(`TEL;TYPE=CELL:${OURS}\r\n`);
    await server.stop();
  });
});
