import type { EscalationTarget, UserId } from '@tocsin/domain';
import { signalwireOperator, TelephoneNetwork } from '@tocsin/testing';
import type { Call, Telephone } from '@tocsin/testing';
import { World } from './world';

const TWILIO_NUMBER = '+4930555001';
const SIGNALWIRE_NUMBER = '+4930555002';
const user = (userId: UserId): EscalationTarget => ({ type: 'user', userId });
const BY_CALL = [{ type: 'HIGH_PRIORITY', method: 'VOICE', delayMin: 0 }] as const;
const THEN_BY_MAIL = [...BY_CALL, { type: 'HIGH_PRIORITY', method: 'EMAIL', delayMin: 30 }] as const;
const BY_SMS = [{ type: 'HIGH_PRIORITY', method: 'SMS', delayMin: 0 }] as const;

/** The same telephone, as each of them reaches it. */
interface Reached {
  readonly byTwilio: Telephone;
  readonly bySignalWire: Telephone;
}

let twilio: TelephoneNetwork;
let signalwire: TelephoneNetwork;
let world: World;
let key: string;
let ana: Reached;
let ben: Reached;
let benId: UserId;

const begin = async ({ env = {}, anasPreferences = THEN_BY_MAIL as typeof THEN_BY_MAIL | typeof BY_SMS } = {}): Promise<void> => {
  twilio = await TelephoneNetwork.start();
  signalwire = await TelephoneNetwork.start(signalwireOperator);
  world = await World.start({}, { ...twilio.environment(TWILIO_NUMBER), ...signalwire.environment(SIGNALWIRE_NUMBER), ...env });
  for (const [name, network] of Object.entries({ twilio, signalwire })) {
    world.with(network);
    network.inboundUrl = () => `${world.platform.settings.publicUrl}/api/callbacks/${name}/sms`;
    network.inboundCallUrl = () => `${world.platform.settings.publicUrl}/api/callbacks/${name}/voice`;
  }
  const reached = (number: string): Reached => ({ byTwilio: twilio.telephone(number), bySignalWire: signalwire.telephone(number) });
  const anaId = await world.person('ana', { phone: '+4915112345678', preferences: anasPreferences });
  benId = await world.person('ben', { phone: '+4915187654321', preferences: BY_CALL });
  ana = reached('+4915112345678');
  ben = reached('+4915187654321');
  key = await world.source(
    await world.policy([
      { targets: [user(anaId)], timeoutMin: 5 },
      { targets: [user(benId)], timeoutMin: 60 },
    ]),
  );
};
afterEach(async () => {
  const faults = [twilio, signalwire].flatMap(({ calls }) => calls.flatMap((call) => call.faults));
  await world.stop();
  await twilio.stop();
  await signalwire.stop();
  expect(faults).toEqual([]);
});

const status = async (id: number): Promise<string> => (await world.alert(id)).status;
const mails = (): number => world.mailbox('ana').all().length;
const calls = ({ byTwilio, bySignalWire }: Reached): readonly number[] => [byTwilio.calls.length, bySignalWire.calls.length];
/** What somebody does in a call, and all that comes of it. */
const then = async (does: Promise<Call>): Promise<readonly string[]> => {
  const { heard } = await does;
  await world.settle();
  return heard;
};

