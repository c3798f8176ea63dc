import { signalwireDialect, twilioDialect } from '@tocsin/channels';
import { callBack, signatureOf } from '@tocsin/testing';
import { activated, raised, step } from '../../testing/facts';
import { notificationsServer } from '../../testing/notifications-server';
import type { NotificationsServer } from '../../testing/notifications-server';
import { signedForm } from './signed-form';
import { numbersOf } from './telephone-accounts';

const OURS = '+4930555001';
const HERS = '+4915112345678';
const ALERT = 7_001;

const accounts = [
  { dialect: twilioDialect, signingKeys: ['new-token', 'old-token'], numbers: [OURS] },
  { dialect: signalwireDialect, signingKeys: ['new-key', 'old-key'], numbers: ['+16502530000'] },
] as const;

/** Both accounts are on; each is told of in its own way. */
const both = () => notificationsServer('told', [], { telephones: accounts });

const [ofTwilio, ofSignalWire] = accounts;
const table = [
  { account: ofTwilio, other: ofSignalWire, title: twilioDialect.title },
  { account: ofSignalWire, other: ofTwilio, title: signalwireDialect.title },
];

describe('the signature of Twilio', () => {
  // The example of https://www.twilio.com/docs/usage/security#validating-requests
  const url = 'https://mycompany.com/myapp.php?foo=1&bar=2';
  const form = { CallSid: 'CA1234567890ABCDE', Caller: '+14158675309', Digits: '1234', From: '+14158675309', To: '+18005551212' };
  const body = Buffer.from(new URLSearchParams(form).toString());
  const signed = { url, body, signature: 'RSOYDt4T1cUTdK1PDd93/VVr8B8=' };
  it('is as its documentation says', () => {
    expect(signedForm(['12345'], twilioDialect, signed)?.get('Digits')).toBe('1234');
    expect(signedForm(['12346'], twilioDialect, signed)).toBeUndefined();
  });

  describe('as SignalWire gives it', () => {
    const accepted = (at: string, signature: string): boolean =>
      signedForm(['12345'], signalwireDialect, { url: at, body, signature }) !== undefined;
    const signatureAt = (at: string): string => signatureOf('12345', at, form);

    it('is the same, and as well over the URL with the port that goes without saying', () => {
      expect(accepted(url, signed.signature)).toBe(true);
      // The example of its own library, for that URL with its port.
      expect(accepted(url, 'kvajT1Ptam85bY51eRf/AJRuM3w=')).toBe(true);
      expect(accepted('http://10.0.0.1/a', signatureAt('http://10.0.0.1:80/a'))).toBe(true);
      expect(accepted('https://tocsin.test', signatureAt('https://tocsin.test:443'))).toBe(true);
    });
    it.each([
      [url, url.replace('.com', '.com:80')],
      [url, url.replace('https', 'http')],
      ['https://mycompany.com:8443/a', 'https://mycompany.com:443/a'],
      ['https://mycompany.com:8443/a', 'https://mycompany.com/a'],
    ])('is none over another port: %s, signed for %s', (at, signedFor) => expect(accepted(at, signatureAt(signedFor))).toBe(false));
    it('has no port with Twilio', () =>
      expect(signedForm(['12345'], twilioDialect, { ...signed, signature: 'kvajT1Ptam85bY51eRf/AJRuM3w=' })).toBeUndefined());
  });
});

