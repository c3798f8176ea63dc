import type { AlertId } from '@tocsin/domain';
import { TelegramServer } from '@tocsin/testing';
import { channelContract } from '../channel.contract';
import type { OutgoingMessage } from '../channel';
import { ChatBotChannel } from '../chat-bot.channel';
import { renderMessage } from '../render';
import type { ShownAlert } from '../shown-alert';
import { TelegramBot } from '.';

const open = async (secrets: readonly string[] = []) => {
  const telegram = await TelegramServer.start();
  const bot = new TelegramBot({ baseUrl: telegram.url, token: telegram.token, secrets, deadlineMs: 2_000 });
  const ana = telegram.chats.addPerson('Ana');
  telegram.chats.start(ana);
  return { telegram, bot, ana, address: String(ana.id) };
};

/** Whatever the contract's message is addressed to goes to one chat. */
class ToOneChat extends ChatBotChannel {
  constructor(
    bot: TelegramBot,
    public address: string,
  ) {
    super(bot);
  }

  override send(message: OutgoingMessage) {
    return super.send({ ...message, target: this.address });
  }
}

channelContract('telegram', ['limited', 'broken', 'silent', 'garbled', 'blocked', 'deactivated', 'unknown chat', 'away'], async () => {
  const { telegram, bot, ana, address } = await open();
  const channel = new ToOneChat(bot, address);
  const sending = (what: 'limited' | 'broken' | 'silent' | 'garbled') => () => telegram.fault({ method: 'sendMessage', what, times: 1 });
  return {
    channel,
    withinMs: 8_000,
    secrets: [telegram.token, telegram.secret],
    situations: [
      { name: 'limited', arrange: sending('limited'), expected: 'failed' },
      { name: 'broken', arrange: sending('broken'), expected: 'unknown' },
      { name: 'silent', arrange: sending('silent'), expected: 'unknown' },
      { name: 'garbled', arrange: sending('garbled'), expected: 'unknown' },
      { name: 'blocked', arrange: () => telegram.chats.block(ana), expected: 'failed', permanent: true },
      { name: 'deactivated', arrange: () => telegram.chats.deactivate(ana), expected: 'failed', permanent: true },
      { name: 'unknown chat', arrange: () => void (channel.address = '1'), expected: 'failed', permanent: true },
      { name: 'away', arrange: () => telegram.stop(), expected: 'failed' },
    ],
    close: () => telegram.stop(),
  };
});

describe('a message by Telegram', () => {
  let opened: Awaited<ReturnType<typeof open>>;
  beforeEach(async () => (opened = await open()));
  afterEach(() => opened.telegram.stop());

  const alert: ShownAlert = {
    ...{ type: 'alert', language: 'en', id: 9_007_199_254_740_991 as AlertId, status: 'PENDING', priority: 'HIGH' },
    ...{ summary: 'disk full', sourceName: 'Prometheus', reportTime: '10:00 CET', links: [], standing: ['You are on call.'] },
    step: { round: 999_999_999, pass: 999_999_999, level: 999_999_999 },
  };
  const shown = () => opened.telegram.chat(opened.ana).at(-1);
  const send = (about: Partial<ShownAlert>) => opened.bot.post(opened.address, { ...alert, ...about });

  it('is a page with its reason and its buttons', async () => {
    const page = renderMessage('TELEGRAM', {
      ...{ type: 'page', language: 'en', personName: 'Ana', reason: 'You are on call.', lateSec: 30, possiblyDuplicate: true },
      alert: { id: 7, summary: 'disk full', priority: 'HIGH', sourceName: 'Prometheus', reportTime: '10:00 CET', links: [] },
      answers: { accept: 'https://tocsin.test/a', resolve: 'https://tocsin.test/r' },
      step: { round: 1, pass: 1, level: 0 },
    });
    const sent = await new ChatBotChannel(opened.bot).send({ target: opened.address, message: page, key: 'k' });
    expect(sent).toEqual({ type: 'handed-over', receiptExpected: false, reference: String(shown()?.messageId) });
    expect(shown()?.text).toBe(
      '🔴 [#7] disk full\nRaised by Prometheus at 10:00 CET.\nYou are on call.\nThis page is 30 s late.\nYou may have received this page before.',
    );
    expect(shown()?.buttons).toEqual([
      { text: 'Accept', callback_data: 'accept 7' },
      { text: 'Resolve', callback_data: 'resolve 7' },
      { text: 'Escalate', callback_data: 'escalate 7 1 1 0' },
    ]);
  });

  it.each<[string, Partial<ShownAlert>]>([
    ['too long in all of its parts', { summary: '🔥'.repeat(5_000), details: 'x'.repeat(9_000), standing: ['y'.repeat(3_000)] }],
    ['of nothing but blanks', { summary: '  ', sourceName: '', standing: [], details: '\n' }],
    [
      'with links without end',
      { links: Array.from({ length: 50 }, (_, at) => ({ href: `https://example.org/${at}/${'l'.repeat(490)}` })) },
    ],
    ['with what would format it', { summary: '<b>*_[x](y)' }],
  ])('is taken, %s', async (_what, about) => {
    expect(await send(about)).toMatchObject({ ok: true });
    expect(shown()?.buttons).toHaveLength(3);
  });

  it('leads to the web alone, and nowhere by half of an address', async () => {
    await send({
      links: [
        { href: 'https://example.org/a', text: 'Graph' },
        { href: 'javascript:alert(1)', text: 'Odd' },
        { href: `https://x/${'y'.repeat(600)}` },
      ],
    });
    expect(shown()?.text.split('\n').slice(-3)).toEqual(['Graph: https://example.org/a', 'Odd', 'Link']);
  });

  it('is edited in place, again without harm, and not where it is gone', async () => {
    const sent = await send({});
    const place = sent.ok ? sent.value : { address: '', messageId: '' };
    const over: ShownAlert = { ...alert, status: 'RESOLVED', standing: ['Resolved by Ana.'] };
    expect(await opened.bot.edit(place, over)).toEqual({ ok: true, value: undefined });
    expect(await opened.bot.edit(place, over)).toEqual({ ok: true, value: undefined });
    expect(shown()).toMatchObject({ text: expect.stringMatching(/^✅ [^]*Resolved by Ana\.$/), buttons: [], edits: 1 });
    expect(await opened.bot.edit({ ...place, messageId: '1' }, over)).toMatchObject({ reason: 'message_gone', permanent: true });
  });

  it('waits as long as Telegram wants, and is not written again to whoever has blocked the bot', async () => {
    const { telegram, bot, ana, address } = opened;
    const message = renderMessage('TELEGRAM', { type: 'test', list: 'alerts', language: 'en', personName: 'Ana' });
    const outcome = () => new ChatBotChannel(bot).send({ target: address, message, key: 'k' });
    telegram.fault({ method: 'sendMessage', what: 'limited', times: 1 });
    expect(await outcome()).toEqual({ type: 'failed', permanent: false, reason: 'telegram: limited', retryAfterMs: 30_000 });
    telegram.chats.block(ana);
    expect(await outcome()).toEqual({ type: 'failed', permanent: true, reason: 'telegram: blocked', isContactClosed: true });
  });

  it('goes on to where a chat has moved', async () => {
    opened.telegram.chats.move(-5, -1_005);
    expect(await opened.bot.post('-5', { type: 'text', text: 'hello' })).toMatchObject({ ok: true });
    expect(opened.telegram.chats.messages).toMatchObject([{ chatId: -1_005, text: 'hello' }]);
  });

  it.each([
    ['revoked', '1:none', 'http_401'],
    ['none at all', 'none', 'http_404'],
  ])('tells nothing of a token that is %s, and is tried again when it may have been put right', async (_what, token, reason) => {
    const bot = new TelegramBot({ baseUrl: opened.telegram.url, token, secrets: [] });
    expect(await bot.post(opened.address, { type: 'text', text: 'x' })).toEqual({
      ...{ ok: false, reason, permanent: false, uncertain: false, retryAfterMs: 60_000 },
    });
  });
});