describe('an outage of the provider of calls in the middle of an escalation', () => {
  it.each([
    ['that answers 503', () => twilio.fail({ status: 503, times: 1_000 })],
    ['that has too much to do', () => twilio.fail({ status: 429, code: 20_429, times: 1_000 })],
    ['that lost our token', () => void (twilio.authTokens = ['another one'])],
  ])('has the second provider call the next person at once, and take the answer: one %s (P10)', async (_name, outage) => {
    await begin();
    await world.changePerson(benId, (person) => ({ ...person, language: 'de' }));
    const id = await world.raise(key, 'disk full');
    expect(calls(ana)).toEqual([1, 0]);
    await then(ana.byTwilio.call.endWith('no-answer'));
    // She was not reached: nobody else rings there.
    expect([...calls(ana), mails()]).toEqual([1, 0, 1]);
    outage();
    ben.bySignalWire.picksUp('0', '1');
    await world.advance('5m');
    // Not a second later than without the outage.
    expect([await status(id), ...calls(ben)]).toEqual(['ACCEPTED', 0, 1]);
    const { call } = ben.bySignalWire;
    expect(call.order.from).toBe(SIGNALWIRE_NUMBER);
    const [first] = call.transcript.filter(({ type }) => type === 'said');
    expect(first).toMatchObject({ text: 'Hallo Ben, hier ist Tocsin.', voice: 'Polly.Vicki' });
    expect([call.said.at(-2), call.status]).toEqual(['Du hast den Alarm angenommen.', 'completed']);
    const lines = await world.timeline(id);
    expect(lines.some((line) => /^VOICE Ben Tester: attempt 1 failed \(.*Twilio.*\); again at/.test(line))).toBe(true);
    expect(lines).toContain('VOICE Ben Tester: delivered by signalwire');
  });

  it('is over when the provider is: it is asked first again', async () => {
    await begin({ env: { TOCSIN_BUNDLE_PAGES: 'false' } });
    twilio.fail({ status: 503, times: 3 });
    for (const summary of ['a', 'b', 'c', 'd']) {
      await world.raise(key, summary);
      await then(ana.bySignalWire.call.endWith('busy'));
    }
    // Three calls found out, and the fourth did not ask.
    expect([twilio.requests.length, ...calls(ana)]).toEqual([3, 0, 4]);
    await world.advance('61s');
    await world.raise(key, 'e');
    expect(calls(ana)).toEqual([1, 4]);
  });

  it('has the second one wait a minute where it may be ringing now, and the next method half a minute (B25)', async () => {
    await begin();
    twilio.make('drop-after', 1_000);
    const id = await world.raise(key, 'disk full');
    await world.advance('29s');
    expect([...calls(ana), mails()]).toEqual([1, 0, 0]);
    await world.advance('1s');
    expect([...calls(ana), mails()]).toEqual([1, 0, 1]);
    await world.advance('30s');
    expect(calls(ana)).toEqual([1, 1]);
    expect((await then(ana.bySignalWire.call.pickUp())).join(' ')).toContain('You may have received this page before.');
    await then(ana.bySignalWire.call.press('1'));
    expect(await status(id)).toBe('ACCEPTED');
  });

  it('has the answer in a call that nobody knew of counted, and the second provider not asked any more', async () => {
    await begin();
    twilio.make('drop-after', 1_000);
    const id = await world.raise(key, 'disk full');
    await world.advance('10s');
    await then(ana.byTwilio.call.pickUp());
    await then(ana.byTwilio.call.press('1'));
    await world.advance('4m');
    expect([await status(id), ...calls(ana), mails()]).toEqual(['ACCEPTED', 1, 0, 0]);
    expect(await world.timeline(id)).toContain('VOICE Ana Tester: delivered by twilio');
  });
});

describe('what the first provider tells late of its call', () => {
  beforeEach(async () => {
    await begin();
    twilio.make('drop-after', 1_000);
    twilio.isKeepingStatuses = true;
  });

  it('is not taken for the end of the second one’s: that rings on, and its answer counts', async () => {
    ana.byTwilio.whenCalled((call) => call.endWith('no-answer'));
    const id = await world.raise(key, 'disk full');
    await world.advance('1m');
    expect(calls(ana)).toEqual([1, 1]);
    await twilio.release();
    await world.settle();
    expect((await world.timeline(id)).filter((line) => line.includes('the call was not answered'))).toEqual([]);
    await world.raise(key, 'load high');
    // The telephone is taken all the same.
    expect(calls(ana)).toEqual([1, 1]);
    await then(ana.bySignalWire.call.pickUp());
    await then(ana.bySignalWire.call.press('1'));
    expect(await status(id)).toBe('ACCEPTED');
    expect(await world.timeline(id)).toContain('VOICE Ana Tester: delivered by signalwire');
  });

  it('does nothing when it is a key, pressed after the second one has called', async () => {
    const id = await world.raise(key, 'disk full');
    await world.advance('1m');
    expect((await then(ana.byTwilio.call.pickUp())).at(0)).toMatch(/^This call is about nothing any more/);
    expect(await status(id)).toBe('PENDING');
    await then(ana.bySignalWire.call.pickUp());
    await then(ana.bySignalWire.call.press('1'));
    expect(await status(id)).toBe('ACCEPTED');
  });
});

describe('a call that the first provider cannot put through', () => {
  it('is made by the second one at once; one that rang is not', async () => {
    await begin();
    const id = await world.raise(key, 'disk full');
    await then(ana.byTwilio.call.endWith('failed'));
    expect([...calls(ana), mails()]).toEqual([1, 1, 0]);
    await then(ana.bySignalWire.call.endWith('busy'));
    await world.advance('1m');
    expect([...calls(ana), mails()]).toEqual([1, 1, 1]);
    expect(await world.timeline(id)).toContain('VOICE Ana Tester: failed: the number was busy');
  });
});

