import { factRoutes, topics } from '@tocsin/contracts';
import { MessageBusInBetween } from '@tocsin/messaging';
import type { MessageBus, OutgoingMessage } from '@tocsin/messaging';
import { createLogger, newUuid } from '@tocsin/platform';
import { WebhookReceiver } from '@tocsin/testing';
import { World } from '../../acceptance/src/world';
import { eventsOf } from './around';
import { golden, goldenEvent, goldenEvents, goldenNames, goldenTopics } from './golden';

jest.setTimeout(120_000);

/** What this version says is written down, and does not arrive where only messages of old are to be read. */
class Said {
  readonly messages: (OutgoingMessage & { readonly topic: string })[] = [];
  silent: readonly string[] = [];
  private inner!: MessageBus;

  readonly around = {
    bus: (inner: MessageBus): MessageBus => {
      this.inner = inner;
      return new SilencedBus(inner, this);
    },
  };

  publish(topic: string, messages: readonly OutgoingMessage[]): Promise<void> {
    return this.inner.publish(topic, messages);
  }
}

class SilencedBus extends MessageBusInBetween {
  constructor(
    inner: MessageBus,
    private readonly said: Said,
  ) {
    super(inner);
  }

  override async publish(topic: string, messages: readonly OutgoingMessage[]): Promise<void> {
    this.said.messages.push(...messages.map((message) => ({ ...message, topic })));
    if (!this.said.silent.includes(topic)) await super.publish(topic, messages);
  }
}

/** A world on which nothing is configured yet. */
const bare = async (silent: readonly string[] = [], env: Readonly<Record<string, string>> = {}) => {
  const said = new Said();
  said.silent = silent;
  const world = await World.start({ around: said.around, log: createLogger({ level: 'silent' }) }, env);
  /** Each of them has its effect before the next. */
  const hears = async (topic: string, name: string, ...which: readonly number[]): Promise<void> => {
    const messages = golden(topic, name);
    for (const message of which.length === 0 ? messages : which.map((index) => messages[index])) {
      if (message === undefined) throw new Error(`there is no such example of ${name}`);
      await said.publish(topic, [message]);
      await world.settle();
    }
  };
  return { world, said, hears };
};

/** The world in which the golden messages were said: the same people, policies and sources under the same ids. */
const start = async (silent: readonly string[] = [], env: Readonly<Record<string, string>> = {}) => {
  const told = await bare(silent, env);
  const { world } = told;
  const [ana, ben] = [await world.person('ana'), await world.person('ben')];
  const nights = await world.shifts('Nights', [{ userId: ben, start: '2026-01-05T18:00', end: '2026-01-06T06:00' }]);
  const schedule = { type: 'schedule', scheduleId: nights } as const;
  const people = await world.policy([
    { targets: [{ type: 'user', userId: ana }], timeoutMin: 5 },
    { targets: [{ type: 'user', userId: ben }, schedule], timeoutMin: 5 },
  ]);
  const nobody = await world.policy([{ targets: [schedule] }]);
  await world.source(people);
  await world.source(people, { integrationType: 'PROMETHEUS' });
  await world.source(nobody);
  await world.settle();
  return told;
};

const seen = async (world: World, alertId: number) => ({
  status: (await world.alert(alertId)).status,
  timeline: await world.timeline(alertId),
  mails: world.mail.all().map(({ to, subject }) => `${to}: ${subject}`),
});

const PROBES = ['probealert-', 'probeescalation-', 'probenotification-'];
/** Of streams in which this version stores anything. */
const CATEGORIES = [
  ...['alert-', 'alertkey-', 'escalation-', 'notification-', 'sourcelog-', 'source-', 'policy-', 'schedule-', 'user-', 'team-', 'apikey-'],
  ...['archive-', 'duty-', 'erasure-', 'parked-', 'idblock-', 'lease-', 'signin-', 'verification-', 'vapidkeys-', ...PROBES],
];

