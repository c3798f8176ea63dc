import type { EscalationPolicyId, UserId } from '@tocsin/domain';
import { TelegramServer } from '@tocsin/testing';
import type { TelegramMessage, TelegramPerson, TelegramUpdate } from '@tocsin/testing';
import { World } from './world';

let world: World;
let telegram: TelegramServer;
let onPhone: Readonly<Record<'ana' | 'ben', TelegramPerson>>;
let ana: UserId;
let ben: UserId;
let anaKey: string;
let policy: EscalationPolicyId;
let source: string;

beforeEach(async () => {
  telegram = await TelegramServer.start();
  world = await World.start({}, telegram.settings);
  telegram.callsBack((path) => world.urlOf(path));
  onPhone = { ana: telegram.chats.addPerson('Ana'), ben: telegram.chats.addPerson('Ben') };
  // E-mail five minutes later: what is not answered in Telegram goes on there.
  ana = await world.person('ana', {
    preferences: [
      { type: 'HIGH_PRIORITY', method: 'TELEGRAM', delayMin: 0 },
      { type: 'HIGH_PRIORITY', method: 'EMAIL', delayMin: 5 },
    ],
  });
  ben = await world.person('ben');
  anaKey = await world.keyOf(ana);
  policy = await world.policy([{ targets: [{ type: 'user', userId: ana }], timeoutMin: 30 }, { targets: [{ type: 'user', userId: ben }] }]);
  source = await world.source(policy);
});
afterEach(async () => {
  await world.stop();
  await telegram.stop();
});

const send = async (update: TelegramUpdate) => {
  const { status } = await telegram.send(update);
  await world.settle();
  return status;
};

const linkPage = async (key: string) => {
  const answer = await fetch(world.urlOf('/api/callbacks/telegram/link'), { headers: { authorization: `Bearer ${key}` } });
  return { status: answer.status, text: await answer.text() };
};

/** As a person gets it: on a page, when they are signed in. */
const linkFor = async (key: string): Promise<string> => {
  const link = /href="(https:\/\/t\.me\/[^"]+)"/.exec((await linkPage(key)).text)?.[1];
  if (link === undefined) throw new Error('no link on the page');
  return link.replaceAll('&amp;', '&');
};

const links = async (person: TelegramPerson, key: string): Promise<void> => {
  expect(await send(telegram.open(person, await linkFor(key)))).toBe(200);
};

const unlinks = (person: UserId, key: string) =>
  fetch(world.urlOf(`/api/users/${person}/contacts/chat-accounts/TELEGRAM`), {
    method: 'DELETE',
    headers: { authorization: `Bearer ${key}` },
  });

const said = (person: TelegramPerson): readonly string[] => telegram.chat(person).map(({ text }) => text);

const raise = async (summary = 'disk full'): Promise<void> => {
  await world.event(source, { summary, alertKey: summary });
};

/** The page that came last, as it stands there now. */
const page = (person: TelegramPerson): TelegramMessage => {
  const message = telegram.chat(person).findLast(({ text }) => text.includes('[#'));
  if (message === undefined) throw new Error('no page');
  return message;
};

const press = (person: TelegramPerson, message: TelegramMessage, label: string) => send(telegram.press(person, message, label));
const labels = ({ buttons }: TelegramMessage): readonly string[] => buttons.map(({ text }) => text);
const timeline = async (): Promise<string> => (await world.timeline((await world.alert()).id)).join('\n');

