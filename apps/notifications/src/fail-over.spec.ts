import type { PreferenceId, UserId } from '@tocsin/domain';
import { accepted, activated, raised, step } from './testing/facts';
import { notificationsServer, ToldChannel } from './testing/notifications-server';
import type { NotificationsServer } from './testing/notifications-server';
import { Receipts } from './callbacks/receipts';

jest.setTimeout(60_000);

let server: NotificationsServer;
let second: ToldChannel;
let ana: UserId;
let alerts = 6_000;
let alertId: number;

beforeEach(async () => {
  second = new ToldChannel('second');
  server = await notificationsServer('first', [second]);
  server.clock.settleWith(() => server.settle());
  ana = (await server.person('ana', 'RESPONDER')).id;
  alertId = alerts += 1;
});
afterEach(() => server.stop());

const preferences = () => server.platform.configuration.get('user', ana)?.alertPreferences.map(({ id }) => id) ?? [];
const streamOf = (index = 0): string => `notification-${alertId}-1-${preferences()[index]}`;
const told = async (index = 0): Promise<readonly string[]> => (await server.stream(streamOf(index))).map(({ type }) => type);
const paged = async (): Promise<void> => {
  await server.happens(alertId, raised(), activated(step(0), 1, ana));
  await server.settle();
};
/** The same again after ten minutes, and after twenty. */
const hasLaterRules = async () => {
  await server.platform.configurationStore.change(
    'user',
    ana,
    (user) => {
      const [first] = user.alertPreferences;
      if (first === undefined) throw new Error('ana has no preference');
      const later = [10, 20].map((delayMin) => ({ ...first, id: (first.id + 500 + delayMin) as PreferenceId, delayMin }));
      return { ...user, alertPreferences: [first, ...later] };
    },
    server.context(),
  );
  await server.settle();
};
const down = { type: 'failed', permanent: false, reason: 'HTTP 503' } as const;

describe('a provider that fails', () => {
  it('is followed at once by the next one, under the same key (P10)', async () => {
    server.channel.answer = async () => down;
    await paged();
    expect([server.channel.sent.length, second.sent.length]).toEqual([1, 1]);
    expect(second.sent[0]?.key).toBe(server.channel.sent[0]?.key);
    expect(await told()).toEqual(['NotificationPlanned', 'AttemptStarted', 'AttemptFailed', 'AttemptStarted', 'HandedOver']);
  });

  it('is asked again with all others after a wait, when they failed as well', async () => {
    server.channel.answer = second.answer = async () => down;
    await paged();
    expect([server.channel.sent.length, second.sent.length]).toEqual([1, 1]);
    await server.clock.advance(10_000);
    expect([server.channel.sent.length, second.sent.length]).toEqual([2, 2]);
  });

  it('is not asked first any more while it is known to be down', async () => {
    server.channel.answer = async () => down;
    for (let pages = 0; pages < 3; pages++) {
      alertId = alerts += 1;
      await paged();
    }
    alertId = alerts += 1;
    await paged();
    expect([server.channel.sent.length, second.sent.length]).toEqual([3, 4]);
  });

  it('is not asked first while it wants to be left alone', async () => {
    server.channel.answer = async () => ({ ...down, retryAfterMs: 20_000 });
    await paged();
    alertId = alerts += 1;
    await paged();
    expect([server.channel.sent.length, second.sent.length]).toEqual([1, 2]);
    await server.clock.advance(20_000);
    alertId = alerts += 1;
    await paged();
    expect([server.channel.sent.length, second.sent.length]).toEqual([2, 3]);
  });

  it('is not followed by one that said no for good', async () => {
    server.channel.answer = async () => down;
    second.answer = async () => ({ type: 'failed', permanent: true, reason: 'no such number' });
    await paged();
    await server.clock.advance(60_000);
    expect(second.sent).toHaveLength(1);
    expect(server.channel.sent.length).toBeGreaterThan(2);
  });
});

describe('a page whose every provider asks to be left alone for long', () => {
  it('has the next method sent now, and no other one however often it is refused', async () => {
    await hasLaterRules();
    let refused: string | undefined;
    server.channel.answer = second.answer = async ({ key }) => {
      refused ??= key;
      return key === refused ? { ...down, retryAfterMs: 900_000 } : { type: 'handed-over', receiptExpected: false };
    };
    await paged();
    expect((await told()).at(-1)).toBe('AttemptFailed');
    expect(await told(1)).toEqual(['NotificationPlanned', 'NotificationBroughtForward', 'AttemptStarted', 'HandedOver']);
    await server.clock.advance(960_000);
    expect((await told()).filter((type) => type === 'AttemptFailed')).toHaveLength(4);
    expect(await told(2)).toEqual(['NotificationPlanned']);
  });
});

