import { actionKinds, actionSettings } from '@tocsin/alert-actions';
import { WebApiWorkspace } from '@tocsin/channels/slack';
import type { AssignToPolicy } from '@tocsin/contracts';
import { actionStream, alertDecider, alertStream, defined, instant } from '@tocsin/domain';
import type {
  ActionEventOf,
  AlertAction,
  AlertActionId,
  AlertEvent,
  AlertEventOf,
  AlertSource,
  Connector,
  ConnectorId,
  EscalationPolicy,
  EscalationPolicyId,
  Instant,
} from '@tocsin/domain';
import { accepted, alertId, ana, minute, raised, resolvedBy, source } from '@tocsin/domain/testing';
import { CommandHandler } from '@tocsin/event-store';
import type { EventStore, StoredEvent } from '@tocsin/event-store';
import { EmbeddedEventStore } from '@tocsin/event-store/embedded';
import { completion, CONFIGURATION_TOPIC, ConfigurationReader, MessageBusInBetween, topicDefinitions } from '@tocsin/messaging';
import type { OutgoingMessage } from '@tocsin/messaging';
import { EmbeddedMessageBus } from '@tocsin/messaging/embedded';
import { createLogger, Metrics, newUuid, SecretBox, WoundClock } from '@tocsin/platform';
import { SlackServer, WebhookReceiver } from '@tocsin/testing';
import type { SlackChannel, SlackMessage } from '@tocsin/testing';
import { ConfigurationThen } from '../configuration-then';
import { SlackBudget } from '../slack/slack-budget';
import { SlackComposer } from '../slack/slack-composer';
import { SlackTeam } from '../slack/slack-team';
import { Crash, CrashPoint, crashing } from '../testing/crash-point';
import { tellWithCrash } from '../testing/crash-story';
import { logInADirectory } from '../testing/log-in-a-directory';
import { actionChats } from './action-chats';
import { ActionConditions } from './action-conditions';
import { ActionDelivery } from './action-delivery';
import { ActionMail } from './action-mail';
import { ActionPlanner } from './action-planner';
import { ActionReroutes } from './action-reroutes';
import { ActionSlack } from './action-slack';
import { ActionStreams } from './action-streams';
import { Kinds } from './kinds';
import { StoredParams } from './stored-params';

const actionId = 11 as AlertActionId;
const stream = actionStream(alertId, actionId);
const secrets = new SecretBox(['0123456789abcdef0123456789abcdef']);
const before = { createdAt: instant(0), updatedAt: instant(0) };

let receiver: WebhookReceiver;
let slack: SlackServer;
let ops: SlackChannel;
let opened: Awaited<ReturnType<typeof logInADirectory>>;
let eventStore: EventStore;
let bus: EmbeddedMessageBus;
let configuration: ConfigurationReader;
let clock: WoundClock;

beforeEach(async () => {
  clock = new WoundClock(minute(0));
  receiver = await WebhookReceiver.start();
  slack = await SlackServer.start({ now: () => clock.now() });
  ops = slack.team.addChannel('ops');
  opened = await logInADirectory();
  eventStore = new EmbeddedEventStore(opened.log);
  bus = new EmbeddedMessageBus(opened.log);
  configuration = new ConfigurationReader();
  await bus.declare(topicDefinitions);
  await bus.publish(CONFIGURATION_TOPIC.name, [completion(CONFIGURATION_TOPIC.name, clock.now())]);
  await configuration.start(bus);
  await configured({});
});
afterEach(async () => {
  await configuration.close();
  await opened.close();
  await receiver.stop();
  await slack.stop();
});

let revision = 0;
const configured = async (changes: Partial<AlertAction>, webhookUrl = `${receiver.url}/hook`): Promise<AlertAction> => {
  const action: AlertAction = {
    ...{ id: actionId, name: 'hook', type: 'webhook', sourceIds: [], triggerMode: 'AUTOMATIC', teamIds: [] },
    triggerTypes: ['alert-created', 'alert-resolved'],
    params: {},
    secretParams: secrets.encrypt(JSON.stringify({ webhookUrl, signingSecrets: ['a-secret-of-enough-length'] })),
    ...before,
    ...changes,
  };
  await published('alertaction', action);
  return action;
};

