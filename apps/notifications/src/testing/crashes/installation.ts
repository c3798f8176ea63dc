import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { actionSettings, alertActionsSchema } from '@tocsin/alert-actions';
import { channelSchema, closeChannels, openChannels, openChatBots, routesOf } from '@tocsin/channels';
import type {
  Channel,
  ChannelsByMethod,
  ChatBot,
  Correlation,
  OutgoingMessage,
  ShownAlert,
  ShownText,
  SlackWorkspace,
} from '@tocsin/channels';
import { RELAY, topics } from '@tocsin/contracts';
import type { AlertCommand as GivenAnswer } from '@tocsin/contracts';
import { alertDecider, alertStream, notificationStream, pacingDecider, pacingStream } from '@tocsin/domain';
import type { AlertEvent, AlertId, AlertPreference, IdKind, NotificationMethod, StoredSecret, User } from '@tocsin/domain';
import { EmbeddedLog } from '@tocsin/embedded-log';
import { CommandHandler } from '@tocsin/event-store';
import type { EventStore, Position, StoredEvent } from '@tocsin/event-store';
import { EmbeddedEventStore } from '@tocsin/event-store/embedded';
import { causeOf, topicDefinitions } from '@tocsin/messaging';
import type { BusConnection, Message, MessageBus } from '@tocsin/messaging';
import { EmbeddedMessageBus } from '@tocsin/messaging/embedded';
import { createLogger, hashSecret, newUuid, parseSettings, SecretBox, WoundClock } from '@tocsin/platform';
import type { Platform } from '@tocsin/platform';
import { startService } from '@tocsin/platform/nest';
import type { Service } from '@tocsin/platform/nest';
import { NOTIFICATIONS_VIEW } from '@tocsin/read-models';
import { EmbeddedReadStore } from '@tocsin/read-models/embedded';
import { sourceId } from '@tocsin/domain/testing';
import { Bundles } from '../../bundles/bundles';
import { callbackSettings } from '../../callback-settings';
import { NotificationsModule } from '../../notifications.module';
import { pushContext } from '../../push/push-context';
import { openSlack } from '../../slack/open-slack';
import { crashing } from '../crash-point';
import { NIGHT } from '../notifications-server';
import { Life, MortalBus, MortalClock, mortalParts, MortalStore } from './life';
import type { End } from './life';
import { Providers } from './providers';
import type { Received } from './providers';

/** No story has more. */
const ACTIVATIONS = [1, 2];
const METHODS: ReadonlySet<NotificationMethod> = new Set<NotificationMethod>([
  'EMAIL',
  'SMS',
  'VOICE',
  'PUSH',
  'TELEGRAM',
  'TEAMS',
  'SLACK',
]);

/** What stands between the process and its stores, and breaks a promise: to see that it would be noticed. */
export interface Broken {
  readonly eventStore?: (inner: EventStore) => EventStore;
  readonly bus?: (inner: MessageBus) => MessageBus;
}

/** Where and by what a person is paged. */
export type HowReached = Pick<User, 'contacts' | 'alertPreferences' | 'pushDevices' | 'chatAccounts' | 'slackAccount'>;

/** A notification that a provider was really asked to take. */
export interface Handed {
  readonly stream: string;
  readonly attempt: number;
  /** Of all that go out in one message the same. */
  readonly message: string;
}

/** What lasts: the stores, the providers and the time. The service comes and goes. */
export class Installation {
  readonly handed: Handed[] = [];
  private readonly people: User[] = [];
  life = new Life();
  private service!: Service;
  private starting!: ReturnType<typeof startService>;
  private channels: ChannelsByMethod = new Map();
  private answering!: BusConnection;
  private port = 0;
  private readonly secrets = new SecretBox(['0123456789abcdef0123456789abcdef']);

  private constructor(
    private readonly directory: string,
    private readonly log: EmbeddedLog,
    private readonly readStore: EmbeddedReadStore,
    readonly providers: Providers,
    private readonly broken: Broken,
    readonly clock: WoundClock,
    readonly eventStore: EventStore = new EmbeddedEventStore(log),
    private readonly bus: MessageBus = new EmbeddedMessageBus(log),
  ) {}

  static async open(broken: Broken = {}): Promise<Installation> {
    const directory = await mkdtemp(join(tmpdir(), 'tocsin-crashes-'));
    const onFailure = (error: Error): void => {
      throw error;
    };
    const log = await EmbeddedLog.open({ directory, onFailure });
    const readStore = await EmbeddedReadStore.open({ directory, onFailure });
    const clock = new WoundClock(NIGHT);
    const opened = new Installation(directory, log, readStore, await Providers.start(clock), broken, clock);
    await opened.takeAnswers();
    await opened.begin();
    return opened;
  }

  async close(): Promise<void> {
    await this.end();
    await this.answering.close();
    await this.readStore.close();
    await this.log.close();
    await this.providers.stop();
    await rm(this.directory, { recursive: true, force: true });
  }

