import type { SlackWorkspace } from '@tocsin/channels';
import { WebApiWorkspace } from '@tocsin/channels/slack';
import { alertStream, postOf } from '@tocsin/domain';
import type { AlertEvent, Instant, SlackLinkId, SlackPostCommand } from '@tocsin/domain';
import { accepted, activated, alertId, ana, ben, minute, raised, resolvedBy, step, user } from '@tocsin/domain/testing';
import type { EventStore } from '@tocsin/event-store';
import { EmbeddedEventStore } from '@tocsin/event-store/embedded';
import { ConfigurationReader } from '@tocsin/messaging';
import { createLogger, Metrics, newUuid, WoundClock } from '@tocsin/platform';
import { SlackServer } from '@tocsin/testing';
import type { SlackChannel, SlackMessage } from '@tocsin/testing';
import { CrashPoint, crashing } from '../testing/crash-point';
import { tellWithCrash } from '../testing/crash-story';
import { logInADirectory } from '../testing/log-in-a-directory';
import { SlackBudget } from './slack-budget';
import { SlackComposer } from './slack-composer';
import { SlackPosting } from './slack-posting';
import { SlackPosts, timerOf } from './slack-posts';

const linkId = 3 as SlackLinkId;
const timer = timerOf({ alertId, linkId });

let slack: SlackServer;
let ops: SlackChannel;
let opened: Awaited<ReturnType<typeof logInADirectory>>;
let eventStore: EventStore;
let clock: WoundClock;