const streams = async (world: World, ...prefixes: readonly string[]) =>
  (await eventsOf(world.platform.eventStore, ...prefixes)).map(({ stream, type }) => `${stream} ${type}`);

// A golden file is what some release has said on the bus: it is added with a version and never edited afterwards (P12).
describe('messages that only the bus holds, as an older version has said them', () => {
  const SILENT = [topics.toolEvents, topics.alertCommands, topics.resolutions, topics.notificationCommands];
  let told: Awaited<ReturnType<typeof start>>;
  beforeEach(async () => (told = await start(SILENT)));
  afterEach(async () => {
    const { body } = await told.world.get('/api/parked-messages');
    await told.world.stop();
    expect(body).toEqual([]);
  });

  it('lead from an event over answers to the end of its alert', async () => {
    const { world, hears } = told;
    await hears(topics.toolEvents, 'ToolEvent@1', 0);
    await hears(topics.resolutions, 'LevelResolved@1', 0);
    expect(await seen(world, 1)).toMatchSnapshot('paged');
    expect((await world.get('/api/alerts/1?include=customDetails')).body).toMatchObject({ summary: 'disk full', details: 'sda1 at 97 %' });
    await hears(topics.toolEvents, 'ToolEvent@1', 1);
    await hears(topics.alertCommands, 'AlertCommand@1', 0);
    await hears(topics.resolutions, 'LevelResolved@1', 1);
    await hears(topics.alertCommands, 'AlertCommand@1', 1);
    expect(await seen(world, 1)).toMatchSnapshot('accepted');
    await hears(topics.alertCommands, 'AlertCommand@1', 2);
    expect(await seen(world, 1)).toMatchSnapshot('resolved');
  });

  it('keep the members of a group apart, and say when nobody answered', async () => {
    const { world, hears } = told;
    await hears(topics.toolEvents, 'ToolEvent@1', 0, 2, 3);
    await hears(topics.resolutions, 'LevelResolved@1', 2);
    await world.advance('5m');
    await hears(topics.resolutions, 'LevelResolved@1', 3);
    await world.advance('5m');
    await hears(topics.resolutions, 'FallbackResolved@1', 0);
    expect(await seen(world, 2)).toMatchSnapshot();
  });

  it('say that nobody is on call', async () => {
    const { world, hears } = told;
    await hears(topics.toolEvents, 'ToolEvent@1', 0, 2);
    await world.advance('30m');
    await hears(topics.toolEvents, 'ToolEvent@1', 4);
    await hears(topics.resolutions, 'LevelResolved@1', 4);
    await hears(topics.resolutions, 'FallbackResolved@1', 1);
    expect(await seen(world, 3)).toMatchSnapshot();
  });

  it('accept and resolve in the name of a tool', async () => {
    const { world, hears } = told;
    await hears(topics.toolEvents, 'ToolEvent@1', 0, 5);
    expect((await world.alert(1)).status).toBe('ACCEPTED');
    await hears(topics.toolEvents, 'ToolEvent@1', 6);
    expect((await world.alert(1)).status).toBe('RESOLVED');
  });

  it('have a test sent', async () => {
    const { world, hears } = told;
    await world.advance('30m');
    await hears(topics.notificationCommands, 'SendTestNotification@1');
    expect(world.mailbox('ana').subjects).toHaveLength(1);
  });

  it('have a code sent', async () => {
    const { world, hears } = told;
    await world.advance('30m');
    await hears(topics.notificationCommands, 'SendVerificationCode@1');
    expect(world.mailbox('ana').subjects).toHaveLength(1);
  });

  it('have a sign-in link sent', async () => {
    const { world, hears } = told;
    await world.advance('30m');
    await hears(topics.notificationCommands, 'SendSignInLink@1');
    expect(world.mailbox('ana').subjects).toEqual(['Your sign-in link for Tocsin']);
  });

  it('have people told of their shifts', async () => {
    const { world, hears } = told;
    const ben = world.platform.configuration.find('user', 'username', 'ben');
    await world.changePerson(ben?.id as never, (user) => ({
      ...user,
      messagePreferences: [
        { list: 'duties', id: 900 as never, type: 'ON_CALL', method: 'EMAIL', contactId: ben?.contacts[0]?.id as never, beforeMin: 60 },
      ],
    }));
    await world.advance('30m');
    await hears(topics.notificationCommands, 'SendDutyNotice@1');
    expect(world.mailbox('ben').subjects).toEqual([
      'Your shift in Nights begins at 19:00 CET on Mon, 5 Jan 2026',
      'Your shifts in Nights have changed',
    ]);
  });

  it('say that nothing reaches a device any more', async () => {
    const { world, hears } = told;
    const device = { id: 1, type: 'WEB_PUSH', name: 'Phone', address: { hash: 'h', cipher: 'c' }, addedAt: world.clock.now() };
    await world.changePerson(100 as never, (user) => ({ ...user, pushDevices: [device as never] }));
    await world.settle();
    await hears(topics.contactReports, 'PushDeviceGone@1');
    expect(world.platform.configuration.get('user', 100)).toMatchObject({ pushDevices: [], lostPushDevices: [{ id: 1, reason: 'gone' }] });
  });

  it('say what became of a message', async () => {
    const { world, hears } = told;
    const begun = ['NotificationPlanned@1', 'AttemptStarted@1'].flatMap((name) => goldenEvent(name).slice(0, 1));
    const numbered = begun.map((event) => ({ ...event, id: newUuid() }));
    await world.platform.eventStore.append('notification-1-1-102', 'no_stream', numbered);
    await hears(topics.notificationCommands, 'NotificationReceipt@1', 0);
    expect(await streams(world, 'notification-')).toContain('notification-1-1-102 Delivered');
  });

  it('say that a call has ended in which nobody pressed a key (B25)', async () => {
    const { world, hears } = told;
    const begun = ['NotificationPlanned@1', 'AttemptStarted@1'].flatMap((name) => goldenEvent(name).slice(0, 1));
    const numbered = begun.map((event) => ({ ...event, id: newUuid() }));
    await world.platform.eventStore.append('notification-1-1-102', 'no_stream', numbered);
    await hears(topics.notificationCommands, 'CallOver@1');
    // Once, however often it is said; what stands in where no provider is set up is not asked either.
    expect((await streams(world, 'notification-')).filter((line) => line === 'notification-1-1-102 NotificationFailed')).toHaveLength(1);
  });

  it('raise an alert for whoever asked for it where they chat', async () => {
    const { world, hears } = told;
    await hears(topics.alertCommands, 'RaiseAlert@1');
    const about = { summary: 'the shop is down', status: 'PENDING' };
    expect((await world.get('/api/alerts/7001')).body).toMatchObject({ ...about, details: 'since 9', priority: 'LOW' });
    expect((await world.get('/api/alerts/7002')).body).toMatchObject({ ...about, priority: 'HIGH' });
  });

  it('give an alert to another policy, for an action and for a person', async () => {
    const { world, hears } = told;
    await hears(topics.toolEvents, 'ToolEvent@1', 0);
    await hears(topics.alertCommands, 'AssignToPolicy@1');
    expect((await world.timeline(1)).filter((line) => line.includes('assigned'))).toEqual([
      'Action #11 assigned it to policy policy 114',
      'Ana Tester assigned it to policy policy 112, by action #12',
    ]);
  });

  it('set off an alert action', async () => {
    const { world, hears } = told;
    await hears(topics.notificationCommands, 'InvokeAlertAction@1');
    expect(await streams(world, 'action-')).toContain('action-1-30 ActionTriggered');
  });

  it('carry a probe on', async () => {
    const { world, hears } = told;
    await hears(topics.toolEvents, 'PathProbe@1');
    await hears(topics.resolutions, 'PathProbe@1');
    expect(await streams(world, ...PROBES)).toMatchSnapshot();
  });
});