/** In its own stream, as the change of configuration itself is. */
const recorded = async (resource: AlertAction | AlertSource, kind = 'alertaction'): Promise<void> => {
  const metadata = { schemaVersion: 1, time: clock.now(), actor: source, correlationId: 'c', causationId: 'd' };
  const fact = { id: newUuid(), type: 'ResourceConfigured', data: { kind, resource }, metadata };
  await eventStore.append(`${kind}-${resource.id}`, 'any', [fact]);
};

const published = async (
  kind: 'alertaction' | 'connector' | 'policy' | 'source',
  resource: AlertAction | Connector | EscalationPolicy | AlertSource,
): Promise<void> => {
  const key = `${kind}-${resource.id}`;
  const data = { kind, resource };
  const fact = { stream: key, revision: revision++, position: '' };
  const ids = { id: newUuid(), correlationId: 'c', causationId: 'd' };
  await bus.publish(CONFIGURATION_TOPIC.name, [
    { ...ids, key, type: 'ResourceConfigured', schemaVersion: 1, time: clock.now(), fact, data },
  ]);
};

interface Running {
  readonly planner: ActionPlanner;
  readonly delivery: ActionDelivery;
}

const inSlack = (store: EventStore, point: CrashPoint): ActionSlack => {
  const settings = { baseUrl: slack.url, signingSecrets: [], token: () => slack.botToken, deadlineMs: 2_000 };
  const workspace = crashing(new WebApiWorkspace(settings), ['post', 'edit'], point);
  const team = new SlackTeam(workspace, configuration, true);
  return new ActionSlack({ workspace, team, composer: new SlackComposer(configuration), budget: new SlackBudget() }, store);
};

/** Stands in for the service of alerts: what is asked of it is done by the time that it is durable. */
class CarriedOut extends MessageBusInBetween {
  override async publish(topic: string, messages: readonly OutgoingMessage[]): Promise<void> {
    await super.publish(topic, messages);
    const handler = new CommandHandler({ store: eventStore, decider: alertDecider });
    for (const { id, data } of messages) {
      const { policyId, by, at, actionId: asking, from } = data as AssignToPolicy;
      const policy = { policyId, name: 'nights', rules: [], repeating: false, frequency: 1, delayMin: 0 };
      const command = { type: 'assign', by, at, to: { type: 'policy', policy }, ...defined({ actionId: asking, from }) } as const;
      const cause = { commandId: id, causationId: id, correlationId: 'c', actor: by, time: at };
      await handler.handle(alertStream(alertId), command, cause);
    }
  }
}

/** A process begins, which knows what is on record and nothing else. */
const begin = (point: CrashPoint): Running => {
  const store = crashing(eventStore, ['append'], point);
  const streams = new ActionStreams(store, clock, new Metrics());
  const kinds = actionKinds(actionSettings({ outgoingAllow: [receiver.url], githubApiBaseUrl: 'https://github.invalid' }), {
    mail: new ActionMail(() => []),
    slack: inSlack(store, point),
    chats: actionChats,
    reroutes: new ActionReroutes({
      ...{ eventStore: store, configuration, clock, visibleWithinMs: 0 },
      bus: crashing(new CarriedOut(bus), ['publish'], point),
    }),
  });
  const past = new ConfigurationThen(store, configuration);
  const conditions = new ActionConditions(configuration, past);
  const log = createLogger({ level: 'silent' });
  const delivery = new ActionDelivery({
    ...{ streams, eventStore: store, configuration, conditions, secrets, clock, log },
    // What these call is counted call by call.
    kinds: new Kinds(kinds.map((kind) => (['slack', 'reroute'].includes(kind.type) ? kind : crashing(kind, ['run'], point)))),
    stored: new StoredParams(secrets),
    settings: { publicUrl: 'http://tocsin.test', listeningUrl: '', reachableMethods: new Set(), visibleWithinMs: 0 },
    random: () => 0,
  });
  return { planner: new ActionPlanner({ eventStore: store, configuration, streams, past, conditions, log }, new Metrics()), delivery };
};

