import { ProviderBudget } from '@tocsin/channels';
import type { Room, SendOutcome } from '@tocsin/channels';
import type { ContactId, PreferenceId, UserId } from '@tocsin/domain';
import { accepted, activated, raised, step } from './testing/facts';
import { notificationsServer, ToldChannel } from './testing/notifications-server';
import type { NotificationsServer } from './testing/notifications-server';

jest.setTimeout(60_000);

let server: NotificationsServer;
let second: ToldChannel;
let calls: ToldChannel;
let ana: UserId;
let alerts = 8_000;
let alertId: number;

beforeEach(async () => {
  second = new ToldChannel('second');
  calls = new ToldChannel('calls', 'VOICE');
  server = await notificationsServer('first', [second, calls]);
  server.clock.settleWith(() => server.settle());
  ana = (await server.person('ana', 'RESPONDER')).id;
  alertId = alerts += 1;
});
afterEach(() => server.stop());

const streamOf = (index = 0): string =>
  `notification-${alertId}-1-${server.platform.configuration.get('user', ana)?.alertPreferences[index]?.id}`;
const told = async (index = 0): Promise<readonly string[]> =>
  (await server.stream(streamOf(index))).map(({ type, data }) => {
    const { reason } = data as { readonly reason?: string };
    return reason === undefined ? type : `${type}: ${reason}`;
  });