describe('what somebody has done in Slack, as an older version has said it', () => {
  it('ends a workspace that was left', async () => {
    const { world, hears } = await bare([], { SLACK_CLIENT_ID: 'client', SLACK_CLIENT_SECRET: 'secret', SLACK_SIGNING_SECRET: 'signing' });
    try {
      await world.platform.configurationStore.create(
        'slackworkspace',
        (id, now) =>
          ({
            id,
            name: 'Ours',
            teamId: 'T1',
            botUserId: 'B1',
            tokenCipher: world.platform.secrets.encrypt('xoxb'),
            active: true,
            createdAt: now,
            updatedAt: now,
          }) as never,
        { requestId: newUuid(), actor: { type: 'system', part: 'slack' } },
      );
      await hears(topics.notificationCommands, 'SlackRequestMade@1');
      expect(world.platform.configuration.list('slackworkspace')).toMatchObject([{ teamId: 'T1', active: false }]);
    } finally {
      await world.stop();
    }
  });
});

describe('what somebody has done in a chat with a bot, as an older version has said it', () => {
  it('closes the account of whoever has blocked the bot', async () => {
    const { world, hears } = await bare([], { TELEGRAM_BOT_TOKEN: '5551234:token', TELEGRAM_WEBHOOK_SECRET: 'secret' });
    try {
      const ana = await world.person('ana');
      await world.changePerson(ana, (user) => ({
        ...user,
        chatAccounts: [{ method: 'TELEGRAM', id: '700000001', address: '700000001', linkedAt: world.clock.now() }],
      }));
      await hears(topics.notificationCommands, 'ChatRequestMade@1');
      expect(world.platform.configuration.get('user', ana)?.chatAccounts).toMatchObject([{ closed: { reason: 'telegram: blocked' } }]);
    } finally {
      await world.stop();
    }
  });
});

