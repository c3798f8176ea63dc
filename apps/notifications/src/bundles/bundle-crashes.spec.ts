import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { alertStream, instant, nextNotificationDue, notificationStream } from '@tocsin/domain';
import type { AlertId, AlertSourceId, NotificationEvent, PreferenceId, User, UserId } from '@tocsin/domain';
import { accepted, activated, ana, minute, raised, step } from '@tocsin/domain/testing';
import { EmbeddedLog } from '@tocsin/embedded-log';
import { eventOf } from '@tocsin/event-store';
import type { EventStore } from '@tocsin/event-store';
import { EmbeddedEventStore } from '@tocsin/event-store/embedded';
import { completion, CONFIGURATION_TOPIC, ConfigurationReader } from '@tocsin/messaging';
import { EmbeddedMessageBus } from '@tocsin/messaging/embedded';
import { createLogger, Metrics, newUuid, SecretBox, SignInLinks, WoundClock } from '@tocsin/platform';
import { AnswerLinks } from '../answer-links';
import { AttemptOutcomes } from '../attempt-outcomes';
import { ChatPeople } from '../chat/chat-people';
import { CallLines } from '../calling/call-lines';
import { CalledPages } from '../calling/called-pages';
import { CallTurns } from '../calling/call-turns';
import { Delivery } from '../delivery';
import { DutyComposer } from '../duties/duty-composer';
import { MessageComposer } from '../message-composer';
import { Notifications } from '../notifications';
import { GoneDevices } from '../push/gone-devices';
import { Recalls } from '../recalls';
import { Crash, CrashPoint, crashing } from '../testing/crash-point';
import { ToldChannel } from '../testing/notifications-server';
import { CarrierStatus } from '../texting/carrier-status';
import { Texts } from '../texting/texts';
import { Bundles } from './bundles';
import { PagePace } from './page-pace';

jest.setTimeout(120_000);

const ALERTS = [101, 102, 103, 104, 105] as readonly number[] as readonly AlertId[];
const preferenceId = 8 as PreferenceId;
const streamOf = (alertId: AlertId): string => notificationStream(alertId, 1, preferenceId);
const streams = ALERTS.map(streamOf);
const secrets = new SecretBox(['0123456789abcdef0123456789abcdef']);
const settings = { publicUrl: 'http://tocsin.test', listeningUrl: '', reachableMethods: new Set<never>(), visibleWithinMs: 0 };

let directory: string;
let log: EmbeddedLog;
let eventStore: EventStore;
let bus: EmbeddedMessageBus;
let configuration: ConfigurationReader;
let clock: WoundClock;
let channel: ToldChannel;

const person: User = {
  ...{ id: ana, username: 'ana', firstName: 'Ana', lastName: 'Lima', email: 'ana@example.org', timezone: 'Europe/Berlin' },
  ...{ language: 'en', role: 'USER', createdAt: instant(0), updatedAt: instant(0) },
  contacts: [{ id: 3 as never, type: 'email', target: 'ana@example.org', status: 'OK', verified: true }],
  alertPreferences: [{ id: preferenceId, type: 'HIGH_PRIORITY', method: 'EMAIL', contactId: 3 as never, delayMin: 0 }],
};

beforeEach(async () => {
  clock = new WoundClock(minute(0));
  channel = new ToldChannel('told');
  directory = await mkdtemp(join(tmpdir(), 'tocsin-bundles-'));
  log = await EmbeddedLog.open({
    directory,
    onFailure: (error) => {
      throw error;
    },
  });
  eventStore = new EmbeddedEventStore(log);
  bus = new EmbeddedMessageBus(log);
  configuration = new ConfigurationReader();
  await bus.declare([CONFIGURATION_TOPIC]);
  const ids = { id: newUuid(), correlationId: 'c', causationId: 'd', schemaVersion: 1, time: clock.now() };
  const fact = { stream: `user-${ana}`, revision: 0, position: '' };
  await bus.publish(CONFIGURATION_TOPIC.name, [
    { ...ids, key: fact.stream, type: 'ResourceConfigured', fact, data: { kind: 'user', resource: person } },
    completion(CONFIGURATION_TOPIC.name, clock.now()),
  ]);
  await configuration.start(bus);
  for (const alertId of ALERTS) await page(alertId);
});
afterEach(async () => {
  await configuration.close();
  await log.close();
  await rm(directory, { recursive: true, force: true });
});