describe('a number that one provider does not call', () => {
  it.each([21_211, 21_215])('is called by the other one at once, and the first one goes on calling others: %s', async (code) => {
    await begin();
    twilio.fail({ status: 400, code, times: 1 });
    const id = await world.raise(key, 'disk full');
    expect(calls(ana)).toEqual([0, 1]);
    await then(ana.bySignalWire.call.endWith('no-answer'));
    await world.advance('5m');
    expect(calls(ben)).toEqual([1, 0]);
    expect(await world.timeline(id)).toContain('VOICE Ana Tester: failed: the call was not answered');
  });

  it('and the other one neither has the next method sent at once', async () => {
    await begin();
    twilio.fail({ status: 400, code: 21_211, times: 1 });
    signalwire.fail({ status: 422, code: 21_217, isListed: true, times: 1 });
    const id = await world.raise(key, 'disk full');
    expect([...calls(ana), mails()]).toEqual([0, 0, 1]);
    expect(await world.timeline(id)).toContain('VOICE Ana Tester: failed: SignalWire 21217 to call');
  });
});

describe('a telephone takes one call at a time, whoever makes it (B25)', () => {
  it('what the second provider is to call about is told in the call of the first one, or called for after it', async () => {
    await begin();
    const disk = await world.raise(key, 'disk full');
    twilio.fail({ status: 503, times: 1_000 });
    const load = await world.raise(key, 'load high');
    expect(calls(ana)).toEqual([1, 0]);
    await then(ana.byTwilio.call.pickUp());
    expect(await then(ana.byTwilio.call.press('1'))).toContain('There is another alert.');
    await then(ana.byTwilio.call.hangUp());
    expect([await status(disk), ...calls(ana)]).toEqual(['ACCEPTED', 1, 1]);
    expect((await then(ana.bySignalWire.call.pickUp())).join(' ')).toContain(`Alert ${load}: load high.`);
    await then(ana.bySignalWire.call.press('2'));
    expect(await status(load)).toBe('RESOLVED');
  });

  it('and a call of the second one does not ring any longer when somebody else has answered (B9)', async () => {
    await begin({ env: { VOICE_ROUTES: '*=signalwire' } });
    const id = await world.raise(key, 'disk full');
    expect((await world.put(`/api/alerts/${id}/accept`, undefined, await world.keyOf(benId))).status).toBe(200);
    await world.settle();
    expect(ana.bySignalWire.call.status).toBe('canceled');
  });
});

describe('a route of calls by country', () => {
  it('has the second provider asked first for the numbers of one country', async () => {
    await begin({ env: { VOICE_ROUTES: '+49=signalwire;*=twilio' } });
    ana.bySignalWire.picksUp('1');
    expect(await status(await world.raise(key, 'disk full'))).toBe('ACCEPTED');
    expect(twilio.requests).toEqual([]);
  });
});

describe('a machine', () => {
  it('that SignalWire finds is told no keys, and the next method is sent at once', async () => {
    await begin({ env: { VOICE_ROUTES: '*=signalwire' } });
    ana.bySignalWire.whenCalled((call) => call.pickUp('machine'));
    const id = await world.raise(key, 'disk full');
    expect(ana.bySignalWire.call.said.at(-1)).toBe('Nobody can answer this message. Please look at your other messages.');
    expect(await world.timeline(id)).toContain('VOICE Ana Tester: failed: a machine answered the call');
    expect(mails()).toBe(1);
  });
});

describe('the number of the second provider', () => {
  it('takes answers by text, with receipts of its own', async () => {
    await begin({ anasPreferences: BY_SMS });
    twilio.fail({ status: 503, times: 1_000 });
    const id = await world.raise(key, 'disk full');
    const { bySignalWire: phone } = ana;
    expect(phone.received.map(({ from }) => from)).toEqual([SIGNALWIRE_NUMBER]);
    expect(await world.timeline(id)).toContain('SMS Ana Tester: delivered by signalwire');
    expect(await phone.reply(`ACK ${phone.code()}`)).toBe(`#${id} You accepted this alert.`);
    await world.settle();
    expect(await status(id)).toBe('ACCEPTED');
  });

  it('says to whoever calls where to answer (B26)', async () => {
    await begin();
    expect((await ana.bySignalWire.dial(SIGNALWIRE_NUMBER)).said).toEqual([expect.stringMatching(/^This is Tocsin\. .*takes no calls/)]);
  });
});