const happens = (): Promise<void> => server.happens(alertId, raised(), activated(step(0), 1, ana));
const until = async (condition: () => Promise<boolean>): Promise<void> => {
  for (const patience = performance.now() + 30_000; !(await condition());) {
    if (performance.now() > patience) throw new Error('it never came true');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};
/** Its provider takes one message at once, and has it. */
const isFull = async (channel: ToldChannel, about: ConstructorParameters<typeof ProviderBudget>[1] = {}): Promise<Room> => {
  channel.budget = new ProviderBudget(1, about);
  const room = await channel.room({ target: '' });
  if (room === undefined) throw new Error('it has no room');
  return room;
};

describe('a page whose provider takes no more at once', () => {
  it('waits before its attempt is on record and before the alert is read: an answer meanwhile ends it (P5)', async () => {
    const room = await isFull(server.channel);
    let isWaiting = (): void => undefined;
    const waits = new Promise<void>((resolve) => (isWaiting = resolve));
    const { budget } = server.channel;
    server.channel.room = (_to, noLonger) => {
      isWaiting();
      return budget?.room(noLonger) ?? Promise.resolve(undefined);
    };
    await happens();
    await waits;
    expect(await told()).toEqual(['NotificationPlanned']);
    // The relay has not told anybody of it when the room is free: it is the stream that counts.
    const answered = server.happens(alertId, accepted(ana));
    await answered;
    room.leave();
    await server.settle();
    expect((await told()).at(-1)).toBe('NotificationCancelled: accepted');
    expect([server.channel.sent, second.sent]).toEqual([[], []]);
  });

  it('leaves when there is room, and its waiting is no failure of the provider', async () => {
    const room = await isFull(server.channel);
    await happens();
    await until(async () => (await told()).length === 1);
    room.leave();
    await server.settle();
    expect(await told()).toEqual(['NotificationPlanned', 'AttemptStarted', 'HandedOver']);
    expect([server.channel.sent.length, second.sent.length]).toEqual([1, 0]);
  });

  it('goes to the next provider when it has waited long enough', async () => {
    await isFull(server.channel, { longestWaitMs: 20 });
    await happens();
    await server.settle();
    expect(await told()).toEqual(['NotificationPlanned', 'AttemptStarted', 'HandedOver']);
    expect([server.channel.sent.length, second.sent.length]).toEqual([0, 1]);
  });

  it('goes to the next provider when the first one turned out to be down while it waited', async () => {
    let answer: (outcome: SendOutcome) => void = () => undefined;
    server.channel.budget = new ProviderBudget(1);
    server.channel.answer = () => new Promise((resolve) => (answer = resolve));
    const down: SendOutcome = { type: 'failed', permanent: false, reason: 'HTTP 503' };
    for (let pages = 0; pages < 5; pages += 1) {
      alertId = alerts += 1;
      await happens();
    }
    for (let failures = 1; failures <= 3; failures += 1) {
      await until(async () => server.channel.sent.length === failures);
      answer(down);
    }
    await until(async () => second.sent.length === 5);
    // The fourth one may have had its room already.
    if (server.channel.sent.length > 3) answer(down);
    await server.settle();
    expect(server.channel.sent.length).toBeLessThanOrEqual(4);
    expect(second.sent.length).toBe(5);
  });

  it('is passed over where another page looks for its next method', async () => {
    await server.platform.configurationStore.change(
      'user',
      ana,
      (user) => {
        const [contact] = user.contacts;
        const [rule] = user.alertPreferences;
        if (contact === undefined || rule === undefined) throw new Error('ana has no rule');
        const more = [2, 10].map((delayMin) => ({ delayMin, contactId: (contact.id + 500 + delayMin) as ContactId }));
        return {
          ...user,
          contacts: [contact, ...more.map(({ contactId }) => ({ ...contact, id: contactId, target: `ana-${contactId}@example.org` }))],
          alertPreferences: [rule, ...more.map((later) => ({ ...rule, ...later, id: (rule.id + 500 + later.delayMin) as PreferenceId }))],
        };
      },
      server.context(),
    );
    await server.settle();
    for (const channel of [server.channel, second]) await isFull(channel, { longestWaitMs: 20 });
    await happens();
    await server.settle();
    const forward = (await Promise.all([1, 2].map((index) => server.stream(streamOf(index))))).map((events) =>
      events.flatMap(({ type, data }) => (type === 'NotificationBroughtForward' ? [data] : [])),
    );
    const [first, next] = server.platform.configuration.get('user', ana)?.alertPreferences.map(({ id }) => id) ?? [];
    expect(forward).toMatchObject([[{ insteadOf: first }], [{ insteadOf: next }]]);
  });

  it('is held back on record when nobody has room, its next method is sent now, and it goes out later', async () => {
    const next = { id: 9_001 as PreferenceId, type: 'HIGH_PRIORITY', method: 'EMAIL', delayMin: 10 } as const;
    await server.platform.configurationStore.change(
      'user',
      ana,
      (user) => ({
        ...user,
        alertPreferences: [...user.alertPreferences, { ...next, contactId: user.contacts[0]?.id as ContactId }],
      }),
      server.context(),
    );
    await server.settle();
    const rooms = [await isFull(server.channel, { longestWaitMs: 20 }), await isFull(second, { longestWaitMs: 20 })];
    await happens();
    await server.settle();
    expect((await told()).slice(0, 2)).toEqual(['NotificationPlanned', 'NotificationHeld: provider-busy']);
    expect(await told(1)).toContain('NotificationBroughtForward');
    expect([server.channel.sent, second.sent]).toEqual([[], []]);
    for (const room of rooms) room.leave();
    await server.clock.advance(60_000);
    expect((await told()).slice(-2)).toEqual(['AttemptStarted', 'HandedOver']);
  });
});

describe('a call whose provider takes no more at once', () => {
  it('keeps the telephone from no other call while it waits, and has it when it is made (B25)', async () => {
    const telephone = 7_001 as ContactId;
    await server.platform.configurationStore.change(
      'user',
      ana,
      (user) => ({
        ...user,
        contacts: [
          ...user.contacts,
          { id: telephone, type: 'phone', target: '+4930555001', regionCode: 'DE', primary: true, status: 'OK', verified: true },
        ],
        alertPreferences: [{ id: 9_002 as PreferenceId, type: 'HIGH_PRIORITY', method: 'VOICE', delayMin: 0, contactId: telephone }],
      }),
      server.context(),
    );
    await server.settle();
    const line = async () => (await server.stream(`calls-${telephone}`)).map(({ type }) => type);
    const room = await isFull(calls);
    calls.answer = async () => ({ type: 'handed-over', receiptExpected: true, reference: 'a-call' });
    await happens();
    await until(async () => (await told()).length === 1 && calls.asked === 2);
    expect(await line()).toEqual([]);
    room.leave();
    await until(async () => (await told()).includes('HandedOver'));
    expect(await line()).toEqual(['CallPlaced']);
  });
});

describe('pages that wait for room when the service stops', () => {
  it('keep it from nothing, and are as they were', async () => {
    await isFull(server.channel);
    await isFull(second);
    await happens();
    await until(async () => (await told()).length === 1);
    const { eventStore } = server.platform;
    const stream = streamOf();
    await server.platform.background.stop();
    // Whoever had waited for long enough would be on record as held back.
    expect((await eventStore.readStream(stream)).map(({ type }) => type)).toEqual(['NotificationPlanned']);
  });
});
