import { instant } from '@tocsin/domain';
import type { AlertId } from '@tocsin/domain';
import { newConnectorKey, TeamsServer } from '@tocsin/testing';
import { channelContract } from '../channel.contract';
import type { OutgoingMessage } from '../channel';
import { ChatBotChannel } from '../chat-bot.channel';
import { renderMessage } from '../render';
import type { ShownAlert } from '../shown-alert';
import { TeamsBot } from '.';

const NOW = instant(1_772_420_400_000);

const open = async () => {
  const teams = await TeamsServer.start({ now: () => NOW });
  const { appId, appPassword, tenantId, jwksUrl, url } = teams;
  const bot = new TeamsBot({
    ...{ appId, appPassword, tenantId, jwksUrl, loginBaseUrl: url, serviceUrls: [url] },
    ...{ deadlineMs: 2_000, keysEveryMs: 0 },
  });
  const ana = teams.addPerson('ana');
  return { teams, bot, ana, address: `${teams.serviceUrl} ${ana.conversationId}` };
};

/** Whatever the contract's message is addressed to goes to one chat. */
class ToOneChat extends ChatBotChannel {
  constructor(
    bot: TeamsBot,
    public address: string,
  ) {
    super(bot);
  }

  override send(message: OutgoingMessage) {
    return super.send({ ...message, target: this.address });
  }
}

const situations = [
  ...['limited', 'broken', 'silent', 'garbled', 'sign-in limited', 'sign-in silent', 'sign-in refused'],
  ...['blocked', 'removed', 'unknown chat', 'elsewhere', 'away'],
];
channelContract('teams', situations, async () => {
  const { teams, bot, ana, address } = await open();
  const channel = new ToOneChat(bot, address);
  const fault = (call: 'post' | 'sign-in', what: 'limited' | 'broken' | 'silent' | 'garbled' | 'unauthorized') => () =>
    teams.fault({ call, what, times: 1 });
  return {
    channel,
    withinMs: 8_000,
    secrets: [teams.appPassword, 'token-'],
    situations: [
      { name: 'limited', arrange: fault('post', 'limited'), expected: 'failed' },
      { name: 'broken', arrange: fault('post', 'broken'), expected: 'unknown' },
      { name: 'silent', arrange: fault('post', 'silent'), expected: 'unknown' },
      { name: 'garbled', arrange: fault('post', 'garbled'), expected: 'unknown' },
      { name: 'sign-in limited', arrange: fault('sign-in', 'limited'), expected: 'failed' },
      { name: 'sign-in silent', arrange: fault('sign-in', 'silent'), expected: 'failed' },
      { name: 'sign-in refused', arrange: fault('sign-in', 'unauthorized'), expected: 'failed' },
      { name: 'blocked', arrange: () => teams.block(ana), expected: 'failed', permanent: true },
      { name: 'removed', arrange: () => void teams.remove(ana), expected: 'failed', permanent: true },
      { name: 'unknown chat', arrange: () => void (channel.address = `${teams.serviceUrl} a:none`), expected: 'failed', permanent: true },
      { name: 'elsewhere', arrange: () => void (channel.address = 'http://127.0.0.1:1/x a:none'), expected: 'failed', permanent: true },
      { name: 'away', arrange: () => teams.stop(), expected: 'failed' },
    ],
    close: () => teams.stop(),
  };
});

