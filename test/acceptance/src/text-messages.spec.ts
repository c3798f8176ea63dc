import type { EscalationTarget, UserId } from '@tocsin/domain';
import { TelephoneNetwork } from '@tocsin/testing';
import type { Telephone } from '@tocsin/testing';
import { World } from './world';

const OURS = '+4930555001';
const user = (userId: UserId): EscalationTarget => ({ type: 'user', userId });
const BY_SMS = [{ type: 'HIGH_PRIORITY', method: 'SMS', delayMin: 0 }] as const;

let network: TelephoneNetwork;
let world: World;
let ana: UserId;
let ben: UserId;
let phone: Telephone;
let key: string;

beforeEach(async () => {
  network = await TelephoneNetwork.start();
  world = await World.start({}, network.environment(OURS));
  world.with(network);
  network.inboundUrl = () => `${world.platform.settings.publicUrl}/api/callbacks/twilio/sms`;
  // Written as people in her country write it.
  ana = await world.person('ana', { phone: '0151 12345678', preferences: BY_SMS });
  ben = await world.person('ben', { phone: '+4915187654321', preferences: BY_SMS });
  phone = network.telephone('+4915112345678');
  key = await world.source(await world.policy([{ targets: [user(ana), user(ben)], timeoutMin: 600 }]));
});
afterEach(async () => {
  await world.stop();
  await network.stop();
});

const raise = (summary: string): Promise<number> => world.raise(key, summary);
const status = async (id: number): Promise<string> => (await world.alert(id)).status;
const reply = async (text: string, from: Telephone = phone): Promise<string> => {
  const said = await from.reply(text);
  await world.settle();
  return said;
};

