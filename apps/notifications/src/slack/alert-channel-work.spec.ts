import { WebApiWorkspace } from '@tocsin/channels/slack';
import { alertChannelStream, alertStream, instant } from '@tocsin/domain';
import type { AlertEvent, User, UserId } from '@tocsin/domain';
import { activated, alertId, ana, ben, cleo, minute, raised, resolvedBy, step, user } from '@tocsin/domain/testing';
import type { EventStore } from '@tocsin/event-store';
import { EmbeddedEventStore } from '@tocsin/event-store/embedded';
import { completion, CONFIGURATION_TOPIC, ConfigurationReader } from '@tocsin/messaging';
import { EmbeddedMessageBus } from '@tocsin/messaging/embedded';
import { createLogger, newUuid, WoundClock } from '@tocsin/platform';
import { SlackServer } from '@tocsin/testing';
import type { SlackChannel } from '@tocsin/testing';
import { CrashPoint, crashing } from '../testing/crash-point';
import { tellWithCrash } from '../testing/crash-story';
import { logInADirectory } from '../testing/log-in-a-directory';
import { AlertChannelWork } from './alert-channel-work';
import { AlertChannels } from './alert-channels';
import { SlackBudget } from './slack-budget';
import { SlackPosts } from './slack-posts';

let slack: SlackServer;
let opened: Awaited<ReturnType<typeof logInADirectory>>;
let eventStore: EventStore;
let configuration: ConfigurationReader;
let clock: WoundClock;
let accounts: ReadonlyMap<UserId, string>;

beforeEach(async () => {
  clock = new WoundClock(minute(0));
  slack = await SlackServer.start({ now: () => clock.now() });
  opened = await logInADirectory();
  eventStore = new EmbeddedEventStore(opened.log);
  const bus = new EmbeddedMessageBus(opened.log);
  configuration = new ConfigurationReader();
  await bus.declare([CONFIGURATION_TOPIC]);
  await bus.publish(CONFIGURATION_TOPIC.name, [completion(CONFIGURATION_TOPIC.name, clock.now())]);
  await configuration.start(bus);
  accounts = new Map([ana, ben].map((id) => [id, slack.team.addPerson(`person-${id}`).id]));
  for (const [id, userId] of accounts) {
    const resource = {
      id,
      slackAccount: { teamId: slack.team.id, userId },
      createdAt: instant(0),
      updatedAt: instant(0),
    } as unknown as User;
    const ids = { id: newUuid(), correlationId: 'c', causationId: 'd' };
    const fact = { stream: `user-${id}`, revision: 0, position: '' };
    await bus.publish(CONFIGURATION_TOPIC.name, [
      {
        ...ids,
        key: `user-${id}`,
        type: 'ResourceConfigured',
        schemaVersion: 1,
        time: clock.now(),
        fact,
        data: { kind: 'user', resource },
      },
    ]);
  }
  await configuration.upToDate();
});
afterEach(async () => {
  await configuration.close();
  await opened.close();
  await slack.stop();
});

interface Running {
  readonly channels: AlertChannels;
  readonly work: AlertChannelWork;
}

/** A process begins, which knows what is on record and nothing else. */
const begin = (point: CrashPoint): Running => {
  const settings = { baseUrl: slack.url, signingSecrets: [], token: () => slack.botToken, deadlineMs: 2_000 };
  const store = crashing(eventStore, ['append'], point);
  const channels = new AlertChannels(store, clock);
  const work = new AlertChannelWork({
    ...{ channels, eventStore: store, configuration, clock },
    posts: new SlackPosts(store, clock),
    workspace: crashing(new WebApiWorkspace(settings), ['createChannel', 'describeChannel', 'invite', 'archiveChannel'], point),
    budget: new SlackBudget(),
    log: createLogger({ level: 'silent' }),
    publicUrl: 'https://tocsin.test',
    random: () => 0.5,
  });
  return { channels, work };
};

const happens = async (...events: readonly AlertEvent[]): Promise<void> => {
  const metadata = { schemaVersion: 1, time: clock.now(), actor: user(ana), correlationId: 'c', causationId: 'd' };
  await eventStore.append(
    alertStream(alertId),
    'any',
    events.map(({ type, data }) => ({ id: newUuid(), type, data, metadata })),
  );
};

/** Fires what is due, in its time, until nothing is. */
const drain = async ({ channels, work }: Running): Promise<void> => {
  for (let fired = 0; fired < 50; fired += 1) {
    const state = await channels.of(alertId);
    const dueAt = state.status === 'open' ? state.dueAt : null;
    if (dueAt === null) return;
    if (dueAt > clock.now()) await clock.advance(`${Math.ceil((dueAt - clock.now()) / 1_000)}s`);
    await work.attempt(alertId);
  }
  throw new Error('it never ends');
};