/** An alert that has paged Ana: what comes now is the delivery of that page. */
const page = async (alertId: AlertId): Promise<void> => {
  await happens(alertId, raised({ alertId, sourceId: 5 as AlertSourceId }), activated(step(0), 1, ana));
  await new Notifications(eventStore, clock, new Metrics()).plan(
    streamOf(alertId),
    async () => ({
      ...{ notificationId: alertId, alertId, activation: 1, step: step(0), purpose: 'page', userId: ana, preferenceId },
      ...{ method: 'EMAIL', contactId: 3 as never, at: clock.now(), dueAt: clock.now(), alertRevision: 1 },
    }),
    { causationId: `plan ${alertId}`, correlationId: 'c' },
  );
};
const happens = async (alertId: AlertId, ...events: readonly { readonly type: string; readonly data: object }[]): Promise<void> => {
  const metadata = {
    schemaVersion: 1,
    time: clock.now(),
    actor: { type: 'system', part: 'spec' },
    correlationId: 'c',
    causationId: 'd',
  } as const;
  await eventStore.append(
    alertStream(alertId),
    'any',
    events.map(({ type, data }) => ({ id: newUuid(), type, data: { ...data, alertId }, metadata })),
  );
};

interface Running {
  readonly notifications: Notifications;
  readonly delivery: Delivery;
}

/** A process begins, which knows what is on record and nothing else. */
const begin = (point: CrashPoint): Running => {
  const store = crashing(eventStore, ['append'], point);
  const told = crashing(channel, ['send'], point);
  const notifications = new Notifications(store, clock, new Metrics());
  const bundles = new Bundles(store, clock);
  const channelsFor = () => [told];
  const outcomes = new AttemptOutcomes({
    ...{ notifications, bundles, configuration, clock, channelsFor },
    carrier: new CarrierStatus({} as never),
    chatPeople: new ChatPeople({} as never),
    goneDevices: new GoneDevices(bus, clock),
    recalls: new Recalls(notifications, channelsFor),
    log: createLogger({ level: 'silent' }),
    metrics: new Metrics(),
    random: () => 0,
  });
  const duties = new DutyComposer(store, configuration);
  const composer = new MessageComposer(
    new AnswerLinks(secrets, settings),
    configuration,
    secrets,
    duties,
    new SignInLinks(secrets, settings),
  );
  const delivery = new Delivery({
    ...{ notifications, eventStore: store, configuration, composer, clock, outcomes, bundles, channelsFor },
    texts: new Texts(store, clock),
    callTurns: new CallTurns({ lines: new CallLines(store, clock), called: new CalledPages(bundles), notifications, outcomes, clock }),
    pace: new PagePace({ eventStore: store, notifications, clock, metrics: new Metrics(), isOn: true }),
  });
  return { notifications, delivery };
};

/** Fires what is due, in its time, until nothing is. */
const drain = async ({ notifications, delivery }: Running): Promise<void> => {
  for (let turn = 0; turn < 50; turn += 1) {
    const due = await Promise.all(streams.map(async (stream) => ({ stream, at: nextNotificationDue(await notifications.load(stream)) })));
    const [next] = due.flatMap(({ stream, at }) => (at === null ? [] : [{ stream, at }])).toSorted((a, b) => a.at - b.at);
    if (next === undefined) return;
    if (next.at > clock.now()) await clock.advance(next.at - clock.now());
    await delivery.attempt(next.stream);
  }
  throw new Error('it never ends');
};

/** Which alerts a message was about. */
const aboutIn = ({ message }: ToldChannel['sent'][number]): readonly number[] => ALERTS.filter((id) => message.text.includes(`#${id} `));
const told = () => channel.sent.map(aboutIn);
const recorded = async (alertId: AlertId): Promise<readonly NotificationEvent[]> =>
  (await eventStore.readStream(streamOf(alertId))).map(eventOf<NotificationEvent>);
const isHandedOver = async (alertId: AlertId): Promise<boolean> => (await recorded(alertId)).some(({ type }) => type === 'HandedOver');

/** Alerts whose page was given to the provider, without that being on record. */
const inDoubt = async (): Promise<readonly number[]> => {
  const given = [...new Set(told().flat())] as AlertId[];
  const handedOver = await Promise.all(given.map(isHandedOver));
  return given.filter((_, index) => handedOver[index] !== true);
};

interface Told {
  /** How many points there were, of the process that ended first. */
  readonly calls: number;
  /** How often each alert may have been told more than once. */
  readonly mayBeTwice: ReadonlyMap<number, number>;
}

/** Tells the story with a process that ends at the first point, another one that ends at the second, and so on. */
const tell = async (first: CrashPoint, ...more: readonly CrashPoint[]): Promise<Told> => {
  const mayBeTwice = new Map<number, number>();
  const points = [first, ...more, CrashPoint.nowhere()];
  for (const [index, point] of points.entries()) {
    const running = begin(point);
    try {
      if (index > 0) await running.delivery.repeatInterrupted(streams, clock.now());
      await drain(running);
      break;
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      for (const id of await inDoubt()) mayBeTwice.set(id, (mayBeTwice.get(id) ?? 0) + 1);
      await clock.advance('1s');
    }
  }
  return { calls: first.calls, mayBeTwice };
};

