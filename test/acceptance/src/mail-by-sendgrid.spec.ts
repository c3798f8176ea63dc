import type { EscalationTarget, UserId } from '@tocsin/domain';
import { newEventKeys, SendGridServer, SmsGateway } from '@tocsin/testing';
import { World } from './world';

const user = (userId: UserId): EscalationTarget => ({ type: 'user', userId });
const DISK = { summary: 'disk full', alertKey: 'disk' };
const ANA = 'ana@example.test';

let sendgrid: SendGridServer;
let gateway: SmsGateway | undefined;
let world: World;
let ana: UserId;
let key: string;

/** SMTP_URL says whether there is a mail server beside it. */
const begin = async (env: Readonly<Record<string, string>> = { SMTP_URL: '' }): Promise<void> => {
  sendgrid = await SendGridServer.start();
  world = await World.start({}, { ...sendgrid.environment('tocsin@example.net'), ...env });
  world.with(sendgrid);
  sendgrid.now = () => Math.floor(world.clock.now() / 1_000);
  const callbacks = (path: string) => () => `${world.platform.settings.publicUrl}/api/callbacks/sendgrid/${path}`;
  sendgrid.eventsUrl = callbacks('events');
  sendgrid.inboundUrl = callbacks('inbound');
  ana = await world.person('ana');
  key = await world.source(await world.policy([{ targets: [user(ana)], timeoutMin: 600 }]));
};
afterEach(async () => {
  await world.stop();
  await sendgrid.stop();
  await gateway?.stop();
  gateway = undefined;
});
const raise = async (): Promise<number> => {
  await world.event(key, DISK);
  return (await world.alert()).id;
};

describe('a page by SendGrid', () => {
  it('is delivered by its signed event', async () => {
    await begin();
    const id = await raise();
    expect(sendgrid.mailsTo(ANA)).toHaveLength(1);
    expect((await world.timeline(id)).filter((line) => line.startsWith('EMAIL'))).toEqual([
      'EMAIL Ana Tester: planned at once',
      'EMAIL Ana Tester: handed over to sendgrid',
      'EMAIL Ana Tester: delivered by sendgrid',
    ]);
    expect(sendgrid.answers.map(({ status }) => status)).toEqual([204, 204]);
  });

  it('that bounces has the person’s next method sent at once', async () => {
    gateway = await SmsGateway.start();
    await begin({ SMTP_URL: '', ...gateway.environment });
    const both = [
      { type: 'HIGH_PRIORITY', method: 'EMAIL', delayMin: 0 },
      { type: 'HIGH_PRIORITY', method: 'SMS', delayMin: 30 },
    ] as const;
    const dora = await world.person('dora', { phone: '+4915100000007', preferences: both });
    key = await world.source(await world.policy([{ targets: [user(dora)], timeoutMin: 600 }]));
    sendgrid.events = [{ event: 'bounce', type: 'bounce', status: '5.1.1', reason: '550 no such user dora@example.test' }];
    const lines = await world.timeline(await raise());
    expect(lines).toContain('EMAIL Dora Tester: failed: SendGrid bounce 5.1.1');
    expect(lines).toContain('SMS Dora Tester: handed over to gateway');
    expect(gateway.textsTo('+4915100000007')).toHaveLength(1);
    expect(lines.join()).not.toContain('example.test');
  });

  it('is delivered once, by an event that comes late and twice', async () => {
    await begin();
    sendgrid.events = [];
    const id = await raise();
    const mail = sendgrid.mailsTo(ANA)[0];
    const delivered = { event: 'delivered', sg_event_id: 'twice', ...mail?.customArgs };
    await world.advance('30s');
    for (let times = 0; times < 2; times += 1) expect(await sendgrid.post([delivered, delivered])).toMatchObject({ status: 204 });
    await world.settle();
    expect((await world.timeline(id)).filter((line) => line === 'EMAIL Ana Tester: delivered by sendgrid')).toHaveLength(1);
  });
});