const ask = async ({ channels }: Running, members: readonly UserId[] = [ana, cleo]): Promise<void> => {
  const asked = { alertId, by: user(ana), teamId: slack.team.id, language: 'en', isPrivate: true, archives: true } as const;
  await channels.ask({ ...asked, alertRevision: 0, members }, { causationId: 'ask', correlationId: 'c' });
};
const hears =
  (fact: AlertEvent, revision: number) =>
  ({ channels }: Running): Promise<void> =>
    channels.follow(fact, revision, { causationId: `fact ${revision}`, correlationId: 'c' });

const escalated = activated(step(1), 2, ben);
const over = resolvedBy(user(ana), minute(9));
const story: readonly ((running: Running) => Promise<void>)[] = [
  (running) => ask(running),
  drain,
  () => happens(escalated),
  hears(escalated, 1),
  drain,
  () => happens(over),
  hears(over, 2),
  drain,
];

/** @returns how many points there were */
const tell = (point: CrashPoint): Promise<number> =>
  tellWithCrash(point, {
    story,
    begin,
    repair: async (running) => {
      await clock.advance('1s');
      await running.work.repeatInterrupted(alertId, clock.now());
    },
  });

const own = (): SlackChannel => {
  const [channel, ...others] = [...slack.team.channels.values()].filter(({ name }) => name.startsWith('alert-'));
  expect(others).toEqual([]);
  return channel as SlackChannel;
};
const reasons = async () =>
  (await eventStore.readStream(alertChannelStream(alertId))).flatMap(({ type, data }) =>
    type === 'AlertChannelGivenUp' ? [data as { readonly act: string; readonly reason: string }] : [],
  );

describe("an alert's own channel", () => {
  beforeEach(() => happens(raised()));

  const POINTS = 21;
  const isThere = () =>
    expect(own()).toMatchObject({
      name: `alert-${alertId}-disk-full`,
      ...{ isPrivate: true, isArchived: true },
      topic: `https://tocsin.test/api/alerts/${alertId} – disk full`,
      members: new Set(['U0BOT', ...accounts.values()]),
    });

  it(`is made, joined and archived in ${POINTS} calls to the outside`, async () => {
    expect(await tell(CrashPoint.nowhere())).toBe(POINTS);
    isThere();
    // Cleo has no account in Slack.
    expect(await reasons()).toMatchObject([{ act: 'invite', reason: 'no linked Slack account' }]);
  });

  describe.each(Array.from({ length: POINTS }, (_, index) => index + 1))('with a crash at call %i', (at) => {
    it.each(['before', 'after'] as const)('%s it: is one channel with everybody in it', async (when) => {
      expect(await tell(new CrashPoint(at, when))).toBe(at);
      isThere();
    });
  });

  it('is one although nobody heard that it was made', async () => {
    slack.fault({ method: 'conversations.create', what: 'lose-answer', times: 1 });
    const running = begin(CrashPoint.nowhere());
    await ask(running);
    await drain(running);
    own();
  });

  it('is found among many in which the app is', async () => {
    for (let index = 0; index < 450; index += 1) slack.team.addChannel(`other-${index}`);
    slack.fault({ method: 'conversations.create', what: 'lose-answer', times: 1 });
    const running = begin(CrashPoint.nowhere());
    await ask(running);
    await drain(running);
    expect(own().members.size).toBe(2);
  });

  it('has another name where somebody has this one, be it from long ago', async () => {
    slack.team.addChannel(`alert-${alertId}-disk-full`, { created: 0, isArchived: true });
    slack.fault({ method: 'conversations.create', what: 'broken', times: 1 });
    const running = begin(CrashPoint.nowhere());
    await ask(running);
    await drain(running);
    expect([...slack.team.channels.values()].map(({ name }) => name)).toEqual([
      `alert-${alertId}-disk-full`,
      `alert-${alertId}-disk-full-2`,
    ]);
  });

  it('is not made where nobody may, and that is on record', async () => {
    slack.fault({ method: 'conversations.create', what: { error: 'restricted_action' }, times: 1 });
    const running = begin(CrashPoint.nowhere());
    await ask(running);
    await drain(running);
    expect(await reasons()).toMatchObject([{ act: 'create', reason: 'restricted_action' }]);
    expect(await running.channels.of(alertId)).toEqual({ status: 'ended' });
  });

  it('is not made for what is over', async () => {
    await happens(over);
    const running = begin(CrashPoint.nowhere());
    await ask(running);
    await drain(running);
    expect(slack.team.channels.size).toBe(0);
    expect(await reasons()).toMatchObject([{ act: 'create', reason: 'resolved' }]);
  });

  it('has everybody in it although one was in it already', async () => {
    const running = begin(CrashPoint.nowhere());
    await ask(running);
    await running.work.attempt(alertId);
    slack.team.change(own().id, { members: new Set(['U0BOT', accounts.get(ana) ?? '']) });
    await drain(running);
    expect(own().members.size).toBe(2);
    expect(await reasons()).toMatchObject([{ reason: 'no linked Slack account' }]);
  });
});
