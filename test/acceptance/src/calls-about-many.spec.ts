import type { UserId } from '@tocsin/domain';
import { TelephoneNetwork } from '@tocsin/testing';
import type { Call, Telephone } from '@tocsin/testing';
import { World } from './world';

const BY_CALL_THEN_MAIL = [
  { type: 'HIGH_PRIORITY', method: 'VOICE', delayMin: 0 },
  { type: 'HIGH_PRIORITY', method: 'EMAIL', delayMin: 30 },
] as const;
const ALL_KEYS = 'Press 1 to accept all of them, 4 to hear and answer them one by one, 0 to hear this again.';
const KEYS = 'Press 1 to accept, 2 to resolve, 3 to escalate, 0 to hear it again.';

let network: TelephoneNetwork;
let world: World;
let ben: UserId;
let phone: Telephone;
let key: string;

beforeEach(async () => {
  network = await TelephoneNetwork.start();
  world = await World.start({}, network.environment('+4930555001'));
  world.with(network);
  const ana = await world.person('ana', { phone: '0151 12345678', preferences: BY_CALL_THEN_MAIL });
  ben = await world.person('ben');
  phone = network.telephone('+4915112345678');
  key = await world.source(
    await world.policy([
      { targets: [{ type: 'user', userId: ana }], timeoutMin: 600 },
      { targets: [{ type: 'user', userId: ben }], timeoutMin: 600 },
    ]),
  );
});
afterEach(async () => {
  const faults = network.calls.flatMap((call) => call.faults);
  await world.stop();
  await network.stop();
  expect(faults).toEqual([]);
});

/** So many alerts at once; their ids. */
const storm = async (count: number): Promise<readonly number[]> => {
  const ids: number[] = [];
  for (let index = 0; index < count; index++) {
    await world.event(key, { summary: `disk ${index} full`, alertKey: `disk ${index}` });
    ids.push((await world.alert()).id);
  }
  return ids;
};
const status = async (id: number | undefined): Promise<string> => (await world.alert(id)).status;
const mails = (): number => world.mailbox('ana').all().length;
/** What somebody does in a call, and all that comes of it. */
const then = async (does: Promise<Call>): Promise<readonly string[]> => {
  const { heard } = await does;
  await world.settle();
  return heard;
};
const bensAnswer = async (id: number | undefined): Promise<void> => {
  expect((await world.put(`/api/alerts/${id}/accept`, undefined, await world.keyOf(ben))).status).toBe(200);
  await world.settle();
};
/** The first three ring one after the other, and nobody picks up; then those that are told together. */
const finalCall = async (count: number): Promise<readonly number[]> => {
  const ids = await storm(count);
  for (let calls = 1; calls <= 3; calls += 1) {
    expect(phone.calls).toHaveLength(calls);
    await then(phone.call.endWith('no-answer'));
  }
  await world.advance('30s');
  expect([phone.calls.length, phone.call.status]).toEqual([4, 'ringing']);
  return ids.slice(3);
};

