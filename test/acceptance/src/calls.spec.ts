import type { EscalationTarget, UserId } from '@tocsin/domain';
import { START } from '@tocsin/event-store';
import { newUuid } from '@tocsin/platform';
import { TelephoneNetwork } from '@tocsin/testing';
import type { Call, Telephone } from '@tocsin/testing';
import { World } from './world';

const OURS = '+4930555001';
const user = (userId: UserId): EscalationTarget => ({ type: 'user', userId });
const THE_OTHER = { actor: { type: 'system', part: 'notifications' } } as const;
const BY_CALL = [{ type: 'HIGH_PRIORITY', method: 'VOICE', delayMin: 0 }] as const;
const THEN_BY_MAIL = [...BY_CALL, { type: 'HIGH_PRIORITY', method: 'EMAIL', delayMin: 30 }] as const;

let network: TelephoneNetwork;
let world: World;
let ana: UserId;
let ben: UserId;
let phone: Telephone;
let bens: Telephone;
let key: string;

beforeEach(async () => {
  network = await TelephoneNetwork.start();
  world = await World.start({}, network.environment(OURS));
  world.with(network);
  network.inboundCallUrl = () => `${world.platform.settings.publicUrl}/api/callbacks/twilio/voice`;
  ana = await world.person('ana', { phone: '0151 12345678', preferences: THEN_BY_MAIL });
  ben = await world.person('ben', { phone: '+4915187654321', preferences: BY_CALL });
  phone = network.telephone('+4915112345678');
  bens = network.telephone('+4915187654321');
  key = await world.source(
    await world.policy([
      { targets: [user(ana)], timeoutMin: 10 },
      { targets: [user(ben)], timeoutMin: 600 },
    ]),
  );
});
afterEach(async () => {
  const faults = network.calls.flatMap((call) => call.faults);
  await world.stop();
  await network.stop();
  expect(faults).toEqual([]);
});

const raise = (summary: string): Promise<number> => world.raise(key, summary);
const status = async (id: number): Promise<string> => (await world.alert(id)).status;
/** What somebody does in a call, and all that comes of it. */
const then = async (does: Promise<Call>): Promise<readonly string[]> => {
  const { heard } = await does;
  await world.settle();
  return heard;
};
const mails = (name = 'ana'): number => world.mailbox(name).all().length;

const KEYS = 'Press 1 to accept, 2 to resolve, 3 to escalate, 0 to hear it again.';