describe.each(table)('a call-back of $title', ({ account, other }) => {
  const { provider, signatureHeader } = account.dialect;
  const [newKey, oldKey] = account.signingKeys;
  const [ours] = account.numbers;
  let server: NotificationsServer;
  let stream: string;
  const statusPath = () => `/api/callbacks/${provider}/status?stream=${stream}&attempt=1`;
  const delivered = { MessageSid: 'SM1', MessageStatus: 'delivered', To: HERS, From: ours };

  beforeAll(async () => {
    server = await both();
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
    const answer = await callBack(`${server.url}${path}`, form, signature, signatureHeader);
    await server.settle();
    return answer;
  };
  const publicUrl = (path: string) => `http://tocsin.test${path}`;
  const signed = (path: string, form: Record<string, string>, key: string = newKey) => signatureOf(key, publicUrl(path), form);

  it.each([
    ['none', () => ''],
    ['no base64', () => '%%%'],
    ['of another key', () => signed(statusPath(), delivered, 'key')],
    ['of the other account', () => signed(statusPath(), delivered, other.signingKeys[0])],
    ['for the path of the other account', () => signed(statusPath().replace(provider, other.dialect.provider), delivered)],
    ['of another body', () => signed(statusPath(), { ...delivered, MessageStatus: 'failed' })],
    ['of another query', () => signed(statusPath().replace('attempt=1', 'attempt=2'), delivered)],
    ['of another path', () => signed(`/api/callbacks/${provider}/sms`, delivered)],
    ['of the address behind the proxy', () => signatureOf(newKey, `${server.url}${statusPath()}`, delivered)],
    ['of https', () => signatureOf(newKey, publicUrl(statusPath()).replace('http:', 'https:'), delivered)],
    ['cut short', () => signed(statusPath(), delivered).slice(0, 12)],
  ])('with a signature that is not right is refused and changes nothing: %s', async (_name, signature) => {
    const { status, text } = await post(statusPath(), delivered, signature());
    expect([status, JSON.parse(text)]).toEqual([403, { status: 403, code: 'FORBIDDEN', message: 'the signature is not valid' }]);
    expect(await types()).not.toContain('Delivered');
  });

  it('with its signature where the other account has its own is refused', async () => {
    const signature = signed(statusPath(), delivered);
    const answer = await callBack(`${server.url}${statusPath()}`, delivered, signature, other.dialect.signatureHeader);
    expect(answer.status).toBe(403);
  });

  it('about a text is refused without a signature, too', async () => {
    const text = { MessageSid: 'SM2', From: HERS, To: ours, Body: '1' };
    expect((await post(`/api/callbacks/${provider}/sms`, text, '')).status).toBe(403);
  });

  it('is not taken for a receipt of what is no notification', async () => {
    for (const path of [`/api/callbacks/${provider}/status`, `/api/callbacks/${provider}/status?stream=alert-7001&attempt=1`])
      expect((await post(path, delivered, signed(path, delivered))).status).toBe(204);
    expect(await types()).not.toContain('Delivered');
  });

  it('with the key that is being replaced counts, and however often it comes it is told once', async () => {
    for (const key of [oldKey, newKey, oldKey])
      expect((await post(statusPath(), delivered, signed(statusPath(), delivered, key))).status).toBe(204);
    const told = (await server.stream(stream)).filter(({ type }) => type === 'Delivered');
    expect(told.map(({ data }) => (data as { readonly provider: string }).provider)).toEqual([provider]);
  });

  it('with parameters that are not known yet counts', async () => {
    const form = { ...delivered, RawDlrDoneDate: '2603020300', Zusatz: 'ä & ö' };
    expect((await post(statusPath(), form, signed(statusPath(), form))).status).toBe(204);
  });

  it('about a text from a stranger is answered with nothing', async () => {
    const text = { MessageSid: 'SM3', From: '+4915199999999', To: ours, Body: 'ACK ALL' };
    const path = `/api/callbacks/${provider}/sms`;
    const { status, text: said } = await post(path, text, signed(path, text));
    expect([status, said]).toEqual([200, '<?xml version="1.0" encoding="UTF-8"?><Response></Response>']);
  });
});

describe.each(table)('a question of $title, what to say in a call', ({ account, other }) => {
  const { provider, signatureHeader } = account.dialect;
  const [newKey] = account.signingKeys;
  let server: NotificationsServer;
  const path = `/api/callbacks/${provider}/voice?stream=notification-7001-1-8&attempt=1&about=notification-7001-1-8&told=1`;
  const form = { CallSid: 'CA1', CallStatus: 'in-progress', Digits: '1', From: account.numbers[0], To: HERS };
  beforeAll(async () => {
    server = await both();
  });
  afterAll(() => server.stop());
  const publicUrl = (of: string): string => `http://tocsin.test${of}`;
  const ask = (signature: string) => callBack(`${server.url}${path}`, form, signature, signatureHeader);

  it.each([
    ['none', () => ''],
    ['no base64', () => '%%%'],
    ['of the token or key of nobody', () => signatureOf('token', publicUrl(path), form)],
    ['of the other account', () => signatureOf(other.signingKeys[0], publicUrl(path), form)],
    ['of another key', () => signatureOf(newKey, publicUrl(path), { ...form, Digits: '2' })],
    ['of no key', () => signatureOf(newKey, publicUrl(path), { ...form, Digits: '' })],
    ['of another call', () => signatureOf(newKey, publicUrl(path.replace('attempt=1', 'attempt=2')), form)],
    ['of another page', () => signatureOf(newKey, publicUrl(path.replace('about=notification-7001', 'about=notification-7002')), form)],
    ['of a status', () => signatureOf(newKey, publicUrl(path.replace('voice', 'status')), form)],
    ['of the address behind the proxy', () => signatureOf(newKey, `${server.url}${path}`, form)],
    ['of https', () => signatureOf(newKey, publicUrl(path).replace('http:', 'https:'), form)],
    ['of the URL without its query', () => signatureOf(newKey, publicUrl(path.replace(/\?.*/, '')), form)],
  ])('is not answered with a signature that is not right: %s', async (_name, signature) => {
    const { status, text } = await ask(signature());
    expect([status, JSON.parse(text)]).toEqual([403, { status: 403, code: 'FORBIDDEN', message: 'the signature is not valid' }]);
  });

  it.each(account.signingKeys)('is answered with a right one, also of the key that is being replaced: %s', async (key) => {
    const { status, text, contentType } = await ask(signatureOf(key, publicUrl(path), form));
    expect([status, contentType]).toEqual([200, 'text/xml; charset=utf-8']);
    // There is no such call: nothing is asked for.
    expect(text).toMatch(/<Response><Say [^>]*>This call is about nothing any more\. Goodbye\.<\/Say><Hangup\/><\/Response>$/);
    expect(server.given).toEqual([]);
  });
});

describe('the numbers that pages come from (B30)', () => {
  it('are listed, and a contact for the address book', async () => {
    const server = await both();
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

  it('are each told once, also where both accounts send from it', () =>
    expect(numbersOf([ofTwilio, { ...ofSignalWire, numbers: [OURS, ...ofSignalWire.numbers] }])).toEqual([OURS, '+16502530000']));
});