const happens = async (event: AlertEvent): Promise<void> => {
  const metadata = { schemaVersion: 1, time: clock.now(), actor: source, correlationId: 'c', causationId: 'd' };
  await eventStore.append(alertStream(alertId), 'any', [{ id: newUuid(), type: event.type, data: event.data, metadata }]);
};

/** The newest fact is heard, as often as it takes until somebody is done with it. */
const heard = async ({ planner }: Running): Promise<void> => {
  const stored = (await eventStore.readStream(alertStream(alertId))).at(-1);
  if (stored === undefined) throw new Error('nothing has happened');
  const { id, type, data, position } = stored;
  await planner.plan({ event: { type, data } as AlertEvent, alertId, id, position }, { causationId: id, correlationId: 'c' });
};
const fired = ({ delivery }: Running): Promise<void> => delivery.attempt(stream);

/** An alert of its own, of which the actions hear. */
const raisedFor = async ({ planner }: Running, id: typeof alertId): Promise<void> => {
  const metadata = { schemaVersion: 1, time: clock.now(), actor: source, correlationId: 'c', causationId: 'd' };
  const { type, data } = raised({ alertId: id });
  const fact = { id: newUuid(), type, data, metadata };
  await eventStore.append(alertStream(id), 'no_stream', [fact]);
  const [stored] = await eventStore.readStream(alertStream(id));
  await planner.plan(
    { event: { type, data } as AlertEvent, alertId: id, id: fact.id, position: stored?.position as never },
    { causationId: fact.id, correlationId: 'c' },
  );
};

const story: readonly ((running: Running) => Promise<void>)[] = [
  () => happens(raised()),
  heard,
  fired,
  async () => {
    await clock.advance('3m');
    await happens(resolvedBy(source, minute(3)));
  },
  heard,
  fired,
];

/** @returns how many points there were */
const tell = (point: CrashPoint): Promise<number> =>
  tellWithCrash(point, {
    story,
    begin,
    repair: async (running) => {
      await clock.advance('1s');
      await running.delivery.repeatInterrupted([stream], clock.now());
    },
  });

const deliveries = () =>
  receiver.received.map(({ headers, body }) => [(JSON.parse(body) as { eventType: string }).eventType, headers['x-tocsin-delivery']]);
const attempts = async () =>
  (await eventStore.readStream(stream)).flatMap(({ type, data }) =>
    type === 'ActionAttempted' ? [data as ActionEventOf<'ActionAttempted'>['data']] : [],
  );

