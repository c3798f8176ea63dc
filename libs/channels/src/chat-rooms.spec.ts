import type { PushDevice, PushDeviceType } from '@tocsin/domain';
import { AllowedTargets, Outgoing } from '@tocsin/platform';
import { DiscordServer, MattermostServer } from '@tocsin/testing';
import { ChatRooms } from './chat-room';
import { chats } from './chats';
import { DevicesChannel } from './devices.channel';
import type { SendOutcome } from './channel';
import { renderMessage } from './render';

const answers = { accept: 'https://t.test/answer/accept/a', resolve: 'https://t.test/answer/resolve/r' };
const page = (summary: string, reason = 'You are on call.') =>
  renderMessage('PUSH', {
    ...{ type: 'page', language: 'en', personName: 'Ana', reason, lateSec: 0, possiblyDuplicate: false, answers },
    alert: { id: 4711, summary, priority: 'HIGH', sourceName: 'Monitor', reportTime: '04:00', links: [] },
    answerPage: 'https://t.test/answer/alert/p',
  });
const deviceOf = (type: PushDeviceType, address: string): PushDevice =>
  ({ id: 1, type, name: 'My room', address: { hash: 'h', cipher: address }, addedAt: 0 }) as never;

let discord: DiscordServer;
let mattermost: MattermostServer;
beforeEach(async () => {
  [discord, mattermost] = await Promise.all([DiscordServer.start(), MattermostServer.start()]);
});
afterEach(async () => void (await Promise.all([discord.stop(), mattermost.stop()])));

const kinds = {
  discord: () => ({
    server: discord,
    texts: () => discord.messages.map(({ content, embeds }) => [content, embeds[0]?.description].join('\n')),
  }),
  mattermost: () => ({ server: mattermost, texts: () => mattermost.posts.map(({ text }) => text) }),
} as const;

describe.each(['discord', 'mattermost'] as const)('a page to a room of one’s own in %s', (name) => {
  const channel = (allowed: readonly string[] = [kinds[name]().server.url]) => {
    const outgoing = new Outgoing({ allowed: AllowedTargets.from(allowed), timeoutMs: 2_000 });
    return new DevicesChannel([new ChatRooms(chats[name], outgoing, 20)], (cipher) => cipher);
  };
  const send = (summary = 'disk full', room = kinds[name]().server.room(), to = channel()): Promise<SendOutcome> =>
    to.send({ target: '', devices: [deviceOf(chats[name].type, room)], message: page(summary), key: 'k' });

  it('says what is wrong and why it comes, and has the answers as links', async () => {
    expect(await send()).toEqual({ type: 'handed-over', receiptExpected: false });
    const [text] = kinds[name]().texts();
    expect(text).toContain('**\\[\\#4711\\] disk full**');
    expect(text).toContain('You are on call.');
    expect(text).toContain('[Accept](https://t.test/answer/accept/a) · [Resolve](https://t.test/answer/resolve/r)');
  });

  it.each([
    ['names', '@everyone <@123> <!channel> @here <@&5>'],
    ['marks', '**bold** _it_ `code` ~~no~~ ||hidden|| [here](https://evil.example/x)'],
    ['addresses', 'see https://wiki.example/run_book_a?x=1 and https://evil.example/@all'],
  ])('is what the tool wrote and nothing else: %s', async (_what, summary) => {
    await send(summary);
    expect([...discord.messages, ...mattermost.posts].flatMap(({ mentions }) => mentions)).toEqual([]);
    const shown = (kinds[name]().texts()[0] ?? '')
      .split('\n')[0]
      ?.replaceAll('\u200b', '')
      .replace(/\\([^A-Za-z0-9\s])/g, '$1');
    expect(shown).toContain(summary.replace('@all', '%40all'));
    const marked = (kinds[name]().texts()[0] ?? '')
      .split('\n')[0]
      ?.replaceAll(/\\./g, '')
      .replace(/https?:\S+/g, '');
    expect(marked?.replace(/\*\*/g, '')).not.toMatch(/[*_`~|[\]]/);
  });

  it('that is far too long is cut, keeps its answers whole, and is one message', async () => {
    await send('_🔥'.repeat(20_000));
    const texts = kinds[name]().texts();
    expect(texts).toHaveLength(1);
    expect(texts[0]).toContain('…');
    expect(texts[0]).toContain('[Resolve](https://t.test/answer/resolve/r)');
  });

  it('that is far too long in every part is one message, with as many whole links as there is room for', async () => {
    const { server, texts } = kinds[name]();
    const long = (text: string): string => text.repeat(20_000);
    const links = Array.from({ length: 60 }, (_, nth) => ({
      text: `*${nth}*`,
      href: `https://wiki.example/${'a'.repeat(300)}?nth=${nth}`,
    }));
    const post = { title: long('_'), mood: 'alarm', body: long('*🔥'), details: long('[x](y)\n'), links } as const;
    const { url, method, headers, body } = chats[name].request(server.room(), post);
    const { status } = await fetch(url, { method, headers: { ...headers }, body: String(body) });
    expect(status).toBe(200);
    const [text = '', ...others] = texts();
    expect(others).toEqual([]);
    expect(text).toContain('🔥');
    expect(text).toMatch(/\[\\\*0\\\*\]\(https:\/\/wiki\.example\/a+\?nth=0\) · /);
    expect(text).toMatch(/\?nth=\d+\)$/);
  });

  it.each([
    ['broken', { type: 'failed', permanent: false, reason: 'answered 500' }],
    ['lost', { type: 'unknown', reason: 'no answer (connection-lost)' }],
  ] as const)('that goes wrong says what became of it: %s', async (trouble, outcome) => {
    kinds[name]().server.troubles.push(trouble);
    expect(await send()).toEqual(outcome);
  });

  it('that is one too many is tried again not before the chat wants it', async () => {
    kinds[name]().server.troubles.push('limited');
    const retryAfterMs = name === 'discord' ? 30_000 : 1_000;
    expect(await send()).toEqual({ type: 'failed', permanent: false, reason: 'answered 429', retryAfterMs });
  });

  it('whose webhook was deleted says that the room is gone', async () => {
    const { server } = kinds[name]();
    const room = server.room();
    server.deleted.add(room);
    expect(await send('disk full', room)).toMatchObject({ type: 'failed', permanent: true, gone: [1] });
  });

  it('does not go to where nobody may call', async () => {
    const inside = name === 'discord' ? 'https://169.254.169.254/api/webhooks/1/x' : 'https://10.0.0.1/hooks/x';
    expect(await send('disk full', inside, channel([]))).toEqual({ type: 'failed', permanent: true, reason: 'not called: address' });
  });
});