describe('a mail server beside SendGrid', () => {
  it('that is away has SendGrid send the page at once (P10)', async () => {
    await begin({});
    await world.mail.away();
    const id = await raise();
    expect(sendgrid.mailsTo(ANA)).toHaveLength(1);
    expect(await world.timeline(id)).toContain('EMAIL Ana Tester: delivered by sendgrid');
  });

  it('that refuses for now is asked again for a page that SendGrid dropped', async () => {
    await begin({});
    world.mail.refuse({ code: 451, times: 1 });
    sendgrid.events = [{ event: 'dropped', reason: 'Bounced Address' }];
    const id = await raise();
    await world.advance('5m');
    expect(world.mailbox('ana').all()).toHaveLength(1);
    expect((await world.timeline(id)).at(-1)).toBe('EMAIL Ana Tester: handed over to smtp');
  });
});

describe('an answer by e-mail', () => {
  let id: number;
  let to: string;
  beforeEach(async () => {
    await begin();
    id = await raise();
    to = sendgrid.mailsTo(ANA)[0]?.replyTo ?? '';
  });
  const answer = async (about: Partial<Parameters<SendGridServer['reply']>[0]> = {}): Promise<number> => {
    const { status: said } = await sendgrid.reply({ from: `Ana Tester <${ANA}>`, to, text: 'accept', ...about });
    await world.settle();
    return said;
  };
  const status = async (): Promise<string> => (await world.alert(id)).status;

  it.each([
    ['accept', 'ACCEPTED'],
    ['  ACK.\r\n\r\nOn Monday Tocsin wrote:\r\n> resolve', 'ACCEPTED'],
    ['\n\nResolve\n-- \nAna', 'RESOLVED'],
    ['2', 'RESOLVED'],
  ])('above what it quotes acts: %j', async (text, expected) => {
    expect(to).toMatch(/^tocsin\+[a-z\d-]+@example\.net$/);
    expect(await answer({ text })).toBe(204);
    expect(await status()).toBe(expected);
    expect((await world.timeline(id)).join('\n')).toMatch(/Ana Tester/);
  });

  it('escalates from where it stood, once: the next person is paged', async () => {
    const ben = await world.person('ben');
    const level = (userId: UserId) => ({ targets: [user(userId)], timeoutMin: 600 });
    key = await world.source(await world.policy([level(ana), level(ben)]));
    await world.event(key, { summary: 'load high', alertKey: 'load' });
    to = sendgrid.mailsTo(ANA).at(-1)?.replyTo ?? '';
    for (const messageId of ['<one@mail.test>', '<two@mail.test>']) expect(await answer({ text: 'Escalate', messageId })).toBe(204);
    expect([sendgrid.mailsTo(ANA).length, sendgrid.mailsTo('ben@example.test').length]).toEqual([2, 1]);
  });

  it('after somebody else has accepted makes one more responder', async () => {
    const ben = await world.person('ben');
    await world.put(`/api/alerts/${id}/accept`, undefined, await world.keyOf(ben));
    expect(await answer()).toBe(204);
    const { responders } = (await world.get<{ responders: { user: { id: number }; status: string }[] }>(`/api/alerts/${id}`)).body;
    expect(responders.map(({ user: { id: userId }, status: answered }) => [userId, answered])).toEqual([
      [ben, 'ACCEPTED'],
      [ana, 'ACCEPTED'],
    ]);
  });

  it.each([['> accept'], ['I am in the car, can somebody accept this?'], ['accept and resolve'], ['ACK K7'], ['ACK ALL'], ['YES'], ['']])(
    'that is none changes nothing: %j',
    async (text) => {
      expect(await answer({ text })).toBe(204);
      expect(await status()).toBe('PENDING');
    },
  );

  it.each([[{ 'Auto-Submitted': 'auto-replied' }], [{ Precedence: 'bulk' }], [{ 'X-Autoreply': 'yes' }], [{ 'Return-Path': '<>' }]])(
    'of a machine changes nothing: %j',
    async (headers) => {
      expect(await answer({ headers })).toBe(204);
      expect(await status()).toBe('PENDING');
    },
  );

  it('of a person whose program says that it is no machine counts', async () => {
    await answer({ headers: { 'Auto-Submitted': 'no' }, from: ANA.toUpperCase(), to: to.toUpperCase() });
    expect(await status()).toBe('ACCEPTED');
  });

  it.each<[string, () => Partial<Parameters<SendGridServer['reply']>[0]>]>([
    ['to the address without its mark', () => ({ to: 'tocsin@example.net' })],
    ['to an address that was guessed', () => ({ to: to.replace(/.@/, (end) => (end === 'a@' ? 'b@' : 'a@')) })],
    ['to the address of another page', () => ({ to: to.replace(/\+\d+/, (first) => `+${Number(first) + 1}`) })],
    ['with the mark in its text alone', () => ({ to: 'tocsin@example.net', text: `accept ${to}` })],
    ['from a stranger', () => ({ from: 'Eve <eve@example.test>' })],
    ['from a stranger who has her name', () => ({ from: `"${ANA}" <eve@example.test>` })],
  ])('that is forged is refused and changes nothing: %s', async (_name, forged) => {
    expect(await answer(forged())).toBe(403);
    expect(await status()).toBe('PENDING');
  });

  it('from an address that she has not verified, or from another person, changes nothing', async () => {
    await world.person('cleo');
    expect(await answer({ from: 'cleo@example.test' })).toBe(403);
    await world.changePerson(ana, (person) => ({ ...person, contacts: person.contacts.map((each) => ({ ...each, verified: false })) }));
    expect(await answer()).toBe(403);
    expect(await status()).toBe('PENDING');
  });

  it('that comes again does nothing more, and one that comes after two days nothing at all', async () => {
    for (let times = 0; times < 2; times += 1) expect(await answer({ messageId: '<one@mail.test>' })).toBe(204);
    expect((await world.timeline(id)).filter((line) => /accepted/i.test(line))).toHaveLength(1);
    await world.advance('48h');
    expect(await answer({ text: 'resolve' })).toBe(204);
    expect(await status()).toBe('ACCEPTED');
  });
});