describe('a page by telephone (B25)', () => {
  it('says what happened and which key does what; 1 accepts, and it has reached her', async () => {
    phone.picksUp('1');
    const id = await raise('disk full on db1');
    expect(await status(id)).toBe('ACCEPTED');
    expect(phone.call.order).toMatchObject({ from: OURS, ringSec: 20, machineDetection: 'DetectMessageEnd' });
    expect(phone.call.said).toEqual([
      'Hello Ana, this is Tocsin.',
      `Alert ${id}: disk full on db1.`,
      expect.stringMatching(/^From source \d+, at 10:00 /),
      KEYS,
      'You accepted this alert.',
      'Goodbye.',
    ]);
    expect(phone.call.status).toBe('completed');
    const lines = await world.timeline(id);
    expect(lines).toContain('VOICE Ana Tester: delivered by twilio');
    expect(lines.filter((line) => line.includes('failed'))).toEqual([]);
    await world.advance('30m');
    expect([mails(), phone.calls.length]).toEqual([0, 1]);
  });

  it('is resolved by 2', async () => {
    phone.picksUp('2');
    expect(await status(await raise('disk full'))).toBe('RESOLVED');
    expect(phone.call.said.at(-2)).toBe('You resolved this alert.');
  });

  it('is escalated by 3: the next person is called at once', async () => {
    phone.picksUp('3');
    bens.picksUp('1');
    const id = await raise('disk full');
    expect(phone.call.said.at(-2)).toBe('The alert is escalated to the next level.');
    expect([await status(id), bens.calls.length]).toEqual(['ACCEPTED', 1]);
  });

  it('is told again by 0, and by a key that means nothing; both do nothing else', async () => {
    const id = await raise('disk full');
    await then(phone.call.pickUp());
    expect(await then(phone.call.press('0'))).toEqual([`Alert ${id}: disk full.`, expect.stringMatching(/^From/), KEYS]);
    expect(await then(phone.call.press('7'))).toEqual(['This key means nothing here.', KEYS]);
    expect(await status(id)).toBe('PENDING');
    await then(phone.call.press('1'));
    expect(await status(id)).toBe('ACCEPTED');
  });

  it('is told so often and no more to somebody who presses nothing, who then counts as not reached', async () => {
    phone.picksUp('wait', 'wait', 'wait', 'wait', 'wait');
    const id = await raise('disk full');
    expect(phone.call.said.filter((text) => text === KEYS)).toHaveLength(4);
    expect([phone.call.said.at(-1), phone.call.status]).toEqual(['Goodbye.', 'completed']);
    expect(await world.timeline(id)).toContain('VOICE Ana Tester: failed: no key was pressed in the call');
    expect([await status(id), mails()]).toEqual(['PENDING', 1]);
  });

  it.each<[string, (call: Call) => Promise<unknown>, string]>([
    ['is hung up before a key', async (call) => (await call.pickUp()).hangUp(), 'no key was pressed in the call'],
    ['is answered by a machine', (call) => call.pickUp('machine'), 'a machine answered the call'],
    ['finds the number busy', (call) => call.endWith('busy'), 'the number was busy'],
    ['is not answered', (call) => call.endWith('no-answer'), 'the call was not answered'],
    ['cannot be put through', (call) => call.endWith('failed'), 'the call could not be put through'],
  ])('that %s has her next method sent at once, and the next level as if nothing had been', async (_name, does, reason) => {
    phone.whenCalled(does);
    const id = await raise('disk full');
    expect(await world.timeline(id)).toContain(`VOICE Ana Tester: failed: ${reason}`);
    expect([await status(id), mails(), phone.calls.length]).toEqual(['PENDING', 1, 1]);
    await world.advance('9m');
    expect(bens.calls).toHaveLength(0);
    await world.advance('1m');
    expect(bens.calls).toHaveLength(1);
  });

  it('tells a machine what happened, and no keys', async () => {
    phone.whenCalled((call) => call.pickUp('machine'));
    const id = await raise('disk full');
    expect(phone.call.said).toEqual([
      `Alert ${id}: disk full.`,
      expect.stringMatching(/^From/),
      'Nobody can answer this message. Please look at your other messages.',
    ]);
    expect((await world.timeline(id)).filter((line) => line.includes('delivered'))).toEqual([]);
  });

  it('is in the language of the person, by a voice of it', async () => {
    await world.changePerson(ana, (person) => ({ ...person, language: 'de' }));
    phone.picksUp('1');
    const id = await raise('Platte voll');
    const said = phone.call.transcript.filter(({ type }) => type === 'said');
    expect(said[0]).toEqual({ type: 'said', text: 'Hallo Ana, hier ist Tocsin.', language: 'de-DE', voice: 'Polly.Vicki' });
    expect(phone.call.said).toContain(`Alarm ${id}: Platte voll.`);
    expect(phone.call.said).toContain('Drücke 1 zum Annehmen, 2 zum Lösen, 3 zum Eskalieren, 0 zum Wiederholen.');
    expect(phone.call.said.at(-2)).toBe('Du hast den Alarm angenommen.');
  });
});

describe('a call that somebody answers after another one has answered the alert', () => {
  const bensAnswer = async (id: number, what: 'accept' | 'resolve'): Promise<void> => {
    expect((await world.put(`/api/alerts/${id}/${what}`, undefined, await world.keyOf(ben))).status).toBe(200);
    await world.settle();
  };

  it('does not ring any longer (B9)', async () => {
    const id = await raise('disk full');
    await bensAnswer(id, 'accept');
    expect(phone.call.status).toBe('canceled');
    expect((await world.timeline(id)).at(-1)).toBe('VOICE Ana Tester: failed: the call was taken back');
    await world.advance('30m');
    expect([phone.calls.length, mails()]).toEqual([1, 0]);
  });

  it('says who accepted, and asks for nothing, where it could not be taken back (B9)', async () => {
    const id = await raise('disk full');
    network.fail({ status: 503, times: 1 });
    await bensAnswer(id, 'accept');
    const heard = await then(phone.call.pickUp());
    expect(heard.at(-2)).toMatch(/^Already accepted by Ben Tester at 10:00 /);
    expect([heard.at(-1), phone.call.status, mails()]).toEqual(['Goodbye.', 'completed', 0]);
    const { responders } = (await world.get<{ responders: { user: { id: number }; status: string }[] }>(`/api/alerts/${id}`)).body;
    expect(responders.find(({ user: { id: responder } }) => responder === ana)?.status).toBe('PENDING');
  });

  it('tells so whoever presses 1 a moment later (B5)', async () => {
    const id = await raise('disk full');
    await then(phone.call.pickUp());
    await bensAnswer(id, 'accept');
    expect((await then(phone.call.press('1')))[0]).toMatch(/^You accepted this alert\. Ben Tester accepted it at/);
  });

  it('makes nobody a responder of what is resolved (B5)', async () => {
    const id = await raise('disk full');
    await then(phone.call.pickUp());
    await bensAnswer(id, 'resolve');
    expect((await then(phone.call.press('1')))[0]).toMatch(/^Already resolved by Ben Tester at/);
    expect(await status(id)).toBe('RESOLVED');
  });
});