describe('a message by Teams', () => {
  let opened: Awaited<ReturnType<typeof open>>;
  beforeEach(async () => (opened = await open()));
  afterEach(() => opened.teams.stop());

  const alert: ShownAlert = {
    ...{ type: 'alert', language: 'en', id: 7 as AlertId, status: 'PENDING', priority: 'HIGH', summary: 'disk full' },
    ...{ sourceName: 'Prometheus', reportTime: '10:00 CET', links: [], standing: ['You are on call.'] },
    step: { round: 1, pass: 1, level: 0 },
  };
  const shown = () => opened.teams.chat(opened.ana).at(-1);
  const actions = () => (shown()?.card?.['actions'] ?? []) as readonly Readonly<Record<string, unknown>>[];
  const send = (about: Partial<ShownAlert> = {}) => opened.bot.post(opened.address, { ...alert, ...about });

  it('is a page with its reason and its buttons, which older clients have, too', async () => {
    const page = renderMessage('TEAMS', {
      ...{ type: 'page', language: 'en', personName: 'Ana', reason: 'You are on call.', lateSec: 30, possiblyDuplicate: false },
      alert: { id: 7, summary: 'disk full', priority: 'HIGH', sourceName: 'Prometheus', reportTime: '10:00 CET', links: [] },
      answers: { accept: 'https://tocsin.test/a', resolve: 'https://tocsin.test/r' },
      step: { round: 1, pass: 1, level: 0 },
    });
    const sent = await new ChatBotChannel(opened.bot).send({ target: opened.address, message: page, key: 'k' });
    expect(sent).toEqual({ type: 'handed-over', receiptExpected: false, reference: shown()?.id });
    expect(shown()?.summary).toBe('🔴 [#7] disk full');
    const card = JSON.stringify(shown()?.card);
    for (const part of ['Raised by Prometheus at 10:00 CET.', 'You are on call.', 'This page is 30 s late.']) expect(card).toContain(part);
    expect(actions().map(({ title, data }) => ({ title, data }))).toEqual([
      { title: 'Accept', data: { answer: 'accept', alert: 7 } },
      { title: 'Resolve', data: { answer: 'resolve', alert: 7 } },
      { title: 'Escalate', data: { answer: 'escalate', alert: 7, step: [1, 1, 0] } },
    ]);
    for (const { data, fallback } of actions()) expect(fallback).toMatchObject({ type: 'Action.Submit', data });
  });

  it.each<[string, Partial<ShownAlert>]>([
    ['too long in all of its parts', { summary: '🔥'.repeat(5_000), details: '漢'.repeat(9_000), standing: ['漢'.repeat(3_000)] }],
    ['of nothing but blanks', { summary: '  ', sourceName: '', standing: [], details: '\n' }],
    [
      'with links without end',
      { links: Array.from({ length: 50 }, (_, at) => ({ href: `https://example.org/${at}/${'l'.repeat(470)}` })) },
    ],
  ])('is taken, %s', async (_what, about) => {
    expect(await send(about)).toMatchObject({ ok: true });
    expect(actions()).toHaveLength(3);
  });

  it('says just what a tool said: nothing of it is markdown, and links lead to the web alone', async () => {
    await send({ summary: '[x](https://evil.test)', links: [{ href: 'javascript:alert(1)', text: 'Odd' }] });
    const card = JSON.stringify(shown()?.card);
    expect(card).not.toContain(`"TextBlock"`);
    expect(card).not.toContain('javascript:');
  });

  it('is edited in place, and not where it is gone', async () => {
    const sent = await send();
    const place = sent.ok ? sent.value : { address: '', messageId: '' };
    expect(await opened.bot.edit(place, { ...alert, status: 'RESOLVED', standing: ['Resolved by Ana.'] })).toEqual({
      ok: true,
      value: undefined,
    });
    expect(shown()).toMatchObject({ summary: '✅ [#7] disk full', edits: 1 });
    expect(actions()).toEqual([]);
    expect(await opened.bot.edit({ ...place, messageId: 'none' }, alert)).toMatchObject({
      reason: 'ActivityNotFoundInConversation',
      permanent: true,
    });
  });

  it('signs in once for many, and again when its token is not taken any more', async () => {
    const signIns = () => opened.teams.calls.filter(({ call }) => call === 'sign-in').length;
    await Promise.all(Array.from({ length: 10 }, () => send()));
    expect(signIns()).toBe(1);
    opened.teams.endTokens();
    expect(await send()).toMatchObject({ ok: true });
    expect(signIns()).toBe(2);
  });

  it('is tried again when no token is taken, in case that is put right', async () => {
    opened.teams.fault({ call: 'post', what: 'unauthorized', times: 2 });
    expect(await send()).toMatchObject({ reason: 'http_401', permanent: false, retryAfterMs: 60_000 });
    expect(await send()).toMatchObject({ ok: true });
  });

  it('waits as long as Teams wants, and is not written again to whoever has blocked the bot', async () => {
    opened.teams.fault({ call: 'post', what: 'limited', times: 1 });
    expect(await send()).toEqual({ ok: false, reason: 'limited', permanent: false, uncertain: false, retryAfterMs: 30_000 });
    opened.teams.block(opened.ana);
    expect(await send()).toMatchObject({ reason: 'MessageWritesBlocked', permanent: true, isClosed: true });
  });

  it.each([
    ['of another host', 'https://evil.test/emea/'],
    ['of this one, as the user of another', 'https://smba.trafficmanager.net@evil.test/'],
    ['of a host that begins like it', 'https://smba.trafficmanager.net.evil.test/'],
    ['without HTTPS', 'http://smba.trafficmanager.net/'],
    ['that is none', 'smba.trafficmanager.net'],
  ])('goes to no address %s', async (_which, serviceUrl) => {
    const { appId, appPassword, tenantId, jwksUrl, url } = opened.teams;
    const serviceUrls = ['https://smba.trafficmanager.net'];
    const bot = new TeamsBot({ appId, appPassword, tenantId, jwksUrl, loginBaseUrl: url, serviceUrls });
    expect(await bot.post(`${serviceUrl} a:1`, { type: 'text', text: 'x' })).toMatchObject({ reason: 'not_allowed_service_url' });
    expect(opened.teams.calls).toEqual([]);
  });
});