describe('an answer by e-mail, where Inbound Parse has a security policy', () => {
  const [now, next, others] = [newEventKeys(), newEventKeys(), newEventKeys()];
  let answer: () => Promise<number>;
  let id: number;
  beforeEach(async () => {
    await begin({ SMTP_URL: '', SENDGRID_INBOUND_PUBLIC_KEY: `${now.publicKey},${next.publicKey}` });
    id = await raise();
    const to = sendgrid.mailsTo(ANA)[0]?.replyTo ?? '';
    answer = async () => (await sendgrid.reply({ from: ANA, to, text: 'accept' })).status;
  });
  const status = async (): Promise<string> => {
    await world.settle();
    return (await world.alert(id)).status;
  };
  const clock = (): number => Math.floor(world.clock.now() / 1_000);

  it.each([
    ['the key', now, 0],
    ['the one that takes its place', next, 0],
    ['the key, and two days late', now, 48 * 3_600],
  ])('counts when it is signed with %s', async (_name, keys, lateSec) => {
    sendgrid.inboundKeys = keys;
    sendgrid.now = () => clock() - lateSec;
    expect(await answer()).toBe(204);
    expect(await status()).toBe('ACCEPTED');
  });

  it.each([
    ['not at all', undefined, 0],
    ['with another key', others, 0],
    ['more than two days ago', now, 48 * 3_600 + 1],
  ])('is refused and changes nothing when it is signed %s', async (_name, keys, lateSec) => {
    sendgrid.inboundKeys = keys;
    sendgrid.now = () => clock() - lateSec;
    expect(await answer()).toBe(403);
    expect(await status()).toBe('PENDING');
  });
});

describe('a page', () => {
  const INVITATION = 'Or reply with one word on the first line: accept, resolve or escalate.';
  it('asks for a reply where replies are known to arrive, and is answered there', async () => {
    await begin({ SMTP_URL: '', SENDGRID_INBOUND_DOMAIN: 'reply.example.net' });
    const id = await raise();
    const [mail] = sendgrid.mailsTo(ANA);
    expect(mail?.text).toContain(INVITATION);
    expect(mail?.replyTo).toMatch(/^reply\+\S+@reply\.example\.net$/);
    await sendgrid.reply({ from: ANA, to: mail?.replyTo ?? '', text: 'accept' });
    await world.settle();
    expect((await world.alert(id)).status).toBe('ACCEPTED');
  });

  it('does not ask for one where they may end elsewhere', async () => {
    await begin();
    await raise();
    expect(sendgrid.mailsTo(ANA)[0]?.text).not.toContain(INVITATION);
  });
});