describe('a provider that says nothing', () => {
  it('holds up its own pages and no other (P10)', async () => {
    let release: () => void = () => undefined;
    const silence = new Promise<void>((resolve) => (release = resolve));
    server.channel.answer = async () => {
      await silence;
      return { type: 'handed-over', receiptExpected: false };
    };
    const page = (): Promise<void> => server.happens((alertId = alerts += 1), raised(), activated(step(0), 1, ana));
    const until = async (is: () => boolean | Promise<boolean>): Promise<void> => {
      const deadline = performance.now() + 20_000;
      while (!(await is())) {
        if (performance.now() > deadline) throw new Error('a page is held up');
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    const sent = (count: number): Promise<void> => until(() => server.channel.sent.length >= count);
    for (let pages = 0; pages < 100; pages++) await page();
    await sent(100);
    server.channel.answer = async () => ({ type: 'handed-over', receiptExpected: false });
    await page();
    await sent(101);
    await until(async () => (await told()).includes('HandedOver'));
    release();
    await server.settle();
  });
});

describe('a receipt', () => {
  const receipts = () => new Receipts(server.platform.bus, server.clock);
  const says = async (outcome: Parameters<Receipts['take']>[0][number]['outcome'], attempt = 1, provider = 'first'): Promise<void> => {
    await receipts().take([{ stream: streamOf(), attempt, provider, outcome }]);
    await server.settle();
  };
  beforeEach(() => {
    server.channel.answer = async () => ({ type: 'handed-over', receiptExpected: true, reference: 'SM1' });
  });

  it('that comes twice, and late after a failed one, is told once', async () => {
    await paged();
    await says({ type: 'delivered' });
    await says({ type: 'delivered' });
    await says({ type: 'failed', permanent: false, reason: 'undelivered' });
    expect(await told()).toEqual(['NotificationPlanned', 'AttemptStarted', 'HandedOver', 'Delivered']);
  });

  it('that comes before the provider has answered counts', async () => {
    server.channel.answer = async () => {
      await receipts().take([{ stream: streamOf(), attempt: 1, provider: 'first', outcome: { type: 'delivered' } }]);
      while (!(await told()).includes('Delivered')) await new Promise((resolve) => setImmediate(resolve));
      return { type: 'handed-over', receiptExpected: true, reference: 'SM1' };
    };
    await paged();
    expect(await told()).toEqual(['NotificationPlanned', 'AttemptStarted', 'Delivered']);
  });

  it('of a failure leads to the next provider, and once only', async () => {
    await paged();
    await says({ type: 'failed', permanent: false, reason: 'undelivered' });
    await says({ type: 'failed', permanent: false, reason: 'undelivered' });
    expect(second.sent).toHaveLength(1);
    expect((await told()).at(-1)).toBe('HandedOver');
  });

  describe('that does not come in its usual time', () => {
    beforeEach(hasLaterRules);

    it('moves the page on to the next method, now instead of after its delay, and no further', async () => {
      second.answer = async () => ({ type: 'handed-over', receiptExpected: false });
      await paged();
      await server.clock.advance(299_000);
      expect(await told(1)).toEqual(['NotificationPlanned']);
      await server.clock.advance(1_000);
      expect(await told()).toContain('ReceiptOverdue');
      expect(await told(1)).toContain('NotificationBroughtForward');
      expect(await told(1)).toContain('AttemptStarted');
      expect(await told(2)).toEqual(['NotificationPlanned']);
      await says({ type: 'delivered' });
      expect((await told()).at(-1)).toBe('Delivered');
    });

    it('sends nothing when the alert was answered meanwhile', async () => {
      await paged();
      await server.happens(alertId, accepted(ana));
      await server.clock.advance(3_600_000);
      expect(await told(1)).not.toContain('AttemptStarted');
    });

    it('a page that failed for good moves on at once, too', async () => {
      server.channel.answer = second.answer = async () => ({ type: 'failed', permanent: true, reason: 'no such address' });
      await paged();
      expect(await told(1)).toContain('NotificationBroughtForward');
      expect(await told(2)).toContain('NotificationBroughtForward');
    });
  });
});