describe('the link to the bot', () => {
  it('types the token for the person', async () => {
    const { teams, bot, ana } = await open();
    const link = await bot.linkUrl('a1_b2_c3');
    const { body } = teams.open(ana, link.ok ? link.value : '');
    expect(bot.read({ header: () => undefined, body }).request).toMatchObject({ type: 'link', token: 'a1_b2_c3' });
    await teams.stop();
  });
});

describe('a call-back of Teams', () => {
  let opened: Awaited<ReturnType<typeof open>>;
  beforeEach(async () => (opened = await open()));
  afterEach(() => opened.teams.stop());

  const isGenuine = (headers: Readonly<Record<string, string>>, serviceUrl = opened.teams.serviceUrl, at = NOW) => {
    const { body } = opened.teams.activity(opened.ana, { type: 'message', text: 'x', serviceUrl });
    return opened.bot.isGenuine({ header: (name) => headers[name], body }, at);
  };
  const sec = NOW / 1_000;
  const none = (claims: object) => Buffer.from(JSON.stringify(claims)).toString('base64url');

  it.each<[string, (teams: TeamsServer) => Readonly<Record<string, string>>, boolean]>([
    ['with its token', (teams) => teams.signedHeaders(), true],
    ['whose token ended a moment ago', (teams) => teams.signedHeaders({ exp: sec - 299 }), true],
    ['whose token ended', (teams) => teams.signedHeaders({ exp: sec - 301 }), false],
    ['whose token has not begun', (teams) => teams.signedHeaders({ nbf: sec + 301 }), false],
    ['whose token never ends', (teams) => teams.signedHeaders({ exp: undefined }), false],
    ['for another bot', (teams) => teams.signedHeaders({ aud: 'another' }), false],
    ['for no bot', (teams) => teams.signedHeaders({ aud: undefined }), false],
    ['of another issuer', (teams) => teams.signedHeaders({ iss: 'https://sts.windows.net/x/' }), false],
    ['that names no service', (teams) => teams.signedHeaders({ serviceurl: undefined }), false],
    ['that was issued to another service', (teams) => teams.signedHeaders({ serviceurl: 'https://smba.trafficmanager.net/emea/' }), false],
    ['signed with a key that is not published', (teams) => teams.signedHeaders({}, { key: newConnectorKey() }), false],
    [
      'signed with another key under the name of one that is',
      (teams) => teams.signedHeaders({}, { key: { ...newConnectorKey(), id: teams.key.id } }),
      false,
    ],
    ['that says its signature is of another kind', (teams) => teams.signedHeaders({}, { header: { alg: 'HS256' } }), false],
    [
      'that says it needs none',
      (teams) => ({ authorization: `Bearer ${none({ alg: 'none', kid: teams.key.id })}.${none({ aud: teams.appId })}.` }),
      false,
    ],
    ['with a token cut short', (teams) => ({ authorization: teams.signedHeaders()['authorization']?.slice(0, -4) ?? '' }), false],
    ['with something else', () => ({ authorization: 'Basic YTpi' }), false],
    ['without anything', () => ({}), false],
  ])('%s', async (_name, headers, expected) => expect(await isGenuine(headers(opened.teams))).toBe(expected));

  it('that says another service than its token is not believed', async () =>
    expect(await isGenuine(opened.teams.signedHeaders(), 'https://evil.test/')).toBe(false));

  it('is believed with a new key, and with the old one while that is published', async () => {
    const old = opened.teams.signedHeaders();
    expect(await isGenuine(old)).toBe(true);
    opened.teams.rotateKey();
    expect([await isGenuine(opened.teams.signedHeaders()), await isGenuine(old)]).toEqual([true, true]);
    opened.teams.rotateKey({ withdraw: true });
    expect([await isGenuine(opened.teams.signedHeaders()), await isGenuine(old)]).toEqual([true, false]);
  });

  it('is not believed with a key for another channel', async () => {
    opened.teams.rotateKey({ endorsements: ['directline'] });
    expect(await isGenuine(opened.teams.signedHeaders())).toBe(false);
  });

  it.each(['broken', 'silent', 'garbled'] as const)('is neither believed nor refused while the keys cannot be read: %s', async (what) => {
    opened.teams.fault({ call: 'keys', what, times: 1 });
    await expect(isGenuine(opened.teams.signedHeaders())).rejects.toThrow('outgoing request');
  });
});