  /** A process that knows what is on record and nothing else. */
  async begin(end?: End): Promise<void> {
    // What the one before had begun lies before what this one begins.
    await this.clock.advance(1_000);
    const life = (this.life = new Life());
    life.watch(end);
    const settings = parseSettings({ ...channelSchema, ...alertActionsSchema }, this.providers.environment);
    this.starting = startService({
      stores: {
        eventStore: new MortalStore(this.broken.eventStore?.(this.eventStore) ?? this.eventStore, life),
        bus: new MortalBus(this.broken.bus?.(this.bus) ?? this.bus, life),
        readStore: crashing(this.readStore, ['apply'], {
          // The timers are stored when the machine has time for it, and only to spare the next start reading.
          around: async (call, [view]) => {
            life.goesOn();
            return view === NOTIFICATIONS_VIEW ? life.around(`apply ${view}`, call) : call();
          },
        }),
      },
      module: async (platform) => {
        const push = pushContext(settings, platform);
        this.channels = await openChannels(settings, { publicUrl: () => platform.settings.publicUrl, push, outbox: false });
        const mortal = new Map(
          [...this.channels].map(([method, channels]) => [method, channels.map((channel) => this.mortal(channel, life))]),
        );
        const { slack } = await openSlack(settings, platform);
        return NotificationsModule.register(platform, {
          random: () => 0.5,
          channelsFor: (method) => mortal.get(method) ?? [],
          routes: routesOf(settings),
          push,
          bots: (await openChatBots(settings)).map((bot) => this.mortalBot(bot, life)),
          ...(slack === undefined ? {} : { slack: { ...slack, workspace: this.mortalSlack(slack.workspace, life) } }),
          actions: actionSettings(settings),
          callbacks: callbackSettings(settings),
        });
      },
      clock: new MortalClock(this.clock, life),
      log: createLogger({ level: 'silent' }),
      secrets: this.secrets,
      random: () => 0.5,
      host: '127.0.0.1',
      port: this.port,
      publicUrl: undefined,
      reachableMethods: METHODS,
      // Nobody here keeps the view of alerts that an answer would wait for.
      visibleWithinMs: 50,
      relays: true,
      ownership: mortalParts(life),
    });
    const { started } = this.starting;
    const service = await Promise.race([started.catch(unlessOver(life)), life.over]);
    // It ended before it was ready.
    if (service === undefined) return;
    this.service = service;
    this.port = Number(new URL(this.service.url).port);
    this.providers.callBackTo(this.service.url, this.clock);
    this.clock.settleWith(() => this.settle());
    await this.settle();
  }

  private get platform(): Platform {
    return this.service.platform;
  }

  /** Resolves when what the process had under way is over: an append that was on its way is on record, or is not. */
  async end(): Promise<void> {
    await this.starting.stop();
    await closeChannels(this.channels);
    this.clock.settleWith(async () => undefined);
    const { published, endsAfter } = this.life;
    // Once facts come again by themselves, once only what was not acknowledged does.
    if (endsAfter && published !== undefined) await this.eventStore.saveCheckpoint(RELAY, published as Position);
  }

  /** Until nothing moves any more, or the process has ended. */
  async settle(): Promise<void> {
    const { life } = this;
    for (;;) {
      await Promise.race([this.service.settle().catch(() => undefined), life.over]);
      if (life.isOver || (await this.answering.lag()) === 0) return;
      // All of that is answered from memory, and whoever answers alerts waits for a thread.
      await nextTurn();
    }
  }

  /** What others than this service put on record: an alert's facts. */
  async happens(alertId: AlertId, ...events: readonly AlertEvent[]): Promise<void> {
    const at = this.clock.now();
    const about = { schemaVersion: 1, time: at, actor: { type: 'system', part: 'spec' }, correlationId: 'c', causationId: 'd' } as const;
    await this.eventStore.append(
      alertStream(alertId),
      'any',
      events.map(({ type, data }) => ({ id: newUuid(), type, data: { ...data, alertId, at }, metadata: about })),
    );
  }

  /** As if three pages of the source had gone out there just now: what follows them is told together. */
  async hasHadEnough({ id: userId }: User, { method, contactId }: Pick<AlertPreference, 'method' | 'contactId'>): Promise<void> {
    const handler = new CommandHandler({ store: this.eventStore, decider: pacingDecider });
    const stream = pacingStream({ userId, method, purpose: 'page', ...(contactId === undefined ? {} : { contactId }) });
    const at = this.clock.now();
    for (const notificationId of [1, 2, 3]) {
      const page = {
        notification: `notification-0-${notificationId}-0`,
        notificationId,
        alertId: 0 as AlertId,
        sourceId,
        activation: 1,
        text: 0,
      };
      const about = {
        commandId: newUuid(),
        causationId: 'd',
        correlationId: 'c',
        actor: { type: 'system', part: 'spec' },
        time: at,
      } as const;
      await handler.handle(stream, { type: 'pace', at, method, page, arrived: [] }, about);
    }
  }

  async alertEvents(alertId: AlertId): Promise<readonly StoredEvent[]> {
    return this.eventStore.readStream(alertStream(alertId));
  }