describe('a telephone takes one call at a time (B25)', () => {
  it('and is told in it what else has happened, to be answered one after the other (B29)', async () => {
    const disk = await raise('disk full');
    const load = await raise('load high');
    expect(phone.calls).toHaveLength(1);
    await then(phone.call.pickUp());
    const heard = await then(phone.call.press('1'));
    expect(heard).toEqual([
      'You accepted this alert.',
      'There is another alert.',
      `Alert ${load}: load high.`,
      expect.stringMatching(/^From/),
      KEYS,
    ]);
    expect(await then(phone.call.press('2'))).toEqual(['You resolved this alert.', 'Goodbye.']);
    expect([await status(disk), await status(load)]).toEqual(['ACCEPTED', 'RESOLVED']);
    await world.advance('10m');
    expect([phone.calls.length, mails()]).toEqual([1, 0]);
    const heldBack = /^VOICE Ana Tester: held back until 2026-01-05T09:00:30\.000Z: another call to that number is under way$/;
    expect(await world.timeline(load)).toContainEqual(expect.stringMatching(heldBack));
  });

  it('and is called again as soon as that one is over', async () => {
    await raise('disk full');
    const load = await raise('load high');
    await then(phone.call.endWith('no-answer'));
    expect(phone.calls).toHaveLength(2);
    expect((await then(phone.call.pickUp())).join(' ')).toContain(`Alert ${load}: load high.`);
    await then(phone.call.press('1'));
    expect([await status(load), phone.calls.length]).toEqual(['ACCEPTED', 2]);
  });

  it('and is called again when nothing is heard of that one for a minute; another method does not wait for it (B29)', async () => {
    network.statuses = () => [];
    await raise('disk full');
    await raise('load high');
    await then(phone.call.endWith('no-answer'));
    await world.advance('29s');
    expect([phone.calls.length, mails()]).toEqual([1, 0]);
    await world.advance('1s');
    expect([phone.calls.length, mails()]).toEqual([1, 1]);
    await world.advance('30s');
    expect(phone.calls).toHaveLength(2);
  });

  it('and what waited for others before is not held for another half minute until another method is tried (B29)', async () => {
    const ids: number[] = [];
    for (const summary of ['a', 'b', 'c', 'd']) ids.push(await raise(summary));
    await then(phone.call.pickUp());
    await world.advance('30s');
    const lines = await world.timeline(ids.at(-1) as number);
    expect(lines.filter((line) => line.startsWith('EMAIL Ana Tester'))).not.toEqual([]);
    expect([phone.calls.length, mails()]).toEqual([1, 3]);
  });

  it('and of two telephones that are both busy, neither is what comes next for the other one (B29)', async () => {
    const add = (target: string) => world.post('/api/users/' + ana + '/contacts/phone-numbers', { regionCode: 'DE', target });
    const { id } = (await add('+4915144444444')).body as { id: number };
    const preference = { type: 'HIGH_PRIORITY', method: 'VOICE', contact: { id }, delayMin: 0 };
    expect((await world.post(`/api/users/${ana}/notification-preferences/alerts`, preference)).status).toBe(201);
    const other = network.telephone('+4915144444444');
    await raise('disk full');
    await raise('load high');
    await then(phone.call.pickUp());
    await then(other.call.pickUp());
    await world.advance('30s');
    expect([phone.calls.length, other.calls.length, mails()]).toEqual([1, 1, 1]);
  });

  it('and what waits for it is written down once for each, however many there are', async () => {
    const alerts = Array.from({ length: 12 }, (_, index) => `alert ${index}`);
    for (const summary of alerts) await raise(summary);
    await world.advance('30s');
    // Three of the source, and the one that tells all others.
    for (let calls = 1; calls <= 4; calls += 1) {
      expect(phone.calls).toHaveLength(calls);
      await then(phone.call.endWith('busy'));
    }
    const { events } = await world.platform.eventStore.readAll({ after: START, prefixes: ['calls-'], limit: 1_000 });
    expect(events.filter(({ type }) => type === 'CallAwaited')).toHaveLength(alerts.length - 1);
  });

  it('whatever becomes of others: another telephone is called beside', async () => {
    key = await world.source(await world.policy([{ targets: [user(ana), user(ben)], timeoutMin: 600 }]));
    await raise('disk full');
    expect([phone.calls.length, bens.calls.length]).toEqual([1, 1]);
  });

  it('and has the calls of many alerts one after the other', async () => {
    for (const summary of ['a', 'b', 'c']) await raise(summary);
    for (let calls = 1; calls <= 3; calls += 1) {
      expect(phone.calls).toHaveLength(calls);
      await then(phone.call.endWith('busy'));
    }
    expect(phone.calls).toHaveLength(3);
  });
});

