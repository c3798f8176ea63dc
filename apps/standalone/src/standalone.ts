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
import type { MessageBus } from '@tocsin/messaging';
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

/** What a test puts in place of the world outside. */
export interface StandaloneParts {
  readonly clock?: Clock;
  readonly log?: Logger;
  readonly random?: () => number;
  /** In place of SMTP and the outbox. */
  readonly channelFor?: (method: NotificationMethod) => Channel | undefined;
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

export interface Standalone {
  readonly url: string;
  readonly platform: Platform;
  /** Said once, on the first start. */
  readonly firstStart?: FirstStart & { readonly signInUrl: string };
  /** Resolves when everything that was set off has had its effect. */
  settle(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts everything in one process on one data directory. @throws DataDirectoryRefused */
export const startStandalone = async (settings: StandaloneSettings, parts: StandaloneParts = {}): Promise<Standalone> => {
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
  const embeddedStore = new EmbeddedEventStore(embeddedLog);
  const embeddedBus = new EmbeddedMessageBus(embeddedLog, { now: () => clock.now() });
  const eventStore = parts.around?.eventStore?.(embeddedStore) ?? embeddedStore;
  const bus = parts.around?.bus?.(embeddedBus) ?? embeddedBus;
  const readStore = await EmbeddedReadStore.open({ directory: settings.dataDirectory, onFailure });
  const configuration = new ConfigurationReader();
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
  const relay = new Relay({ eventStore, bus, routes: factRoutes, name: RELAY, parking, random });
  background.add('relay', relay);
  background.add('bus retention', busRetention(embeddedBus, clock, log));
  await configuration.start(bus);

  const channels = channelsOf(settings, () => platform.settings.publicUrl);
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
  const transport = new MessageTransport({
    bus,
    parking,
    random,
    concurrency: intakeFirst(embeddedBus),
    onOutcome: ({ outcome, message, group, ...more }) => {
      if (outcome === 'parked' || outcome === 'retrying')
        log[outcome === 'parked' ? 'error' : 'warn'](
          { topic: message.topic, group, type: message.type, messageId: message.id, err: 'error' in more ? more.error : undefined },
          `message ${outcome}`,
        );
    },
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
  const stop = async (): Promise<void> => {
    await app.close();
    await background.stop();
    await Promise.all([...channels.values()].map((channel) => channel.close()));
    await configuration.close();
    await readStore.close();
    await embeddedLog.close();
  };
  try {
    await app.listen(settings.port, settings.host);
  } catch (error) {
    await stop();
    throw error;
  }
  listeningUrl = (await app.getUrl()).replace(/\/+$/, '');
  // Last of all: what it says is said once, so nothing that can fail may stand between it and the one who reads it.
  const first = await bootstrap(
    { email: settings.bootstrapEmail, ...(settings.bootstrapApiKey === undefined ? {} : { apiKey: settings.bootstrapApiKey }) },
    { configuration, configurationStore: platform.configurationStore, secrets, clock },
  );

  return {
    url: listeningUrl,
    platform,
    ...(first === undefined
      ? {}
      : { firstStart: { ...first, signInUrl: new SignIn(platform).linkFor({ userId: first.adminUserId, role: 'ADMIN' }) } }),
    settle: () => background.settle(eventStore),
    stop,
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