describe('a page to rooms in several chats', () => {
  it('is handed over when one has it, and says of each what it said', async () => {
    const outgoing = new Outgoing({ allowed: AllowedTargets.from([discord.url, mattermost.url]), timeoutMs: 2_000 });
    const services = [chats.discord, chats.mattermost].map((chat) => new ChatRooms(chat, outgoing, 20));
    const devices = [deviceOf('DISCORD', discord.room()), deviceOf('MATTERMOST', mattermost.room())];
    discord.troubles.push('broken');
    const outcome = await new DevicesChannel(services, (cipher) => cipher).send({ target: '', devices, message: page('x'), key: 'k' });
    expect(outcome).toEqual({
      ...{ type: 'handed-over', receiptExpected: false },
      asked: [
        { provider: 'discord', outcome: 'failed' },
        { provider: 'mattermost', outcome: 'handed-over' },
      ],
    });
  });
});

describe('the address of a room', () => {
  it.each([
    ['discord', 'https://discord.com/api/webhooks/1122/To-ken_x'],
    ['discord', 'https://canary.discord.com/api/v10/webhooks/1122/To-ken_x?thread_id=5'],
    ['mattermost', 'https://chat.example.org/hooks/abc123'],
    ['mattermost', 'https://example.org/team/chat/hooks/abc123'],
  ] as const)('of %s may be %s', (name, url) => expect(chats[name].problem(url)).toBeUndefined());

  it.each([
    ['discord', ''],
    ['discord', 'https://discord.com/channels/1/2'],
    ['discord', 'https://discord.com/api/webhooks/1122/To-ken_x/slack'],
    ['discord', 'https://internal.example@discord.com/api/webhooks/1/x'],
    ['discord', 'https://169.254.169.254#.discord.com/api/webhooks/1/x'],
    ['mattermost', 'https://chat.example.org/hooks/abc?x=1'],
    ['mattermost', 'javascript://chat/hooks/abc'],
    ['mattermost', 'https://chat.example.org/a/../hooks/abc/..'],
  ] as const)('of %s may not be %s', (name, url) => expect(chats[name].problem(url)).toMatch(/must be the URL of/));
});