describe('a press', () => {
  it('is answered to whoever pressed, in 200 characters at most, and once', async () => {
    const { telegram, bot, ana, address } = await open();
    await bot.post(address, { type: 'text', text: 'x' });
    const [message] = telegram.chat(ana);
    if (message === undefined) throw new Error('no message');
    const { request } = bot.read({ header: () => undefined, body: telegram.pressData(ana, message, 'accept 7').body });
    const press = request.type === 'answer' ? request.press : '';
    expect(await bot.acknowledge(press, 'z'.repeat(500))).toMatchObject({ ok: true });
    expect(telegram.noticesOf(ana)).toEqual([`${'z'.repeat(199)}…`]);
    expect(await bot.acknowledge(press, 'again')).toMatchObject({ ok: false, reason: 'query_too_old', permanent: true });
    await telegram.stop();
  });
});

describe('the link to the bot', () => {
  it('carries the token, and is learned once', async () => {
    const { telegram, bot } = await open();
    for (const token of ['a', 'b'])
      expect(await bot.linkUrl(token)).toEqual({ ok: true, value: `https://t.me/${telegram.username}?start=${token}` });
    expect(telegram.calls.map(({ method }) => method)).toEqual(['getMe']);
    await telegram.stop();
  });
});

describe('a call-back of Telegram', () => {
  const bot = (...secrets: string[]) => new TelegramBot({ baseUrl: 'https://api.telegram.test', token: '1:t', secrets });
  it.each<[string, string | undefined, readonly string[], boolean]>([
    ['with the secret', 'first', ['first'], true],
    ['with the new one of two', 'new', ['new', 'old'], true],
    ['with the one that is being replaced', 'old', ['new', 'old'], true],
    ['with another one', 'guess', ['first'], false],
    ['with the beginning of it', 'fir', ['first'], false],
    ['with more than it', 'first1', ['first'], false],
    ['with both in one', 'new,old', ['new', 'old'], false],
    ['with one in capitals', 'FIRST', ['first'], false],
    ['with an empty one', '', ['first'], false],
    ['without one', undefined, ['first'], false],
    ['with an empty one when there is none', '', [], false],
  ])('%s', async (_name, given, secrets, isGenuine) => {
    const header = (name: string) => (name === 'x-telegram-bot-api-secret-token' ? given : 'first');
    expect(await bot(...secrets).isGenuine({ header, body: '{}' })).toBe(isGenuine);
  });
});