describe('facts that an older version has copied to the bus', () => {
  it('start an escalation, and plan pages', async () => {
    const { world, hears } = await start([topics.alertFacts, topics.escalationFacts]);
    try {
      await hears(topics.alertFacts, 'AlertRaised@1');
      expect(await streams(world, 'escalation-')).toMatchSnapshot();
      await hears(topics.alertFacts, 'RespondersActivated@1');
      expect((await streams(world, 'notification-')).filter((line) => line.endsWith('Planned'))).toMatchSnapshot();
      await hears(topics.alertFacts, 'PathProbed@1');
      expect(await streams(world, ...PROBES)).toMatchSnapshot();
    } finally {
      await world.stop();
    }
  });

  it('ask oncall for the people of a level, and for those who are left', async () => {
    const { world, said, hears } = await start([topics.escalationFacts, topics.resolutions]);
    try {
      for (const name of ['LevelDue@1', 'NobodyFound@1', 'EscalationExhausted@1', 'PathProbed@1'])
        await hears(topics.escalationFacts, name);
      const answers = said.messages.filter(({ topic }) => topic === topics.resolutions);
      expect(answers.map(({ type, data }) => ({ type, data }))).toMatchSnapshot();
    } finally {
      await world.stop();
    }
  });

  it('set off what alert actions do for the own channel of an alert', async () => {
    const receiver = await WebhookReceiver.start();
    const { world, hears } = await start([], { TOCSIN_OUTGOING_ALLOW: receiver.url });
    try {
      const triggerTypes = ['alert-channel-attached', 'alert-channel-detached'];
      const params = { webhookUrl: receiver.url };
      await world.post('/api/alert-actions', { name: 'hook', connectorType: 'webhook', triggerTypes, params });
      await hears(topics.toolEvents, 'ToolEvent@1', 0);
      for (const name of ['AlertChannelMade@1', 'AlertChannelArchived@1']) await hears(topics.alertChannelFacts, name);
      await world.advance('2h');
      expect(receiver.bodies.map(({ id, eventType, channelId }) => ({ id, eventType, channelId }))).toMatchSnapshot();
    } finally {
      await world.stop();
      await receiver.stop();
    }
  });

  it('have the streams of archived alerts removed', async () => {
    const { world, hears } = await start();
    try {
      await hears(topics.toolEvents, 'ToolEvent@1', 0);
      const categories = ['alert-', 'escalation-', 'notification-'];
      expect(new Set((await streams(world, ...categories)).map((line) => line.split('-')[0])).size).toBe(categories.length);
      await hears(topics.archiveFacts, 'AlertsArchived@1');
      expect(await streams(world, ...categories)).toEqual([]);
    } finally {
      await world.stop();
    }
  });

  it('configure', async () => {
    const { world, hears } = await bare();
    try {
      const { configuration } = world.platform;
      await hears(topics.configuration, 'ResourceConfigured@1');
      for (const message of golden(topics.configuration, 'ResourceConfigured@1')) {
        const { kind, resource } = message.data as { readonly kind: 'user'; readonly resource: { readonly id: number } };
        expect(configuration.get(kind, resource.id)).toEqual(resource);
      }
      const [gone] = golden(topics.configuration, 'ResourceDeleted@1');
      await hears(topics.configuration, 'ResourceDeleted@1');
      expect(configuration.get('user', Number(gone?.key?.replace('user-', '')))).toBeUndefined();
      await hears(topics.configuration, 'TopicCompleted@1');
    } finally {
      await world.stop();
    }
  });
});