describe('a person who linked their Telegram', () => {
  beforeEach(() => links(onPhone.ana, anaKey));

  it('is told whose account it is', () =>
    expect(said(onPhone.ana)).toEqual([expect.stringContaining('This account belongs to Ana Tester now.')]));

  it('is paged there, accepts there, and sees the page change', async () => {
    await raise();
    const first = page(onPhone.ana);
    expect(first.text).toMatch(/^🔴 \[#\d+\] disk full\nRaised by source \d+ at /);
    expect(labels(first)).toEqual(['Accept', 'Resolve', 'Escalate']);
    expect(await press(onPhone.ana, first, 'Accept')).toBe(200);
    expect((await world.alert()).status).toBe('ACCEPTED');
    expect(telegram.noticesOf(onPhone.ana)).toEqual(['You accepted this alert.']);
    expect(page(onPhone.ana).text).toMatch(/^🟠 [^]*You accepted this alert\.\nAccepted by Ana Tester\.$/);
    expect(labels(page(onPhone.ana))).toEqual(['Resolve', 'Escalate']);
    expect(await timeline()).toContain('TELEGRAM Ana Tester: handed over to telegram');
    await world.advance('10m');
    expect(world.mailbox('ana').all()).toEqual([]);
  });

  it('resolves there, after which nothing can be pressed any more', async () => {
    await raise();
    await press(onPhone.ana, page(onPhone.ana), 'Resolve');
    expect((await world.alert()).status).toBe('RESOLVED');
    expect(telegram.noticesOf(onPhone.ana)).toEqual(['You resolved this alert.']);
    expect(labels(page(onPhone.ana))).toEqual([]);
    expect(page(onPhone.ana).text).toMatch(/^✅ /);
  });

  it('escalates there, once, however often it is pressed at one level (B13)', async () => {
    await raise();
    const first = page(onPhone.ana);
    await press(onPhone.ana, first, 'Escalate');
    await press(onPhone.ana, first, 'Escalate');
    expect(telegram.noticesOf(onPhone.ana)).toEqual([
      'The alert is escalated to the next level.',
      'The alert is already at level 2. Nothing was changed.',
    ]);
    expect(world.mailbox('ben').all()).toHaveLength(1);
  });

  it('reads who came first when somebody else did (B5)', async () => {
    await raise();
    await world.event(source, { eventType: 'RESOLVE', alertKey: 'disk full' });
    await press(onPhone.ana, page(onPhone.ana), 'Accept');
    expect(telegram.noticesOf(onPhone.ana)).toEqual([expect.stringMatching(/^Already resolved by the monitoring tool at /)]);
    expect(labels(page(onPhone.ana))).toEqual([]);
  });

  it('becomes one more responder after somebody else accepted', async () => {
    await raise();
    const { id } = await world.alert();
    await world.post(`/api/alerts/${id}/responders`, { user: { id: ben } });
    await world.settle();
    await world.press(world.mailbox('ben').link('accept'));
    await press(onPhone.ana, page(onPhone.ana), 'Accept');
    expect(telegram.noticesOf(onPhone.ana)).toEqual([expect.stringMatching(/^You accepted this alert\. Ben Tester accepted it at /)]);
    expect(page(onPhone.ana).text).toContain('Accepted by Ben Tester and Ana Tester.');
  });

  it('answers once, however often Telegram tells it', async () => {
    await raise();
    const pressed = telegram.press(onPhone.ana, page(onPhone.ana), 'Escalate');
    for (let time = 0; time < 3; time += 1) expect(await send(pressed)).toBe(200);
    expect(world.mailbox('ben').all()).toHaveLength(1);
  });

  it('asks for no more than they may, whatever their client sends', async () => {
    await raise();
    const { id } = await world.alert();
    await world.changePerson(ana, (user) => ({ ...user, role: 'STAKEHOLDER' }));
    await send(telegram.pressData(onPhone.ana, page(onPhone.ana), `resolve ${id}`));
    expect((await world.alert()).status).toBe('PENDING');
    expect(telegram.noticesOf(onPhone.ana)).toEqual(['You may not answer this alert.']);
    expect(await send(telegram.pressData(onPhone.ana, page(onPhone.ana), 'accept 999999'))).toBe(200);
  });

  it('is told how to answer when they type something', async () => {
    await send(telegram.say(onPhone.ana, 'what is going on?'));
    expect(said(onPhone.ana).at(-1)).toBe('Answer a page with the buttons below it.');
  });

  it('is sent test messages there', async () => {
    expect((await world.post(`/api/users/${ana}/test-notification`, { method: 'TELEGRAM' })).status).toBe(202);
    await world.settle();
    expect(said(onPhone.ana).at(-1)).toContain('test notification');
  });

  it('is not paged while muted, neither there', async () => {
    await world.changePerson(ana, (user) => ({ ...user, mutedUntil: (world.clock.now() + 3_600_000) as never }));
    await raise();
    expect(said(onPhone.ana)).toHaveLength(1);
    expect(world.mailbox('ben').all()).toHaveLength(1);
  });
});

describe('Telegram in trouble', () => {
  beforeEach(() => links(onPhone.ana, anaKey));

  it('is left alone for as long as it wants', async () => {
    telegram.fault({ method: 'sendMessage', what: 'limited', times: 1 });
    await raise();
    await world.advance('29s');
    expect(telegram.calls.filter(({ outcome }) => outcome === 'limited')).toHaveLength(1);
    expect(said(onPhone.ana)).toHaveLength(1);
    await world.advance('2s');
    expect(page(onPhone.ana).text).toContain('disk full');
  });

  it.each(['broken', 'lose-answer'] as const)('has a page repeated, and marked, when it may have taken it: %s', async (what) => {
    telegram.fault({ method: 'sendMessage', what, times: 1 });
    await raise();
    await world.advance('10s');
    expect(page(onPhone.ana).text).toContain('You may have received this page before.');
  });

  it('keeps nobody from answering: what a press asks for is done without it', async () => {
    await raise();
    telegram.fault({ method: 'answerCallbackQuery', what: 'broken', times: 1 });
    telegram.fault({ method: 'editMessageText', what: 'broken', times: 1 });
    expect(await press(onPhone.ana, page(onPhone.ana), 'Accept')).toBe(200);
    expect((await world.alert()).status).toBe('ACCEPTED');
  });
});

describe('a person who blocked the bot', () => {
  beforeEach(() => links(onPhone.ana, anaKey));
  const problems = async () =>
    (await world.get<{ problems: readonly { code: string }[] }>(`/api/users/${ana}/readiness`)).body.problems.map(({ code }) => code);

  it('is reached by the next method at once, and readiness says so', async () => {
    telegram.chats.block(onPhone.ana);
    await raise();
    expect(world.mailbox('ana').all()).toHaveLength(1);
    expect(await timeline()).toContain('telegram: blocked');
    expect(await problems()).toContain('CHAT_ACCOUNT_CLOSED');
    expect(world.platform.configuration.get('user', ana)?.chatAccounts).toMatchObject([
      { method: 'TELEGRAM', closed: { reason: 'telegram: blocked', at: world.clock.now() } },
    ]);
    const asked = telegram.calls.length;
    await raise('another');
    expect(telegram.calls).toHaveLength(asked);
    expect(await timeline()).toContain('its account takes no more messages');
  });

  it('is known to have done so before anything has to be sent, and is paged again once they let it', async () => {
    await send(telegram.block(onPhone.ana));
    expect(await problems()).toContain('CHAT_ACCOUNT_CLOSED');
    await send(telegram.unblock(onPhone.ana));
    expect(await problems()).not.toContain('CHAT_ACCOUNT_CLOSED');
    await raise();
    expect(page(onPhone.ana).text).toContain('disk full');
  });
});

describe('an account that nobody has linked', () => {
  it('changes nothing, and is told how to link it; the person is not reached there, and the timeline says why', async () => {
    await raise();
    expect(world.mailbox('ana').all()).toEqual([]);
    expect(await timeline()).toContain('no account is linked there');
    telegram.chats.start(onPhone.ben);
    telegram.chats.post(onPhone.ben.id, 'forwarded', []);
    const [message] = telegram.chat(onPhone.ben);
    await send(telegram.pressData(onPhone.ben, message as TelegramMessage, `accept ${(await world.alert()).id}`));
    expect((await world.alert()).status).toBe('PENDING');
    expect(said(onPhone.ben).at(-1)).toContain('/api/callbacks/telegram/link');
    await send(telegram.say(onPhone.ben, '/start'));
    expect(said(onPhone.ben)).toHaveLength(3);
    // Not for everything that they write.
    for (const text of ['hello', 'is', 'anybody', 'there']) await send(telegram.say(onPhone.ben, text));
    expect(said(onPhone.ben)).toHaveLength(4);
  });

  it('says so in readiness', async () => {
    const { body } = await world.get<{ problems: readonly { code: string }[] }>(`/api/users/${ana}/readiness`);
    expect(body.problems).toContainEqual(expect.objectContaining({ code: 'NO_CHAT_ACCOUNT', method: 'TELEGRAM' }));
  });
});

describe('a link', () => {
  it('is for whoever is signed in', async () => expect((await linkPage('tk_nobody')).status).toBe(403));

  it('is not there while Telegram does not answer', async () => {
    telegram.fault({ method: 'getMe', what: 'broken', times: 1 });
    expect(await linkPage(anaKey)).toMatchObject({ status: 502, text: expect.stringContaining('Telegram does not answer') });
  });

  it('counts once: whoever finds it later gets nothing by it, and neither does an older one', async () => {
    const [older, link] = [await linkFor(anaKey), await linkFor(anaKey)];
    const opened = telegram.open(onPhone.ana, link);
    await send(opened);
    for (const found of [link, older]) {
      await send(telegram.open(onPhone.ben, found));
      expect(said(onPhone.ben).at(-1)).toMatch(/^This link is not valid, was used before or has expired/);
    }
    const account = world.platform.configuration.get('user', ana)?.chatAccounts;
    expect(account).toMatchObject([{ id: String(onPhone.ana.id) }]);
    await send(opened);
    expect(world.platform.configuration.get('user', ana)?.chatAccounts).toEqual(account);
  });

  it('is used up also when the account that it linked is unlinked', async () => {
    const [older, link] = [await linkFor(anaKey), await linkFor(anaKey)];
    await send(telegram.open(onPhone.ana, link));
    expect((await unlinks(ana, anaKey)).status).toBe(204);
    for (const found of [link, older]) await send(telegram.open(onPhone.ben, found));
    expect(world.platform.configuration.get('user', ana)?.chatAccounts).toBeUndefined();
    await links(onPhone.ana, anaKey);
    expect(world.platform.configuration.get('user', ana)?.chatAccounts).toMatchObject([{ id: String(onPhone.ana.id) }]);
  });

  it('is good for a quarter of an hour', async () => {
    const link = await linkFor(anaKey);
    await world.advance('15m');
    await send(telegram.open(onPhone.ana, link));
    expect(world.platform.configuration.get('user', ana)?.chatAccounts).toBeUndefined();
  });

  it("is nobody else's, whatever is changed in it", async () => {
    const token = new URL(await linkFor(anaKey)).searchParams.get('start') ?? '';
    const forged = [
      token.replace(/^[^_]+/, ben.toString(36)),
      token.replace(/_([^_]+)_/, '_zzzzzzzz_'),
      `${token.slice(0, -1)}${token.endsWith('a') ? 'b' : 'a'}`,
      token.slice(5),
    ];
    for (const text of forged) await send(telegram.say(onPhone.ben, `/start ${text}`));
    for (const id of [ana, ben]) expect(world.platform.configuration.get('user', id)?.chatAccounts).toBeUndefined();
  });

  it('takes no account that is of somebody else', async () => {
    await links(onPhone.ana, anaKey);
    await links(onPhone.ana, await world.keyOf(ben));
    expect(said(onPhone.ana).at(-1)).toBe('This account belongs to somebody else. Nothing was changed.');
    expect(world.platform.configuration.get('user', ben)?.chatAccounts).toBeUndefined();
  });
});

describe('the method TELEGRAM', () => {
  it('needs no contact; a number that a client of ilert names is kept as it was given', async () => {
    const path = `/api/users/${ben}/notification-preferences/alerts`;
    const without = await world.post(path, { type: 'HIGH_PRIORITY', method: 'TELEGRAM' });
    expect([without.status, without.body['contact']]).toEqual([201, undefined]);
    const carl = await world.person('carl', { phone: '+4915112345678' });
    const phone = world.platform.configuration.get('user', carl)?.contacts.find(({ type }) => type === 'phone')?.id;
    const withPhone = await world.post(`/api/users/${carl}/notification-preferences/alerts`, {
      ...{ type: 'HIGH_PRIORITY', method: 'TELEGRAM', contact: { id: phone } },
    });
    expect(withPhone).toMatchObject({ status: 201, body: { contact: { id: phone } } });
  });
});

describe('a call-back without the secret', () => {
  it.each(['guess', '', undefined])('is refused, and changes nothing: %s', async (secret) => {
    await links(onPhone.ana, anaKey);
    await raise();
    const { body } = telegram.press(onPhone.ana, page(onPhone.ana), 'Accept');
    const { headers } = telegram.update({}, secret);
    const shown = secret === undefined ? { 'content-type': 'application/json' } : headers;
    expect(await telegram.send({ body, headers: shown })).toMatchObject({ status: 403 });
    expect((await world.alert()).status).toBe('PENDING');
  });
});
