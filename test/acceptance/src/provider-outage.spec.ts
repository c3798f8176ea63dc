import type { EscalationTarget, UserId } from '@tocsin/domain';
import { SmsGateway, TelephoneNetwork } from '@tocsin/testing';
import type { Telephone } from '@tocsin/testing';
import { World } from './world';

const OURS = '+4930555001';
const user = (userId: UserId): EscalationTarget => ({ type: 'user', userId });
const BY_SMS = [{ type: 'HIGH_PRIORITY', method: 'SMS', delayMin: 0 }] as const;

let network: TelephoneNetwork;
let gateway: SmsGateway;
let world: World;
let key: string;
let anas: Telephone;
let bens: Telephone;

const begin = async (env: Readonly<Record<string, string>> = {}): Promise<void> => {
  network = await TelephoneNetwork.start();
  gateway = await SmsGateway.start();
  world = await World.start({}, { ...network.environment(OURS), ...gateway.environment, ...env });
  world.with(network);
  network.inboundUrl = () => `${world.platform.settings.publicUrl}/api/callbacks/twilio/sms`;
  const ana = await world.person('ana', { phone: '+4915112345678', preferences: BY_SMS });
  const ben = await world.person('ben', { phone: '+4915187654321', preferences: BY_SMS });
  anas = network.telephone('+4915112345678');
  bens = network.telephone('+4915187654321');
  key = await world.source(
    await world.policy([
      { targets: [user(ana)], timeoutMin: 5 },
      { targets: [user(ben)], timeoutMin: 60 },
    ]),
  );
};
afterEach(async () => {
  await world.stop();
  await network.stop();
  await gateway.stop();
});
const raise = async (): Promise<number> => {
  await world.event(key, { summary: 'disk full', alertKey: 'disk' });
  return (await world.alert()).id;
};

describe('an outage of a provider in the middle of an escalation', () => {
  it.each([
    ['that answers 503', () => network.fail({ status: 503, times: 1_000 })],
    ['that breaks connections off', () => network.make('drop-before', 1_000)],
    ['that lost our token', () => void (network.authTokens = ['another one'])],
  ])('has the second provider text the next person at once: one %s (P10)', async (_name, outage) => {
    await begin();
    const id = await raise();
    expect(anas.texts).toHaveLength(1);
    outage();
    await world.advance('5m');
    // Not a second later than without the outage.
    expect(gateway.textsTo(bens.number)).toHaveLength(1);
    const lines = await world.timeline(id);
    expect(lines).toContain('SMS Ben Tester: planned at once');
    expect(lines.some((line) => /^SMS Ben Tester: attempt 1 failed \(.*Twilio.*\); again at/.test(line))).toBe(true);
    expect(lines.some((line) => /^SMS Ben Tester: handed over to gateway/.test(line))).toBe(true);
  });

  it('has the second provider text within 30 s, and say that it may be a repetition: one that says nothing', async () => {
    await begin();
    const id = await raise();
    network.make('silent-before', 1_000);
    // The deadline of the call is over when this returns; it is the only waiting there is.
    await world.advance('5m');
    expect(gateway.textsTo(bens.number)).toEqual([expect.stringMatching(/^\[#\d+\] disk full\n.* \(maybe a repetition\)$/)]);
    expect((await world.timeline(id)).slice(-3)).toEqual([
      expect.stringMatching(/^SMS Ben Tester: attempt 1 failed \(no answer from Twilio \(ECONNABORTED\)\)/),
      'SMS Ben Tester: attempt 2 through gateway',
      'SMS Ben Tester: handed over to gateway, possibly a duplicate',
    ]);
  });

  it('leaves a code that is answered to the other number', async () => {
    await begin();
    network.fail({ status: 503, times: 1_000 });
    const id = await raise();
    const [text = ''] = gateway.textsTo(anas.number);
    const code = /text ACK (\w+) to (\+\d+)/.exec(text);
    expect(code?.[2]).toBe(OURS);
    await anas.reply(`ACK ${code?.[1]}`, OURS);
    await world.settle();
    expect((await world.alert(id)).status).toBe('ACCEPTED');
  });

  it('is over when the provider is: it is asked first again', async () => {
    await begin({ TOCSIN_BUNDLE_PAGES: 'false' });
    network.fail({ status: 503, times: 3 });
    for (let alerts = 0; alerts < 5; alerts++) await world.event(key, { summary: `disk ${alerts}`, alertKey: `disk ${alerts}` });
    // Three pages found out, and the next two did not ask.
    expect([network.requests.length, anas.texts.length, gateway.textsTo(anas.number).length]).toEqual([3, 0, 5]);
    await world.advance('61s');
    await world.event(key, { summary: 'later', alertKey: 'later' });
    expect(anas.texts).toHaveLength(1);
  });

  it('of both delays the page and does not lose it (P7)', async () => {
    await begin();
    network.fail({ status: 503, times: 1_000 });
    gateway.next(...Array.from({ length: 3 }, () => 503));
    const id = await raise();
    expect((await world.timeline(id)).at(-1)).toMatch(/attempt 2 failed .* again at/);
    await world.advance('2m');
    expect(gateway.textsTo(anas.number)).toHaveLength(1);
  });
});

describe('a route by country', () => {
  it('has the gateway asked first for the numbers of one country', async () => {
    await begin({ SMS_ROUTES: '+49=gateway;*=twilio' });
    await raise();
    expect([network.requests.length, gateway.textsTo(anas.number).length]).toEqual([0, 1]);
  });
});