  /** All that was sent about these alerts. */
  received(alertIds: readonly AlertId[]): readonly Received[] {
    const isAbout = ({ stream }: Handed): boolean => alertIds.some((alertId) => stream.startsWith(`notification-${alertId}-`));
    return this.providers.received(alertIds, new Set(this.handed.filter(isAbout).map(({ message }) => message)));
  }

  /** What was planned for the person in the alert's first activations, by their streams. */
  async notifications(alertId: AlertId, { alertPreferences }: User): Promise<ReadonlyMap<string, readonly StoredEvent[]>> {
    const streams = ACTIVATIONS.flatMap((activation) => alertPreferences.map(({ id }) => notificationStream(alertId, activation, id)));
    const read = await Promise.all(streams.map(async (stream) => [stream, await this.eventStore.readStream(stream)] as const));
    return new Map(read.filter(([, events]) => events.length > 0));
  }

  /** `sealed`: how an address is kept that whoever knows it can write to. */
  async person(
    about: (next: (kind: IdKind) => Promise<number>, sealed: (address: string) => StoredSecret) => Promise<HowReached>,
  ): Promise<User> {
    const { ids, configurationStore } = this.platform;
    const sealed = (address: string): StoredSecret => ({ hash: hashSecret(address), cipher: this.secrets.encrypt(address) });
    const reached = await about((kind) => ids.next(kind), sealed);
    const user = await configurationStore.create(
      'user',
      (id, now) => ({
        id,
        username: `ana${id}`,
        firstName: 'Ana',
        lastName: 'Example',
        email: `ana${id}@example.org`,
        timezone: 'Europe/Berlin',
        language: 'en',
        role: 'RESPONDER',
        ...reached,
        createdAt: now,
        updatedAt: now,
      }),
      { requestId: newUuid(), actor: { type: 'system', part: 'spec' } },
    );
    await this.settle();
    this.people.push(user);
    return user;
  }

  private mortal(channel: Channel, life: Life): Channel {
    const { provider } = channel;
    return crashing(channel, ['send'], {
      around: async (call, [message]) =>
        life.around(`send by ${provider}`, async () => {
          const { correlation } = message as OutgoingMessage;
          if (correlation !== undefined) await this.handOver(correlation);
          return call();
        }),
    });
  }

  /** It pages, and shows what came of answers. */
  private mortalBot(bot: ChatBot, life: Life): ChatBot {
    const { provider } = bot;
    const named = (port: ChatBot, method: 'post' | 'edit' | 'acknowledge'): ChatBot =>
      crashing(port, [method], {
        around: async (call, [, content]) =>
          life.around(`${method} by ${provider}`, async () => {
            if (method === 'post') await this.handOverInChat(content as ShownAlert | ShownText);
            return call();
          }),
      });
    return named(named(named(bot, 'post'), 'edit'), 'acknowledge');
  }

  private mortalSlack(workspace: SlackWorkspace, life: Life): SlackWorkspace {
    const named = (port: SlackWorkspace, method: 'post' | 'edit' | 'answer'): SlackWorkspace =>
      crashing(port, [method], {
        around: async (call, [message]) =>
          life.around(`${method} by slack`, async () => {
            if (method === 'post') await this.handOverInChat((message as Parameters<SlackWorkspace['post']>[0]).content);
            return call();
          }),
      });
    return named(named(named(workspace, 'post'), 'edit'), 'answer');
  }

  private async handOver({ stream, attempt }: Correlation): Promise<void> {
    const message = `${stream} ${attempt}`;
    const bundled = Bundles.isBundle(stream) ? await new Bundles(this.eventStore, this.clock).read({ stream, attempt }) : undefined;
    for (const page of bundled?.pages ?? [{ notification: stream, attempt }])
      this.handed.push({ stream: page.notification, attempt: page.attempt, message });
  }

  /** A bot is not told which attempt it writes for: the one that has no outcome. */
  private async handOverInChat(content: ShownAlert | ShownText): Promise<void> {
    if (content.type !== 'alert') return;
    for (const person of this.people)
      for (const [stream, events] of await this.notifications(content.id, person)) {
        const attempt = events.at(-1);
        if (attempt?.type === 'AttemptStarted') await this.handOver({ stream, attempt: (attempt.data as { attempt: number }).attempt });
      }
  }

  /** What alerts does with answers. It is not what ends here. */
  private async takeAnswers(): Promise<void> {
    await this.bus.declare(topicDefinitions);
    const alerts = new CommandHandler({ store: this.eventStore, decider: alertDecider });
    const answer = async (message: Message): Promise<void> => {
      const { alertId, ...command } = message.data as GivenAnswer;
      const context = { commandId: message.id, ...causeOf(message), actor: command.by, time: this.clock.now() };
      await alerts.handle(alertStream(alertId), command, context);
      this.answering.commit(message.partition, message.offset + 1);
    };
    this.answering = await this.bus.connect(topics.alertCommands, 'alerts', {
      receive: async (messages) => {
        for (const message of messages) await answer(message);
      },
      revoked: async () => undefined,
    });
  }
}

const unlessOver =
  (life: Life) =>
  (error: unknown): undefined => {
    if (!life.isOver) throw error;
  };