describe('more alerts than a telephone rings for', () => {
  it('are told in one call, and accepted by one key (B29)', async () => {
    const [first, second] = await finalCall(5);
    expect(await then(phone.call.pickUp())).toEqual([
      'Hello Ana, this is Tocsin.',
      'There are 2 alerts.',
      `Alert ${first}: disk 3 full.`,
      `Alert ${second}: disk 4 full.`,
      ALL_KEYS,
    ]);
    expect(await then(phone.call.press('1'))).toEqual(['You accepted 2 alerts.', 'Goodbye.']);
    expect([await status(first), await status(second)]).toEqual(['ACCEPTED', 'ACCEPTED']);
    for (const id of [first, second]) {
      const lines = await world.timeline(id as number);
      expect(lines).toContain('VOICE Ana Tester: attempt 1 through twilio, in one call with 1 other');
      expect(lines).toContain('VOICE Ana Tester: delivered by twilio');
    }
    await world.advance('1h');
    // The mails of the first three, which nobody has answered.
    expect([phone.calls.length, mails()]).toEqual([4, 3]);
  });

  it('are answered one by one by whoever wants to', async () => {
    const [first, second] = await finalCall(5);
    await then(phone.call.pickUp());
    expect(await then(phone.call.press('4'))).toEqual([`Alert ${first}: disk 3 full.`, expect.stringMatching(/^From/), KEYS]);
    expect(await then(phone.call.press('2'))).toEqual([
      'You resolved this alert.',
      'There is another alert.',
      `Alert ${second}: disk 4 full.`,
      expect.stringMatching(/^From/),
      KEYS,
    ]);
    expect(await then(phone.call.press('1'))).toEqual(['You accepted this alert.', 'Goodbye.']);
    expect([await status(first), await status(second)]).toEqual(['RESOLVED', 'ACCEPTED']);
  });

  it('are neither resolved nor escalated by a key that would do so with one', async () => {
    const [first, second] = await finalCall(5);
    await then(phone.call.pickUp());
    expect(await then(phone.call.press('2'))).toEqual(['This key means nothing here.', ALL_KEYS]);
    expect(await then(phone.call.press('3'))).toEqual(['This key means nothing here.', ALL_KEYS]);
    expect([await status(first), await status(second)]).toEqual(['PENDING', 'PENDING']);
  });

  it('are counted as far as nobody would listen to all of them', async () => {
    await finalCall(10);
    const heard = await then(phone.call.pickUp());
    expect([heard[1], heard.filter((text) => text.startsWith('Alert ')).length, heard.at(-2)]).toEqual([
      'There are 7 alerts.',
      5,
      'And 2 more.',
    ]);
    expect((await then(phone.call.press('1')))[0]).toBe('You accepted 7 alerts.');
  });

  it('have the next method of each sent at once when nobody picks up', async () => {
    const ids = await finalCall(5);
    const before = mails();
    await then(phone.call.endWith('no-answer'));
    for (const id of ids) expect(await world.timeline(id)).toContain('VOICE Ana Tester: failed: the call was not answered');
    await world.advance('1m');
    expect([phone.calls.length, before, world.mailbox('ana').subjects.at(-1)]).toEqual([4, 3, expect.stringMatching(/^\[2 alerts\]/)]);
  });

  it('that somebody else has accepted meanwhile are left out; what is left is told as the page that it is', async () => {
    const [first, second] = await finalCall(5);
    await bensAnswer(first);
    // Its call still has the other one to tell.
    expect(phone.call.status).toBe('ringing');
    const heard = await then(phone.call.pickUp());
    expect(heard).toEqual(['Hello Ana, this is Tocsin.', `Alert ${second}: disk 4 full.`, expect.stringMatching(/^From/), KEYS]);
    expect(await then(phone.call.press('1'))).toEqual(['You accepted this alert.', 'Goodbye.']);
    expect(await status(second)).toBe('ACCEPTED');
  });

  it('that others have all answered ask for nothing (B9)', async () => {
    const ids = await finalCall(5);
    for (const id of ids) await bensAnswer(id);
    expect(await then(phone.call.pickUp())).toEqual([
      'Hello Ana, this is Tocsin.',
      'All of the alerts that this call is about have been answered.',
      'Goodbye.',
    ]);
  });

  it('wait together for the end of another call', async () => {
    const ids = await storm(5);
    await then(phone.call.endWith('no-answer'));
    await then(phone.call.endWith('no-answer'));
    await then(phone.call.pickUp());
    await world.advance('30s');
    expect(phone.calls).toHaveLength(3);
    await then(phone.call.hangUp());
    expect(phone.calls).toHaveLength(4);
    expect((await then(phone.call.pickUp())).join(' ')).toContain('There are 2 alerts.');
    await then(phone.call.press('1'));
    expect([await status(ids[3]), await status(ids[4])]).toEqual(['ACCEPTED', 'ACCEPTED']);
  });

  it('are told once more, and that it may be once more, after a call that may have been made', async () => {
    const ids = await storm(5);
    for (let calls = 1; calls <= 3; calls += 1) await then(phone.call.endWith('no-answer'));
    network.make('drop-after');
    await world.advance('30s');
    expect(phone.calls).toHaveLength(4);
    await world.advance('2m');
    expect(phone.calls).toHaveLength(5);
    expect((await then(phone.call.pickUp())).join(' ')).toContain('You may have received this page before.');
    await then(phone.call.press('1'));
    expect(await Promise.all(ids.slice(3).map(status))).toEqual(['ACCEPTED', 'ACCEPTED']);
  });
});