describe('a page by text message', () => {
  it('says what happened and how to answer, and is delivered by its receipt', async () => {
    const id = await raise('disk full on db1');
    expect(phone.texts).toEqual([
      `[#${id}] disk full on db1\nReply 1 accept, 2 resolve, 3 escalate; or with its code: ACK ${phone.code()}`,
    ]);
    expect(await world.timeline(id)).toContain('SMS Ana Tester: delivered by twilio');
    expect(network.answers.map(({ status: answered }) => answered)).toEqual([204, 204, 204, 204]);
  });

  it.each([
    ['1', 'ACCEPTED'],
    [' ack ', 'ACCEPTED'],
    ['2', 'RESOLVED'],
    ['Res', 'RESOLVED'],
  ])('is answered by %j at once', async (text, expected) => {
    const id = await raise('disk full');
    expect(await reply(text)).toMatch(new RegExp(`^#${id} You `));
    expect(await status(id)).toBe(expected);
  });

  it('is answered by its code, whatever else is open; all together by ACK ALL (B24)', async () => {
    const [disk, load] = [await raise('disk full'), await raise('load high')];
    const swap = await raise('swapping');
    await reply(`ack ${phone.code('load high').toLowerCase()} `);
    expect([await status(disk), await status(load), await status(swap)]).toEqual(['PENDING', 'ACCEPTED', 'PENDING']);
    await reply(`RES ${phone.code('disk full')}`);
    expect(await status(disk)).toBe('RESOLVED');
    expect(await reply('ACK ALL')).toContain(`#${swap} You accepted`);
    expect(await status(swap)).toBe('ACCEPTED');
  });

  it('is not answered by a bare digit while several are open: the codes are told and nothing changes (B24)', async () => {
    const [disk, load] = [await raise('disk full'), await raise('load high')];
    await world.advance('10m');
    const said = await reply('1');
    expect(said).toContain(`${phone.code('disk full')}: [#${disk}] disk full`);
    expect(said).toContain(`${phone.code('load high')}: [#${load}] load high`);
    expect(said).toMatch(/^Nothing was changed/);
    expect([await status(disk), await status(load)]).toEqual(['PENDING', 'PENDING']);
  });

  it('is not answered by a digit that was meant for the one before (B24)', async () => {
    await raise('disk full');
    await world.advance('10m');
    await world.event(key, { eventType: 'RESOLVE', alertKey: 'disk full' });
    const load = await raise('load high');
    expect(await reply('1')).toMatch(/^Nothing was changed/);
    expect(await status(load)).toBe('PENDING');
    await world.advance('3m');
    await reply('1');
    expect(await status(load)).toBe('ACCEPTED');
  });

  it('says who was faster to whoever answers after somebody else', async () => {
    const id = await raise('disk full');
    const bens = network.telephone('+4915187654321');
    await reply('1', bens);
    expect(await reply('1')).toMatch(/^#\d+ You accepted this alert\. Ben Tester accepted it at/);
    await reply(`RES ${bens.code()}`, bens);
    expect(await reply(`ACK ${phone.code()}`)).toMatch(/^#\d+ Already resolved by Ben Tester at/);
    expect(await status(id)).toBe('RESOLVED');
  });

  it('is escalated once by the same text that comes twice (B13)', async () => {
    const policy = await world.policy([
      { targets: [user(ana)], timeoutMin: 600 },
      { targets: [user(ben)], timeoutMin: 600 },
    ]);
    key = await world.source(policy);
    const id = await raise('disk full');
    const before = phone.received.at(-1)?.from;
    expect(await phone.reply('3', before, 'SMtwice')).toContain('escalated to the next level');
    await world.settle();
    expect(await phone.reply('3', before, 'SMtwice')).toContain('already at level 2');
    await world.settle();
    expect(network.telephone('+4915187654321').texts).toHaveLength(1);
    expect((await world.timeline(id)).filter((line) => /level 2/i.test(line)).length).toBeGreaterThan(0);
  });

  it('does not accept the next alert when an old text comes again', async () => {
    await raise('disk full');
    await phone.reply('1', OURS, 'SMold');
    await world.settle();
    await world.advance('1h');
    const load = await raise('load high');
    await world.advance('1h');
    await phone.reply('1', OURS, 'SMold');
    await world.settle();
    expect(await status(load)).toBe('PENDING');
  });

  it('is never answered by a stranger, nor from a number that is not verified', async () => {
    const id = await raise('disk full');
    await world.person('cleo', { phone: '+4915100000009', phoneVerified: false, preferences: BY_SMS });
    for (const number of ['+4915100000009', '+4915199999999'])
      expect(await network.telephone(number).reply(`RES ${phone.code()}`, OURS)).toBe('');
    expect(await phone.reply('1', '+4930555999')).toBe('');
    await world.settle();
    expect(await status(id)).toBe('PENDING');
  });
});

describe('STOP', () => {
  const contact = async () =>
    (await world.get<{ status: string }[]>(`/api/users/${ana}/contacts/phone-numbers`)).body.map(({ status: now }) => now);
  it('is the carrier’s word: no answer, and no more texts until START (B24)', async () => {
    const id = await raise('disk full');
    expect(await reply('STOP')).toBe('');
    expect(await status(id)).toBe('PENDING');
    expect(await contact()).toEqual(['BLACKLISTED']);
    const second = await raise('load high');
    expect(phone.texts).toHaveLength(1);
    expect(await world.timeline(second)).toContain('Level 1: Ana Tester has no verified contact for the chosen methods');
    await reply('START');
    expect(await contact()).toEqual(['OK']);
  });

  it('that only the provider knows of closes the contact as well', async () => {
    network.fail({ status: 400, code: 21_610, times: 1 });
    const alone = await world.policy([{ targets: [user(ana)], timeoutMin: 600 }]);
    key = await world.source(alone);
    const id = await raise('disk full');
    expect(await contact()).toEqual(['BLACKLISTED']);
    expect(await world.timeline(id)).toContain('SMS Ana Tester: failed: Twilio 21610 to SMS');
  });
});

describe('a network that loses and doubles what it tells', () => {
  it('delivers once by a receipt that comes twice', async () => {
    network.receipts = ['delivered', 'delivered', 'sent'];
    const id = await raise('disk full');
    expect((await world.timeline(id)).filter((line) => line === 'SMS Ana Tester: delivered by twilio')).toHaveLength(1);
  });

  it('has the person’s next method sent when no receipt comes in time', async () => {
    network.receipts = [];
    const both = [...BY_SMS, { type: 'HIGH_PRIORITY', method: 'EMAIL', delayMin: 30 }] as const;
    const dora = await world.person('dora', { phone: '+4915100000007', preferences: both });
    key = await world.source(await world.policy([{ targets: [user(dora)], timeoutMin: 600 }]));
    await raise('disk full');
    await world.advance('119s');
    expect(world.mailbox('dora').all()).toHaveLength(0);
    await world.advance('2s');
    expect(world.mailbox('dora').all()).toHaveLength(1);
  });
});