describe('messages that an older version has parked', () => {
  it('are listed until they are replayed or discarded', async () => {
    const { world, hears } = await start();
    try {
      await hears('parked', 'MessageParked@1');
      const parked = async () => (await world.get<{ id: string }[]>('/api/parked-messages')).body.map(({ id }) => id);
      const [first, second] = await parked();
      expect([first, second].toSorted()).toEqual(
        golden('parked', 'MessageParked@1')
          .map(({ key }) => key)
          .toSorted(),
      );
      expect((await world.get(`/api/parked-messages/${first}`)).body).toMatchSnapshot();
      await hears('parked', 'ParkedMessageRemoved@1');
      expect(await parked()).toEqual([]);
    } finally {
      await world.stop();
    }
  });
});

describe('what this version says and stores', () => {
  it('has a golden file for every topic', () => {
    expect(goldenTopics).toEqual([...Object.values(topics), 'parked'].toSorted());
  });

  it('has golden files of all versions, from the first on', () => {
    for (const name of [...goldenEvents, ...goldenTopics.flatMap(goldenNames)]) {
      const [type, version] = name.split('@');
      if (Number(version) > 1) expect([...goldenEvents, ...goldenTopics.flatMap(goldenNames)]).toContain(`${type}@${Number(version) - 1}`);
    }
  });

  it.each(goldenTopics.flatMap((topic) => goldenNames(topic).map((name) => [topic, name])))(
    'is what its file is called: %s/%s',
    (topic, name) => {
      const messages = golden(topic, name);
      expect(messages.length).toBeGreaterThan(0);
      for (const { type, schemaVersion } of messages) expect(`${type}@${schemaVersion}`).toBe(name);
    },
  );

  it('is of a version that there is a golden file of', async () => {
    const { world, said, hears } = await start();
    try {
      await hears(topics.toolEvents, 'ToolEvent@1');
      await hears(topics.notificationCommands, 'SendTestNotification@1');
      await world.advance('30m');
      const facts = new Set<string>(factRoutes.map(({ topic }) => topic));
      const files = (topic: string) => [...goldenNames(topic), ...(facts.has(topic) ? goldenEvents : [])];
      const without = said.messages.filter(({ topic, type, schemaVersion }) => !files(topic).includes(`${type}@${schemaVersion}`));
      expect(without).toEqual([]);
      expect(said.messages.length).toBeGreaterThan(20);
      const stored = (await eventsOf(world.platform.eventStore, ...CATEGORIES)).map(
        ({ type, metadata }) => `${type}@${metadata.schemaVersion}`,
      );
      expect(stored.filter((name) => !goldenEvents.includes(name))).toEqual([]);
      expect(new Set(stored).size).toBeGreaterThan(10);
    } finally {
      await world.stop();
    }
  });
});
