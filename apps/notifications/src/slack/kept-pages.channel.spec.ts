import { renderMessage, SlackDirectChannel } from '@tocsin/channels';
import { WebApiWorkspace } from '@tocsin/channels/slack';
import { alertStream, linkOfPage, postOf } from '@tocsin/domain';
import type { AlertEvent, PreferenceId } from '@tocsin/domain';
import { accepted, activated, alertId, ana, ben, minute, raised, step, user } from '@tocsin/domain/testing';
import type { EventStore } from '@tocsin/event-store';
import { EmbeddedEventStore } from '@tocsin/event-store/embedded';
import { Metrics, newUuid, WoundClock } from '@tocsin/platform';
import { SlackServer } from '@tocsin/testing';
import type { SlackPerson } from '@tocsin/testing';
import { Notifications } from '../notifications';
import { Crash, CrashPoint, crashing } from '../testing/crash-point';
import { logInADirectory } from '../testing/log-in-a-directory';
import { KeptPagesChannel } from './kept-pages.channel';
import { SlackBudget } from './slack-budget';
import { SlackPosts } from './slack-posts';

const stream = `notification-${alertId}-1-9`;

let slack: SlackServer;
let anas: SlackPerson;
let opened: Awaited<ReturnType<typeof logInADirectory>>;
let eventStore: EventStore;
let clock: WoundClock;

beforeEach(async () => {
  clock = new WoundClock(minute(0));
  slack = await SlackServer.start({ now: () => clock.now() });
  anas = slack.team.addPerson('ana');
  opened = await logInADirectory();
  eventStore = new EmbeddedEventStore(opened.log);
  await happens(raised(), activated(step(0), 1, ana));
  const about = { notificationId: 93, alertId, userId: ana, preferenceId: 9 as PreferenceId, alertRevision: 1 } as const;
  await new Notifications(eventStore, clock, new Metrics()).plan(
    stream,
    async () => ({ ...about, purpose: 'page', method: 'SLACK', at: clock.now(), dueAt: clock.now() }),
    { causationId: 'plan', correlationId: 'c' },
  );
});
afterEach(async () => {
  await opened.close();
  await slack.stop();
});

const happens = async (...events: readonly AlertEvent[]): Promise<void> => {
  const metadata = { schemaVersion: 1, time: clock.now(), actor: user(ana), correlationId: 'c', causationId: 'd' };
  await eventStore.append(
    alertStream(alertId),
    'any',
    events.map(({ type, data }) => ({ id: newUuid(), type, data, metadata })),
  );
};

const page = renderMessage('SLACK', {
  type: 'page',
  language: 'en',
  personName: 'Ana',
  alert: { id: alertId, summary: 'disk full', priority: 'HIGH', sourceName: 'Prometheus', reportTime: '10:00 CET', links: [] },
  reason: 'You are on call.',
  lateSec: 0,
  possiblyDuplicate: false,
  answers: { accept: 'https://tocsin.test/a', resolve: 'https://tocsin.test/r' },
});

const channelWith = (budget: SlackBudget, point = CrashPoint.nowhere()) => {
  const settings = { baseUrl: slack.url, signingSecrets: [], token: () => slack.botToken, deadlineMs: 2_000 };
  const direct = new SlackDirectChannel(new WebApiWorkspace(settings));
  const store = crashing(eventStore, ['append'], point);
  const notifications = new Notifications(store, clock, new Metrics());
  return new KeptPagesChannel({ direct, budget, notifications, posts: new SlackPosts(store, clock), eventStore: store, clock });
};
const messageOf = (attempt: number) => ({ target: anas.id, message: page, key: 'notification-93', correlation: { stream, attempt } });
const send = (attempt: number, point = CrashPoint.nowhere()) => channelWith(new SlackBudget(), point).send(messageOf(attempt));
const kept = async () => postOf((await new SlackPosts(eventStore, clock).of(alertId)) ?? { followed: -1, posts: [] }, linkOfPage(93));

describe('where a page stands', () => {
  it('is on record before the attempt has come to its end', async () => {
    expect(await send(1)).toMatchObject({ type: 'handed-over' });
    const [message] = slack.direct(anas);
    expect(await kept()).toMatchObject({ userId: ana, channelId: message?.channel, ts: message?.ts, dueAt: null });
  });

  it.each(['before', 'after'] as const)('is on record once after a crash %s it was recorded', async (when) => {
    await expect(send(1, new CrashPoint(1, when))).rejects.toThrow(Crash);
    expect(await send(2)).toMatchObject({ type: 'handed-over' });
    expect(slack.direct(anas)).toHaveLength(1);
    expect(await kept()).toMatchObject({ ts: slack.direct(anas)[0]?.ts, dueAt: null });
    const sent = (await eventStore.readStream(`slackpost-${alertId}`)).filter(({ type }) => type === 'SlackPageSent');
    expect(sent).toHaveLength(1);
  });

  it('is to be put right at once when somebody answered while it was sent', async () => {
    await happens(accepted(ben));
    await send(1);
    expect(await kept()).toMatchObject({ dueAt: clock.now() });
  });

  it('is not on record when it did not get there', async () => {
    slack.fault({ method: 'chat.postMessage', what: 'lose-answer', times: 1 });
    expect(await send(1)).toMatchObject({ type: 'unknown' });
    expect(await kept()).toBeUndefined();
  });
});

describe('a page while thousands of edits and updates wait', () => {
  it('leaves at once', async () => {
    const budget = new SlackBudget();
    for (let index = 0; index < 5_000; index += 1) {
      budget.placeFor(`edit ${index}`, 'edit', 'C1', clock.now());
      budget.placeFor(`update ${index}`, 'update', 'C1', clock.now());
    }
    const channel = channelWith(budget);
    const begun = performance.now();
    const room = await channel.room({ target: anas.id });
    expect(await channel.send(messageOf(1), room)).toMatchObject({ type: 'handed-over' });
    expect(performance.now() - begun).toBeLessThan(10_000);
    expect(slack.direct(anas)).toHaveLength(1);
  });

  it('is turned away in time when there are more pages than Slack takes, and when nothing new is to begin', async () => {
    const page = { burst: 1, everyMs: 600_000 };
    const rates = { channel: page, workspace: page };
    const channel = channelWith(new SlackBudget({ page, post: rates, edit: rates, update: rates, create: rates }));
    expect(await channel.room({ target: anas.id })).toBeDefined();
    expect(await channel.room({ target: anas.id })).toBeUndefined();
    const slower = channelWith(
      new SlackBudget({ page: { burst: 1, everyMs: 10_000 }, post: rates, edit: rates, update: rates, create: rates }),
    );
    await slower.room({ target: anas.id });
    expect(await slower.room({ target: anas.id }, AbortSignal.abort())).toBeUndefined();
  });
});