describe('a call that two replicas are about to make', () => {
  it('is made by the faster one, and not said to be over by the other one', async () => {
    const { eventStore, clock } = world.platform;
    let notification = '';
    // Whichever process makes it.
    const slower = world.platforms.map((platform) => {
      const append = platform.eventStore.append.bind(platform.eventStore);
      return jest.spyOn(platform.eventStore, 'append').mockImplementation(async (stream, ...what) => {
        const appended = await append(stream, ...what);
        const [event] = what[1];
        if (event?.type !== 'CallPlaced') return appended;
        for (const each of slower) each.mockRestore();
        ({ notification } = event.data as { notification: string });
        const metadata = { schemaVersion: 1, time: clock.now(), ...THE_OTHER, correlationId: notification, causationId: newUuid() };
        const data = { at: clock.now(), attempt: 1, provider: 'twilio', key: 'one', lateMs: 0, possiblyDuplicate: false };
        await append(notification, 'any', [{ id: newUuid(), type: 'AttemptStarted', data, metadata }]);
        return appended;
      });
    });
    await raise('disk full');
    const { events } = await eventStore.readAll({ after: START, prefixes: ['calls-'], limit: 10 });
    expect(events.map(({ type }) => type)).toEqual(['CallPlaced']);
    // It is on the telephone: nobody else rings there, and whoever picks up there is heard.
    await raise('load high');
    expect(phone.calls).toHaveLength(0);
  });
});

describe('a network that loses, doubles and turns round what it tells of calls', () => {
  it('has the alert accepted once and the page delivered once', async () => {
    network.isAskingTwice = true;
    network.statuses = (ended) => [ended, 'ringing', ended, 'in-progress', 'initiated', ended];
    phone.picksUp('1');
    const id = await raise('disk full');
    const lines = await world.timeline(id);
    expect(lines.filter((line) => line.startsWith('VOICE Ana Tester: delivered'))).toHaveLength(1);
    expect(lines.filter((line) => line.includes('ccepted by Ana'))).toHaveLength(1);
    expect([await status(id), phone.calls.length, mails()]).toEqual(['ACCEPTED', 1, 0]);
    expect(network.answers.map(({ status: answered }) => answered)).toEqual(Array.from({ length: 6 }, () => 204));
  });

  it('escalates once by a key that is told twice (B13)', async () => {
    network.isAskingTwice = true;
    phone.picksUp('3');
    const id = await raise('disk full');
    expect(bens.calls).toHaveLength(1);
    expect(await status(id)).toBe('PENDING');
  });

  it('tells late that a call is over: it is known not to have reached her then, and not called back', async () => {
    network.isKeepingStatuses = true;
    phone.whenCalled((call) => call.endWith('no-answer'));
    const id = await raise('disk full');
    await world.advance('2m');
    // The usual time for news of a call is over.
    expect(mails()).toBe(1);
    await network.release();
    await world.settle();
    expect(await world.timeline(id)).toContain('VOICE Ana Tester: failed: the call was not answered');
    expect([phone.calls.length, mails()]).toEqual([1, 1]);
  });

  it('is not believed in what it says of a call that has ended: its keys are ignored', async () => {
    const id = await raise('disk full');
    await then(phone.call.pickUp());
    const { call } = phone;
    const pressed = call.form({ Digits: '1' });
    await then(call.hangUp());
    const { status: answered, text } = await network.post(call.keyUrl, pressed);
    await world.settle();
    expect([answered, await status(id)]).toEqual([200, 'PENDING']);
    expect(text).toContain('This call is about nothing any more.');
  });

  it('is not believed without its signature', async () => {
    const id = await raise('disk full');
    await then(phone.call.pickUp());
    const body = new URLSearchParams(phone.call.form({ Digits: '1' })).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': 'bm90IHRoaXM=' };
    expect((await fetch(phone.call.keyUrl, { method: 'POST', headers, body })).status).toBe(403);
    await world.settle();
    expect(await status(id)).toBe('PENDING');
  });

  it('has whoever may have been called called again only when that call must be over, and told so', async () => {
    network.make('drop-after');
    network.isKeepingStatuses = true;
    const id = await raise('disk full');
    await world.advance('20s');
    expect(phone.calls).toHaveLength(1);
    await then(phone.call.endWith('no-answer'));
    await world.advance('2m');
    expect(phone.calls).toHaveLength(2);
    expect((await then(phone.call.pickUp())).join(' ')).toContain('You may have received this page before.');
    await then(phone.call.press('1'));
    expect(await status(id)).toBe('ACCEPTED');
  });

  it('has whoever did not take a call that nobody knew of sent the next method, and not called again', async () => {
    network.make('drop-after');
    const id = await raise('disk full');
    await world.advance('20s');
    await then(phone.call.endWith('no-answer'));
    expect(await world.timeline(id)).toContain('VOICE Ana Tester: failed: the call was not answered');
    expect([mails(), phone.calls.length]).toEqual([1, 1]);
    await world.advance('5m');
    expect([mails(), phone.calls.length]).toEqual([1, 1]);
  });

  it('has a key counted of a call that nobody knew of', async () => {
    network.make('drop-after');
    const id = await raise('disk full');
    await world.advance('20s');
    await then(phone.call.pickUp());
    await then(phone.call.press('1'));
    await world.advance('5m');
    expect([await status(id), phone.calls.length, mails()]).toEqual(['ACCEPTED', 1, 0]);
  });

  it('that is refused by a busy provider is made a little later', async () => {
    network.fail({ status: 503, times: 1 });
    phone.picksUp('1');
    const id = await raise('disk full');
    await world.advance('5s');
    expect([await status(id), phone.calls.length]).toEqual(['ACCEPTED', 1]);
  });
});