describe('what an action does for an alert', () => {
  const POINTS = 8;
  /** The receiver was called, and nobody wrote down what came of it. */
  const CALLED: readonly (readonly [number, 'before' | 'after'])[] = [3, 7].flatMap((call) => [
    [call, 'after'] as const,
    [call + 1, 'before'] as const,
  ]);
  /** An attempt is on record, and nobody knows whether the receiver was called. */
  const BEGUN = [...CALLED, ...[2, 6].flatMap((call) => [[call, 'after'] as const, [call + 1, 'before'] as const])];
  const isOne = (of: readonly (readonly [number, string])[], at: number, when: string) =>
    of.some(([call, side]) => call === at && side === when);

  it(`is done in ${POINTS} calls to the outside`, async () => {
    expect(await tell(CrashPoint.nowhere())).toBe(POINTS);
    expect(deliveries().map(([event]) => event)).toEqual(['alert-created', 'alert-resolved']);
  });

  describe.each(Array.from({ length: POINTS }, (_, index) => index + 1))('with a crash at call %i', (at) => {
    it.each(['before', 'after'] as const)(
      '%s it: is done in its order, and twice, under one delivery id and marked so, only where it may have been done',
      async (when) => {
        expect(await tell(new CrashPoint(at, when))).toBe(at);
        const told = deliveries();
        const distinct = [...new Map(told.map(([event, id]) => [id, event])).values()];
        expect(distinct).toEqual(['alert-created', 'alert-resolved']);
        expect(told).toHaveLength(isOne(CALLED, at, when) ? 3 : 2);
        const marked = (await attempts()).filter(({ possiblyDuplicate }) => possiblyDuplicate);
        expect(marked).toHaveLength(isOne(BEGUN, at, when) ? 1 : 0);
      },
    );
  });

  it('is not done any more when the action was switched off before the crash was repaired', async () => {
    const running = begin(new CrashPoint(3, 'before'));
    await happens(raised());
    await heard(running);
    await expect(fired(running)).rejects.toThrow(Crash);
    await configured({ triggerMode: 'MANUAL', triggerTypes: [], updatedAt: clock.now() });
    await clock.advance('1s');
    await begin(CrashPoint.nowhere()).delivery.repeatInterrupted([stream], clock.now());
    expect(receiver.received).toEqual([]);
    expect((await eventStore.readStream(stream)).at(-1)).toMatchObject({
      type: 'ActionCancelled',
      data: { reason: 'switched-off', possiblyDone: true },
    });
  });

  it('is never done where nobody may call, whatever is on record', async () => {
    await configured({}, 'https://169.254.169.254/latest/meta-data/');
    await tell(CrashPoint.nowhere());
    expect(receiver.received).toEqual([]);
    expect(
      (await eventStore.readStream(stream))
        .filter(({ type }) => type === 'ActionFailed')
        .map(({ data }) => (data as { reason: string }).reason),
    ).toEqual(['refused-url', 'refused-url']);
  });
});

describe('the conditions of an action', () => {
  const facts = () => eventStore.readStream(alertStream(alertId));
  const hear = async ({ planner }: Running, index: number): Promise<void> => {
    const { id, type, data, position } = (await facts())[index] as StoredEvent;
    await planner.plan({ event: { type, data } as AlertEvent, alertId, id, position }, { causationId: id, correlationId: 'c' });
  };
  const triggers = async () =>
    (await eventStore.readStream(stream)).flatMap(({ type, data }) =>
      type === 'ActionTriggered' ? [(data as ActionEventOf<'ActionTriggered'>['data']).trigger] : [],
    );

  it('are asked of the alert as it was after the fact, however late and often it is heard', async () => {
    await configured({
      conditions: "alert.status == PENDING and alert.summary == 'disk full'",
      triggerTypes: ['alert-created', 'alert-resolved'],
    });
    await happens(raised({ summary: 'disk full' }));
    await happens({ type: 'AlertSummaryChanged', data: { alertId, at: minute(1), summary: 'better', before: 'disk full' } });
    await happens(resolvedBy(source, minute(3)));
    for (const index of [0, 2, 0, 1, 2]) await hear(begin(CrashPoint.nowhere()), index);
    expect(await triggers()).toEqual(['alert-created']);
  });

  it('count as they were configured when the fact was recorded', async () => {
    await happens(raised());
    const action = await configured({ conditions: 'alert.status == RESOLVED' });
    await recorded(action);
    await happens(resolvedBy(source, minute(3)));
    await configured({ conditions: 'false', updatedAt: minute(4) });
    await hear(begin(CrashPoint.nowhere()), 1);
    expect(await triggers()).toEqual(['alert-resolved']);
  });

  it('see the source as it was configured then', async () => {
    const { sourceId } = (raised() as AlertEventOf<'AlertRaised'>).data;
    const named = (name: string, updatedAt: Instant) =>
      ({ id: sourceId, name, integrationKey: { hash: 'h', cipher: 'c' }, createdAt: instant(0), updatedAt }) as AlertSource;
    await recorded(named('before', instant(0)), 'source');
    await configured({ conditions: 'alert.alertSource.name == before' });
    await happens(raised());
    await published('source', named('after', minute(4)));
    await hear(begin(CrashPoint.nowhere()), 0);
    expect(await triggers()).toEqual(['alert-created']);
  });

  it('cancel what has waited, when its time has come and they do not hold', async () => {
    await configured({ conditions: "alert.summary == 'disk full'", triggerTypes: ['v-alert-not-resolved'], notResolvedDelaySec: 60 });
    await happens(raised({ summary: 'disk full' }));
    const running = begin(CrashPoint.nowhere());
    await heard(running);
    await happens({ type: 'AlertSummaryChanged', data: { alertId, at: minute(1), summary: 'better', before: 'disk full' } });
    await clock.advance('2m');
    await fired(running);
    expect(receiver.received).toEqual([]);
    expect((await eventStore.readStream(stream)).at(-1)).toMatchObject({
      type: 'ActionCancelled',
      data: { reason: 'conditions-not-met', possiblyDone: false },
    });
  });
});

