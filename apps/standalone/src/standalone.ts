import type { Channel } from '@tocsin/channels';
import { SmtpChannel } from '@tocsin/channels/email';
import { OutboxChannel } from '@tocsin/channels/outbox';
import { factRoutes, RELAY, topics } from '@tocsin/contracts';
import type { Clock, NotificationMethod } from '@tocsin/domain';
import { EmbeddedLog } from '@tocsin/embedded-log';
import type { CommitFaults } from '@tocsin/embedded-log';
import type { EventStore } from '@tocsin/event-store';
import { EmbeddedEventStore } from '@tocsin/event-store/embedded';
import { CONFIGURATION_TOPIC, ConfigurationReader, PARKED_TOPIC, Parking, Relay } from '@tocsin/messaging';
import type { MessageBus, Outcome } from '@tocsin/messaging';
import { EmbeddedMessageBus } from '@tocsin/messaging/embedded';
import { SignIn } from '@tocsin/oncall';
import {
  Background,
  ConfigurationStore,
  createLogger,
  IdAllocator,
  Metrics,
  SecretBox,
  secretKeyIn,
  SystemClock,
  Views,
} from '@tocsin/platform';
import type { Logger, Platform } from '@tocsin/platform';
import { configurationDirectory, createHttpApp, MessageTransport } from '@tocsin/platform/nest';
import { EmbeddedReadStore } from '@tocsin/read-models/embedded';
import { bootstrap } from './bootstrap';
import type { FirstStart } from './bootstrap';
import { busRetention } from './bus-retention';
import type { StandaloneSettings } from './config';
import { refuseWithoutLog } from './data-directory';
import { intakeFirst } from './intake-first';
import { StandaloneModule } from './standalone.module';

const METHODS: readonly NotificationMethod[] = ['EMAIL', 'SMS', 'PUSH', 'VOICE', 'WHATSAPP', 'TELEGRAM'];
const RETENTION_DAYS = 7;

const outcomeLevels: Readonly<Record<Outcome['outcome'], 'debug' | 'info' | 'warn' | 'error'>> = {
  handled: 'debug',
  repeated: 'debug',
  'not-for-this-group': 'debug',
  refused: 'info',
  retrying: 'warn',
  parked: 'error',
};

/** What a test puts in place of the world outside. */
export interface StandaloneParts {
  readonly clock?: Clock;
  readonly log?: Logger;
  readonly random?: () => number;
  /** In place of SMTP and the outbox. */
  readonly channelFor?: (method: NotificationMethod) => Channel | undefined;
  /** Told once, just before the key that it tells is made: whoever is killed in between is told another one at the next start. */
  readonly onFirstStart?: (first: ToldOnce) => void;
  /** The log cannot be written any more: the process has to end. */
  readonly onFailure?: (error: Error) => void;
  /** What happens to commits. */
  readonly faults?: CommitFaults;
  /** Between the services and their adapters: what is listened to, held up or broken there. */
  readonly around?: {
    readonly bus?: (bus: MessageBus) => MessageBus;
    readonly eventStore?: (eventStore: EventStore) => EventStore;
  };
}

export type ToldOnce = FirstStart & { readonly signInUrl: string; readonly publicUrl: string };

