import type { UserId } from '@tocsin/domain';
import { accepted, activated, raised, resolved, step } from './testing/facts';
import { notificationsServer } from './testing/notifications-server';
import type { NotificationsServer } from './testing/notifications-server';

let server: NotificationsServer;
let ana: { readonly id: UserId; readonly key: string };
let alerts = 5_000;
let alertId: number;

beforeAll(async () => {
  server = await notificationsServer();
  ana = await server.person('ana', 'RESPONDER', { language: 'de' });
});
afterAll(() => server.stop());
beforeEach(() => {
  server.channel.sent.length = 0;
  server.channel.answer = async () => ({ type: 'handed-over', receiptExpected: false });
  alertId = alerts += 1;
});

const preferenceOf = (userId: UserId): number => server.platform.configuration.get('user', userId)?.alertPreferences[0]?.id ?? 0;
const streamOf = (activation = 1, userId = ana.id): string => `notification-${alertId}-${activation}-${preferenceOf(userId)}`;
const told = async (stream = streamOf()): Promise<readonly string[]> =>
  (await server.stream(stream)).map(({ type, data }) => {
    const { reason } = data as { readonly reason?: string };
    return reason === undefined ? type : `${type}: ${reason}`;
  });
const paged = async (): Promise<void> => {
  await server.happens(alertId, raised(), activated(step(0), 1, ana.id));
  await server.settle();
};

describe('a page', () => {
  it('is recorded before the provider is called, and what came of it after', async () => {
    let before: readonly string[] = [];
    server.channel.answer = async () => {
      before = await told();
      return { type: 'handed-over', receiptExpected: false, reference: 'r-1' };
    };
    await paged();
    expect(before).toEqual(['NotificationPlanned', 'AttemptStarted']);
    expect(await told()).toEqual(['NotificationPlanned', 'AttemptStarted', 'HandedOver']);
    expect(server.channel.sent).toMatchObject([{ target: 'ana@example.org', message: { text: expect.stringContaining('Hallo ana') } }]);
  });

  it('goes to each person once, however often the fact comes', async () => {
    await paged();
    await server.happens(alertId, activated(step(0), 1, ana.id));
    await server.settle();
    expect(server.channel.sent).toHaveLength(1);
  });

  it('is planned for somebody who was made a moment ago, elsewhere', async () => {
    const { configuration } = server.platform;
    const get = jest.spyOn(configuration, 'get').mockImplementationOnce(() => undefined);
    await paged();
    get.mockRestore();
    expect(server.channel.sent).toHaveLength(1);
  });

  it('is told of with the reason when the person can be reached by nothing', async () => {
    const { id } = await server.person(`mute${alertId}`, 'RESPONDER', { alertPreferences: [] });
    await server.happens(alertId, raised(), activated(step(0), 1, id));
    await server.settle();
    expect(server.channel.sent).toEqual([]);
    const [stream] = (
      await server.platform.eventStore.readAll({ after: '0'.repeat(20) as never, prefixes: ['notification-'], limit: 1_000 })
    ).events.filter((event) => event.stream.startsWith(`notification-${alertId}-`));
    expect(await told(stream?.stream)).toEqual(['NotificationPlanned', 'NotificationHeld: no-preference']);
  });

  it('leaves however many have left for the person on that day', async () => {
    for (let pages = 0; pages < 250; pages++) await server.happens((alertId = alerts += 1), raised(), activated(step(0), 1, ana.id));
    await server.settle();
    expect(server.channel.sent).toHaveLength(250);
  });
});

describe('an answer that was recorded before the provider would be called', () => {
  it.each([
    ['accepted', () => accepted(ana.id)],
    ['resolved', () => resolved(ana.id)],
  ] as const)('keeps the page from being sent (P5): %s', async (reason, answer) => {
    const { configurationStore } = server.platform;
    const { id } = await server.person(`late${alertId}`, 'RESPONDER');
    await configurationStore.change(
      'user',
      id,
      (user) => ({ ...user, alertPreferences: user.alertPreferences.map((one) => ({ ...one, delayMin: 5 })) }),
      server.context(),
    );
    await server.happens(alertId, raised(), activated(step(0), 1, id));
    await server.settle();
    // It is the reading of the alert's own stream that counts: the relay is not waited for.
    const stream = streamOf(1, id);
    await server.happens(alertId, answer());
    await server.clock.advance(5 * 60_000);
    await server.settle();
    expect(server.channel.sent).toEqual([]);
    expect((await told(stream)).at(-1)).toBe(`NotificationCancelled: ${reason}`);
  });
});

describe('a provider that fails', () => {
  it('for a moment is asked again under the same key', async () => {
    server.channel.answer = async () => ({ type: 'failed', permanent: false, reason: 'SMTP 451 to RCPT' });
    await paged();
    server.channel.answer = async () => ({ type: 'handed-over', receiptExpected: false });
    await server.clock.advance(10 * 60_000);
    await server.settle();
    expect(server.channel.sent.length).toBeGreaterThanOrEqual(2);
    expect(new Set(server.channel.sent.map(({ key }) => key)).size).toBe(1);
    expect(server.channel.sent.at(-1)?.message.text).not.toContain('schon einmal');
    expect(await told()).toContain('HandedOver');
  });

  it('without saying whether it has the message is asked again, and the person is warned', async () => {
    server.channel.answer = async () => ({ type: 'unknown', reason: 'no answer after the message (ETIMEDOUT)' });
    await paged();
    server.channel.answer = async () => ({ type: 'handed-over', receiptExpected: false });
    await server.clock.advance(10 * 60_000);
    await server.settle();
    expect(server.channel.sent.at(-1)?.message.text).toContain('schon einmal erhalten');
  });

  it('for good is not asked again, and the reason is kept (P7)', async () => {
    server.channel.answer = async () => ({ type: 'failed', permanent: true, reason: 'SMTP 550 to RCPT' });
    await paged();
    await server.clock.advance(60 * 60_000);
    await server.settle();
    expect(server.channel.sent).toHaveLength(1);
    expect((await told()).at(-1)).toBe('NotificationFailed: SMTP 550 to RCPT');
  });
});