const expectAllTold = async (mayBeTwice: Told['mayBeTwice']): Promise<void> => {
  for (const alertId of ALERTS) {
    const events = await recorded(alertId);
    expect(events.filter(({ type }) => type === 'HandedOver')).toHaveLength(1);
    expect(events.at(-1)?.type).toBe('HandedOver');
    const times = told().filter((about) => about.includes(alertId)).length;
    expect(times).toBeGreaterThanOrEqual(1);
    expect(times).toBeLessThanOrEqual(1 + (mayBeTwice.get(alertId) ?? 0));
    const [last] = channel.sent.toReversed().filter((message) => aboutIn(message).includes(alertId));
    if (times > 1) expect(last?.message.text).toContain('You may have received this page before.');
  }
};

const POINTS = 23;
/** The last ones are those of the message with two alerts. */
const OF_THE_BUNDLE = 7;

describe('five alerts at once', () => {
  it(`are told in ${POINTS} calls to the outside: three by themselves, and two in one message`, async () => {
    expect(await tell(CrashPoint.nowhere())).toEqual({ calls: POINTS, mayBeTwice: new Map() });
    expect(told()).toEqual([[101], [102], [103], [104, 105]]);
    await expectAllTold(new Map());
    expect(new Set(channel.sent.map(({ key }) => key))).toEqual(
      new Set(['notification-101', 'notification-102', 'notification-103', 'bundle-104']),
    );
  });

  describe.each(Array.from({ length: POINTS }, (_, index) => index + 1))('with a crash at call %i', (at) => {
    it.each(['before', 'after'] as const)(
      '%s it: none is lost, and one comes twice, marked so, only where it may have been sent',
      async (when) => {
        const { calls, mayBeTwice } = await tell(new CrashPoint(at, when));
        expect(calls).toBe(at);
        await expectAllTold(mayBeTwice);
        // What went out together goes out again under the same key.
        expect(channel.sent.filter((message) => aboutIn(message).length === 2).every(({ key }) => key === 'bundle-104')).toBe(true);
      },
    );
  });
});

describe('a message with several alerts whose process is killed twice', () => {
  const sides = ['before', 'after'] as const;
  const firsts = Array.from({ length: OF_THE_BUNDLE }, (_, index) => POINTS - OF_THE_BUNDLE + 1 + index);
  it.each(firsts.flatMap((at) => sides.flatMap((when) => [1, 3, 4, 6].map((again) => [at, when, again] as const))))(
    'at call %i, %s it, and at call %i of the next one: loses nothing',
    async (at, when, again) => {
      const { mayBeTwice } = await tell(new CrashPoint(at, when), new CrashPoint(again, again % 2 === 0 ? 'before' : 'after'));
      await expectAllTold(mayBeTwice);
    },
  );
});

describe('two processes that both take themselves for the one that sends', () => {
  it('send each page once', async () => {
    const [one, other] = [begin(CrashPoint.nowhere()), begin(CrashPoint.nowhere())];
    const both = () => Promise.all(streams.flatMap((stream) => [one.delivery.attempt(stream), other.delivery.attempt(stream)]));
    await both();
    await clock.advance('30s');
    await both();
    expect(told().flat().toSorted()).toEqual(ALERTS);
  });
});

describe('an alert that is accepted', () => {
  it('while it waits for others is not in their message', async () => {
    const running = begin(CrashPoint.nowhere());
    for (const stream of streams) await running.delivery.attempt(stream);
    await happens(105 as AlertId, accepted(ana as UserId));
    await drain(running);
    expect(told()).toEqual([[101], [102], [103], [104]]);
    expect((await recorded(105 as AlertId)).at(-1)).toMatchObject({ type: 'NotificationCancelled', data: { reason: 'accepted' } });
  });

  it('after its attempt is on record and before it is read again is not in it either (P5)', async () => {
    const running = begin(CrashPoint.nowhere());
    for (const stream of streams) await running.delivery.attempt(stream);
    await clock.advance('30s');
    const { readStream } = eventStore;
    jest.spyOn(eventStore, 'readStream').mockImplementation(async (stream, options) => {
      const begun = (await readStream.call(eventStore, streamOf(104 as AlertId))).some(({ type }) => type === 'AttemptStarted');
      const history = await readStream.call(eventStore, alertStream(104 as AlertId));
      if (begun && history.length === 2) await happens(104 as AlertId, accepted(ana as UserId));
      return readStream.call(eventStore, stream, options);
    });
    await drain(running);
    expect(told()).toEqual([[101], [102], [103], [105]]);
  });
});