export interface Standalone {
  readonly url: string;
  readonly platform: Platform;
  /** On the first start, what was told. */
  readonly firstStart?: ToldOnce;
  /** Resolves when everything that was set off has had its effect. */
  settle(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts everything in one process on one data directory; nothing stays open when that fails. @throws DataDirectoryRefused */
export const startStandalone = async (settings: StandaloneSettings, parts: StandaloneParts = {}): Promise<Standalone> => {
  const opened = new Opened();
  try {
    return await start(settings, parts, opened);
  } catch (error) {
    // Why it could not start is what counts, whatever becomes of the rest.
    await opened.close().catch((cause: unknown) => parts.log?.warn({ err: cause }, 'could not close after a failed start'));
    throw error;
  }
};

/** What has to be closed, the other way round: at the stop, or when a later step of the start fails. */
class Opened {
  private readonly closings: (() => Promise<unknown>)[] = [];
  private closing: Promise<void> | undefined;

  add(close: () => Promise<unknown>): void {
    this.closings.push(close);
  }

  close(): Promise<void> {
    return (this.closing ??= this.closeAll());
  }

  private async closeAll(): Promise<void> {
    for (const close of this.closings.reverse()) await close();
  }
}

const start = async (settings: StandaloneSettings, parts: StandaloneParts, opened: Opened): Promise<Standalone> => {
  const log = parts.log ?? createLogger({ level: settings.logLevel });
  const random = parts.random ?? Math.random;
  const clock = parts.clock ?? new SystemClock();
  const onFailure = parts.onFailure ?? (() => undefined);
  refuseWithoutLog(settings.dataDirectory);
  // Before anything is opened: a key that is too short is a mistake in the settings.
  const secrets = SecretBox.fromSetting(settings.secretKey ?? secretKeyIn(settings.dataDirectory));
  const embeddedLog = await EmbeddedLog.open({
    directory: settings.dataDirectory,
    onFailure,
    ...(parts.faults === undefined ? {} : { faults: parts.faults }),
  });
  opened.add(() => embeddedLog.close());
  const embeddedStore = new EmbeddedEventStore(embeddedLog);
  const embeddedBus = new EmbeddedMessageBus(embeddedLog, { now: () => clock.now() });
  const eventStore = parts.around?.eventStore?.(embeddedStore) ?? embeddedStore;
  const bus = parts.around?.bus?.(embeddedBus) ?? embeddedBus;
  const readStore = await EmbeddedReadStore.open({ directory: settings.dataDirectory, onFailure });
  opened.add(() => readStore.close());
  const configuration = new ConfigurationReader();
  opened.add(() => configuration.close());
  const ids = new IdAllocator({ eventStore, clock });
  const background = new Background();
  let listeningUrl = `http://${settings.host}:${settings.port}`;
  const platform: Platform = {
    eventStore,
    bus,
    readStore,
    clock,
    ids,
    configuration,
    configurationStore: new ConfigurationStore({ eventStore, configuration, ids, clock }),
    secrets,
    log,
    background,
    views: new Views(eventStore, readStore),
    settings: {
      get publicUrl() {
        return settings.publicUrl ?? listeningUrl;
      },
      reachableMethods: new Set(METHODS.filter((method) => (parts.channelFor ?? (() => true))(method) !== undefined)),
      visibleWithinMs: 2_000,
    },
  };

  const parking = new Parking(bus, clock);
  await bus.declare([
    CONFIGURATION_TOPIC,
    PARKED_TOPIC,
    ...[
      topics.toolEvents,
      topics.alertCommands,
      topics.alertFacts,
      topics.escalationFacts,
      topics.resolutions,
      topics.notificationCommands,
    ].map((name) => ({ name, compacted: false, retentionDays: RETENTION_DAYS })),
  ]);
  const relay = new Relay({
    eventStore,
    bus,
    routes: factRoutes,
    name: RELAY,
    parking,
    random,
    onFault: ({ doing, error }) => log.warn({ doing, err: error }, 'relay waits'),
  });
  background.add('relay', relay);
  background.add('bus retention', busRetention(embeddedBus, clock, log));
  await configuration.start(bus);

  const channels = channelsOf(settings, () => platform.settings.publicUrl);
  opened.add(() => Promise.all([...channels.values()].map((channel) => channel.close())));
  opened.add(() => background.stop());
  const app = await createHttpApp(
    StandaloneModule.register(platform, { random, soleSender: true, channelFor: parts.channelFor ?? ((method) => channels.get(method)) }),
    {
      log,
      metrics: new Metrics({ process: true }),
      clock,
      secrets,
      credentials: configurationDirectory(configuration),
      waiting: () => background.waiting(),
      ...(settings.publicUrl === undefined ? {} : { publicUrl: settings.publicUrl }),
    },
  );
  opened.add(() => app.close());
  const transport = new MessageTransport({
    bus,
    parking,
    random,
    concurrency: intakeFirst(embeddedBus),
    onOutcome: ({ outcome, message, group, tries, durationMs, ...more }) => {
      const { topic, type, id: messageId, correlationId } = message;
      const fields = { outcome, topic, group, type, messageId, correlationId, tries, durationMs };
      log[outcomeLevels[outcome]]({ ...fields, ...('error' in more ? { err: more.error } : {}) }, 'message handled');
    },
    onConnectFault: (error) => log.warn({ err: error }, 'the message bus is not reached'),
  });
  // Nest starts and stops it; here it says how far it is.
  background.add('consumers', {
    start: () => undefined,
    stop: async () => undefined,
    settled: () => transport.settled(),
    lag: () => transport.lag(),
    waitsFor: () => (transport.connected ? undefined : transport.waitingFor().join(', ')),
  });
  app.connectMicroservice({ strategy: transport }, { inheritAppConfig: false });
  await background.start();
  await app.startAllMicroservices();
  await app.listen(settings.port, settings.host);
  listeningUrl = (await app.getUrl()).replace(/\/+$/, '');
  let firstStart: ToldOnce | undefined;
  // Last of all: where it listens is part of what it tells.
  await bootstrap(
    { email: settings.bootstrapEmail, ...(settings.bootstrapApiKey === undefined ? {} : { apiKey: settings.bootstrapApiKey }) },
    platform,
    (first) => {
      const signInUrl = new SignIn(platform).linkFor({ userId: first.adminUserId, role: 'ADMIN' });
      firstStart = { ...first, signInUrl, publicUrl: platform.settings.publicUrl };
      parts.onFirstStart?.(firstStart);
    },
  );

  return {
    url: listeningUrl,
    platform,
    ...(firstStart === undefined ? {} : { firstStart }),
    settle: () => background.settle(eventStore),
    stop: () => opened.close(),
  };
};

/** A provider for each method that has one set up; the outbox for all others. */
const channelsOf = (settings: StandaloneSettings, publicUrl: () => string): ReadonlyMap<NotificationMethod, Channel> => {
  const channels = new Map<NotificationMethod, Channel>(METHODS.map((method) => [method, new OutboxChannel(method)]));
  if (settings.smtpUrl !== undefined) {
    const from = settings.mailFrom ?? `tocsin@${new URL(publicUrl()).hostname}`;
    channels.set('EMAIL', new SmtpChannel({ url: settings.smtpUrl, from }));
  }
  return channels;
};