beforeEach(async () => {
  clock = new WoundClock(minute(0));
  slack = await SlackServer.start({ now: () => clock.now() });
  ops = slack.team.addChannel('ops');
  opened = await logInADirectory();
  eventStore = new EmbeddedEventStore(opened.log);
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

interface Running {
  readonly posts: SlackPosts;
  readonly posting: SlackPosting;
}

/** A process begins, which knows what is on record and nothing else. */
const begin = (point: CrashPoint): Running => {
  const configuration = new ConfigurationReader();
  const workspace: SlackWorkspace = new WebApiWorkspace({
    baseUrl: slack.url,
    signingSecrets: [slack.signingSecret],
    token: () => slack.botToken,
    deadlineMs: 2_000,
  });
  const store = crashing(eventStore, ['append'], point);
  const posts = new SlackPosts(store, clock);
  const acts = new Metrics().counter({ name: 'tocsin_spec_acts_total', help: 'acts', labels: ['act', 'outcome'] });
  const parts = {
    posts,
    composer: new SlackComposer(configuration),
    budget: new SlackBudget(),
    eventStore: store,
    configuration,
    clock,
    acts,
  };
  const posting = new SlackPosting({
    ...parts,
    workspace: crashing(workspace, ['post', 'edit'], point),
    log: createLogger({ level: 'silent' }),
    random: () => 0.5,
  });
  return { posts, posting };
};

/** Fires what is due, in its time, until nothing is. */
const drain = async ({ posts, posting }: Running): Promise<void> => {
  for (let fired = 0; fired < 50; fired += 1) {
    const state = await posts.of(alertId);
    const dueAt = state === undefined ? null : (postOf(state, linkId)?.dueAt ?? null);
    if (dueAt === null) return;
    if (dueAt > clock.now()) await clock.advance(`${Math.ceil((dueAt - clock.now()) / 1_000)}s`);
    await posting.attempt(timer);
  }
  throw new Error('it never ends');
};

const heard =
  (id: string, command: (at: Instant) => SlackPostCommand) =>
  async ({ posts }: Running): Promise<void> => {
    await posts.change(alertId, command(clock.now()), { causationId: id, correlationId: id });
  };
const target = () => ({ linkId, teamId: slack.team.id, channelId: ops.id });
const tells = (kind: 'actions' | 'escalations') => ({ kind, tells: [linkId] });

/** Each fact is heard again until it was taken in, and each due time fires again, as after a restart. */
const story = (): readonly ((running: Running) => Promise<void>)[] => [
  heard('raised', (at) => ({ type: 'plan', at, alertId, alertRevision: 0, targets: [target()] })),
  drain,
  () => happens(activated(step(1), 2, ben), accepted(ana)),
  heard('activated', (at) => ({ type: 'follow', at, alertRevision: 2, update: tells('escalations') })),
  heard('accepted', (at) => ({ type: 'follow', at, alertRevision: 3, update: tells('actions') })),
  drain,
];

/** @returns how many points there were */
const tell = (point: CrashPoint): Promise<number> =>
  tellWithCrash(point, {
    story: story(),
    begin,
    repair: async (running) => {
      await clock.advance('1s');
      await running.posting.repeatInterrupted(timer, clock.now());
    },
  });

const told = async () => {
  const [message, ...others] = slack.channel(ops);
  expect(others).toEqual([]);
  expect(JSON.stringify(message?.blocks)).toContain('Accepted by a deleted user.');
  expect(slack.thread(message as SlackMessage)).toEqual(['Escalated to level 2: a deleted user.', 'a deleted user accepted this alert.']);
};

describe('a message in a channel', () => {
  beforeEach(() => happens(raised(), activated(step(0), 1, ana)));

  const POINTS = 15;
  it(`is told in ${POINTS} calls to the outside`, async () => {
    expect(await tell(CrashPoint.nowhere())).toBe(POINTS);
    await told();
  });

  describe.each(Array.from({ length: POINTS }, (_, index) => index + 1))('with a crash at call %i', (at) => {
    it.each(['before', 'after'] as const)(
      '%s it: stands there once, shows the newest, and its thread tells each thing once',
      async (when) => {
        expect(await tell(new CrashPoint(at, when))).toBe(at);
        await told();
      },
    );
  });
});

describe('an alert that is over', () => {
  it('before its message was sent is not shown any more, and that is on record', async () => {
    await happens(raised(), resolvedBy(user(ana), minute(1)));
    const running = begin(CrashPoint.nowhere());
    await heard('raised', (at) => ({ type: 'plan', at, alertId, alertRevision: 0, targets: [target()] }))(running);
    await drain(running);
    expect(slack.channel(ops)).toEqual([]);
    const state = await running.posts.of(alertId);
    expect(state?.posts[0]?.ended).toBe('resolved');
  });
});

describe('a channel with more than Slack takes', () => {
  it('is told all of it in the end, a new alert before edits and threads, and Slack never has to refuse', async () => {
    await happens(raised());
    const running = begin(CrashPoint.nowhere());
    const channels = Array.from({ length: 40 }, (_, index) => ({
      ...target(),
      linkId: (100 + index) as SlackLinkId,
      channelId: slack.team.addChannel(`c${index}`).id,
    }));
    await running.posts.change(
      alertId,
      { type: 'plan', at: clock.now(), alertId, alertRevision: 0, targets: channels },
      { causationId: 'p', correlationId: 'p' },
    );
    const due = async () =>
      ((await running.posts.of(alertId))?.posts ?? [])
        .filter(({ dueAt }) => dueAt !== null && dueAt <= clock.now())
        .map((post) => post.linkId);
    for (const id of await due()) await running.posting.attempt(timerOf({ alertId, linkId: id }));
    await happens(accepted(ana), activated(step(1), 2, ben));
    for (let revision = 1; revision <= 2; revision += 1)
      await heard(`f${revision}`, (at) => ({
        type: 'follow',
        at,
        alertRevision: revision,
        update: { kind: 'actions', tells: channels.map((each) => each.linkId) },
      }))(running);
    const isOver = async () => ((await running.posts.of(alertId))?.posts ?? []).every(({ dueAt }) => dueAt === null);
    for (let seconds = 0; seconds < 600 && !(await isOver()); seconds += 1) {
      for (const id of await due()) await running.posting.attempt(timerOf({ alertId, linkId: id }));
      await clock.advance('1s');
    }
    expect(await isOver()).toBe(true);
    expect(slack.calls.filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
    expect(slack.team.messages).toHaveLength(40 * 3);
    // Three things wait in each channel; all forty new alerts were there before the first of them.
    expect(slack.calls.slice(0, 40).every(({ method, given }) => method === 'chat.postMessage' && given['thread_ts'] === undefined)).toBe(
      true,
    );
  });
});