describe('by telephone', () => {
  it('a test reaches whoever presses a key', async () => {
    const [{ id }] = (await world.get<[{ id: number }]>(`/api/users/${ana}/contacts/phone-numbers`)).body;
    phone.picksUp('wait', '1');
    const asked = await world.post('/api/users/current/test-notification', { method: 'VOICE', contact: { id } }, await world.keyOf(ana));
    expect(asked.status).toBe(202);
    await world.settle();
    expect(phone.call.said.slice(0, 3)).toEqual([
      'Hello Ana, this is Tocsin.',
      'This is the test notification you asked for. Pages for alerts will reach you here.',
      'Press 1 to say that you have heard this.',
    ]);
    expect(phone.call.said.slice(-2)).toEqual(['Thank you.', 'Goodbye.']);
  });

  it('the code of a number is read to whoever picks up, and to no machine', async () => {
    const anas = await world.keyOf(ana);
    const at = '/api/users/current/contacts/phone-numbers';
    const { id } = (await world.post<{ id: number }>(at, { regionCode: 'DE', target: '030 1234567' }, anas)).body;
    const landline = network.telephone('+49301234567');
    landline.whenCalled((call) => call.pickUp('machine'));
    await world.post(`${at}/${id}/verification-codes`, { method: 'VOICE' }, anas);
    await world.settle();
    expect([landline.call.status, landline.call.said]).toEqual(['completed', []]);
    await world.advance('1m');
    landline.picksUp('1');
    await world.post(`${at}/${id}/verification-codes`, { method: 'VOICE' }, anas);
    await world.settle();
    const [, code = ''] = /^Your code is: ([\d, ]+)\.$/.exec(landline.call.said[1] ?? '') ?? [];
    const verified = await world.post<{ verified: boolean }>(`${at}/${id}/verify`, { code: code.replaceAll(', ', '') }, anas);
    expect(verified).toMatchObject({ status: 200, body: { verified: true } });
  });

  it('whoever calls us is told where to answer, and nothing changes (B26)', async () => {
    const id = await raise('disk full');
    const call = await phone.dial(OURS);
    expect(call.said).toEqual([expect.stringMatching(/^This is Tocsin\. .*takes no calls/)]);
    expect([call.status, await status(id)]).toEqual(['completed', 'PENDING']);
    expect((await phone.dial('+4930555999')).said).toEqual([]);
  });
});