describe('what an action shows in Slack', () => {
  const connectorId = 5 as ConnectorId;
  beforeEach(async () => {
    await published('connector', { id: connectorId, name: 'slack', type: 'slack', params: {}, ...before });
    await published('alertaction', slackAction());
  });
  const slackAction = (): AlertAction => ({
    ...{ id: actionId, name: 'ops', type: 'slack', connectorId, sourceIds: [], triggerMode: 'AUTOMATIC', teamIds: [] },
    triggerTypes: ['alert-created', 'alert-resolved'],
    params: { channelId: ops.id },
    ...before,
  });

  const shown = () => {
    const [message, ...others] = slack.channel(ops);
    expect(others).toEqual([]);
    expect(JSON.stringify(message?.blocks)).toContain('Resolved by');
    expect(slack.thread(message as SlackMessage)).toEqual([expect.stringMatching(/ resolved this alert\.$/)]);
  };
  const POINTS = 9;

  it(`is shown in ${POINTS} calls to the outside`, async () => {
    expect(await tell(CrashPoint.nowhere())).toBe(POINTS);
    shown();
  });

  describe.each(Array.from({ length: POINTS }, (_, index) => index + 1))('with a crash at call %i', (at) => {
    it.each(['before', 'after'] as const)('%s it: stands there once, and each thing is told once', async (when) => {
      expect(await tell(new CrashPoint(at, when))).toBe(at);
      shown();
    });
  });

  it('waits for its turn, on record, and Slack never has to refuse', async () => {
    const running = begin(CrashPoint.nowhere());
    const alerts = Array.from({ length: 12 }, (_, index) => 100 + index);
    for (const id of alerts) await raisedFor(running, id as typeof alertId);
    const streams = alerts.map((id) => actionStream(id as typeof alertId, actionId));
    for (let second = 0; second < 30; second += 1) {
      for (const each of streams) await running.delivery.attempt(each);
      await clock.advance('1s');
    }
    expect(slack.channel(ops)).toHaveLength(12);
    expect(slack.calls.filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
    const [held] = (await eventStore.readStream(streams.at(-1) ?? '')).filter(({ type }) => type === 'ActionHeldBack');
    expect(held?.data).toMatchObject({ run: 1, wakeAt: (held?.data as { readonly until: number }).until });
  });
});

describe('an alert that an action gives to another policy', () => {
  const policyId = 3 as EscalationPolicyId;
  const rerouting = (changes: Partial<AlertAction> = {}): AlertAction => ({
    ...{ id: actionId, name: 'nights', type: 'reroute', sourceIds: [], triggerMode: 'AUTOMATIC', teamIds: [] },
    triggerTypes: ['alert-created'],
    params: { escalationPolicyId: policyId },
    ...before,
    ...changes,
  });
  beforeEach(async () => {
    await published('policy', {
      ...{ id: policyId, name: 'nights', rules: [], repeating: false, frequency: 1, delayMin: 0, teamIds: [] },
      ...before,
    });
    await published('alertaction', rerouting());
  });
  const given: typeof story = [() => happens(raised()), heard, fired];
  const tellOf = (point: CrashPoint): Promise<number> =>
    tellWithCrash(point, {
      story: given,
      begin,
      repair: async (running) => {
        await clock.advance('1s');
        await running.delivery.repeatInterrupted([stream], clock.now());
      },
    });
  const said = async (of: string) => (await eventStore.readStream(of)).map(({ type }) => type);
  const POINTS = 4;

  it(`goes there in ${POINTS} calls to the outside`, async () => {
    expect(await tellOf(CrashPoint.nowhere())).toBe(POINTS);
    expect(await said(alertStream(alertId))).toEqual(['AlertRaised', 'AlertAssigned']);
  });

  describe.each(Array.from({ length: POINTS }, (_, index) => index + 1))('with a crash at call %i', (at) => {
    it.each(['before', 'after'] as const)('%s it: goes there once, and the action says so once', async (when) => {
      expect(await tellOf(new CrashPoint(at, when))).toBe(at);
      expect(await said(alertStream(alertId))).toEqual(['AlertRaised', 'AlertAssigned']);
      expect((await said(stream)).filter((type) => type === 'ActionSucceeded' || type === 'ActionFailed')).toEqual(['ActionSucceeded']);
    });
  });

  const endOf = async (): Promise<unknown> => (await eventStore.readStream(stream)).at(-1)?.data;

  it('stays where it is when the policy is gone', async () => {
    await published('alertaction', rerouting({ params: { escalationPolicyId: 4 } }));
    await tellOf(CrashPoint.nowhere());
    expect(await endOf()).toMatchObject({ reason: 'policy-gone' });
    expect(await said(alertStream(alertId))).toEqual(['AlertRaised']);
  });

  it.each([
    ['was resolved meanwhile', resolvedBy(source, minute(1)), 'alert-resolved'],
    ['was accepted meanwhile', accepted(ana, minute(1)), 'overtaken'],
  ])('stays where it is when it %s', async (_what, fact, reason) => {
    const running = begin(CrashPoint.nowhere());
    await happens(raised());
    await heard(running);
    await happens(fact);
    await fired(running);
    expect(await endOf()).toMatchObject({ reason });
    expect(await said(alertStream(alertId))).not.toContain('AlertAssigned');
  });

  it('that a person gives away may not be theirs to give by then', async () => {
    await happens(raised());
    const running = begin(CrashPoint.nowhere());
    const by = { type: 'user', userId: 99 } as never;
    const data = { alertId, actionId, trigger: 'manual', by, deliveryId: newUuid(), at: clock.now(), dueAt: clock.now() } as const;
    await new ActionStreams(eventStore, clock, new Metrics()).change(
      stream,
      { type: 'trigger', data },
      { commandId: 'm', causationId: 'm', correlationId: 'c' },
    );
    await published('alertaction', rerouting({ triggerMode: 'MANUAL', triggerTypes: [] }));
    await fired(running);
    expect(await endOf()).toMatchObject({ reason: 'unauthorised' });
  });
});

describe('a receiver that is slow', () => {
  it('is called eight times at once, and the rest wait for their turn', async () => {
    const answers: (() => void)[] = [];
    receiver.answer = (response) => void answers.push(() => response.end());
    const running = begin(CrashPoint.nowhere());
    const alerts = Array.from({ length: 12 }, (_, index) => 100 + index);
    for (const id of alerts) await raisedFor(running, id as typeof alertId);
    const all = Promise.all(alerts.map((id) => running.delivery.attempt(actionStream(id as typeof alertId, actionId))));
    while (answers.length < 8) await new Promise((resolve) => setImmediate(resolve));
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(receiver.received).toHaveLength(8);
    let isOver = false;
    void all.then(() => (isOver = true));
    while (!isOver) {
      answers.splice(0).forEach((answer) => answer());
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(receiver.received).toHaveLength(12);
  });
});
