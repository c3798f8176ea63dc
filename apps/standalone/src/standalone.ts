import { join } from 'node:path';
import { actionSettings } from '@tocsin/alert-actions';
import { closeChannels, METHODS, openChannels, openChatBots, providerStates, reachableMethods, routesOf } from '@tocsin/channels';
import type { Channel } from '@tocsin/channels';
import type { Clock, NotificationMethod } from '@tocsin/domain';
import { EmbeddedLog } from '@tocsin/embedded-log';
import type { CommitFaults } from '@tocsin/embedded-log';
import type { EventStore } from '@tocsin/event-store';
import { EmbeddedEventStore } from '@tocsin/event-store/embedded';
import type { MessageBus } from '@tocsin/messaging';
import { EmbeddedMessageBus } from '@tocsin/messaging/embedded';
import { callbackSettings, openSlack, pushContext } from '@tocsin/notifications';
import { SignIn } from '@tocsin/oncall';
import { bootstrap, createLogger, heartbeatOf, Opened, SecretBox, SystemClock } from '@tocsin/platform';
import type { FirstStart, Logger, Platform, Tracing } from '@tocsin/platform';
import { startService } from '@tocsin/platform/nest';
import type { JsonSchema } from '@tocsin/platform/nest';
import { EmbeddedReadStore } from '@tocsin/read-models/embedded';
import { busRetention } from './bus-retention';
import type { StandaloneSettings } from './config';
import { refuseWithoutLog, secretKeyOf } from './data-directory';
import { intakeFirst } from './intake-first';
import { StandaloneModule } from './standalone.module';

/** There is one way through one process. */
const PROBES_PER_ROUND = 1;

/** What a test puts in place of the world outside. */
export interface StandaloneParts {
  readonly clock?: Clock;
  readonly log?: Logger;
  readonly random?: () => number;
  readonly tracing?: Tracing;
  /** In place of all providers and the outbox. */
  readonly channelsFor?: (method: NotificationMethod) => readonly Channel[];
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
  /** What it serves, made from the code, as an OpenAPI document. */
  describe(): Promise<JsonSchema>;
  /** Resolves when everything that was set off has had its effect. */
  settle(): Promise<void>;
  /** Lets go of what is in memory only to be quick. */
  forgetRecent(): void;
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

const start = async (settings: StandaloneSettings, parts: StandaloneParts, opened: Opened): Promise<Standalone> => {
  const log = parts.log ?? createLogger({ level: settings.logLevel });
  const random = parts.random ?? Math.random;
  const clock = parts.clock ?? new SystemClock();
  const onFailure = parts.onFailure ?? (() => undefined);
  refuseWithoutLog(settings.dataDirectory);
  // Before anything is opened: a key that is too short is a mistake in the settings, and the log must not be there before its key.
  const secrets = SecretBox.fromSetting(settings.secretKey ?? secretKeyOf(settings.dataDirectory));
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
  const heartbeat = heartbeatOf(settings, PROBES_PER_ROUND);
  let firstStart: ToldOnce | undefined;
  const starting = startService({
    stores: { eventStore, bus, readStore },
    module: async (platform) => {
      const push = pushContext(settings, platform);
      const opening = openChannels(settings, { publicUrl: () => platform.settings.publicUrl, push, outbox: true });
      // Before anything is waited for: what is opened first is closed last, after the service that uses it.
      opened.add(() => opening.then(closeChannels, () => undefined));
      const channels = await opening;
      const channelsFor = parts.channelsFor ?? ((method: NotificationMethod) => channels.get(method) ?? []);
      platform.background.add('bus retention', busRetention(embeddedBus, clock, log));
      const archive = { retention: { days: settings.retentionDays }, archiveDirectory: join(settings.dataDirectory, 'archive') };
      return StandaloneModule.register(
        platform,
        archive,
        { ntfyUrl: settings.ntfyUrl },
        {
          random,
          channelsFor,
          routes: routesOf(settings),
          bundlePages: settings.bundlePages,
          push,
          hasNtfy: settings.ntfyUrl !== undefined,
          ...(await openSlack(settings, platform)),
          bots: await openChatBots(settings),
          actions: actionSettings(settings),
          callbacks: callbackSettings(settings),
        },
      );
    },
    clock,
    log,
    secrets,
    random,
    host: settings.host,
    port: settings.port,
    publicUrl: settings.publicUrl,
    reachableMethods:
      parts.channelsFor === undefined
        ? reachableMethods(settings, true)
        : new Set(METHODS.filter((method) => parts.channelsFor?.(method).length !== 0)),
    about: { providers: providerStates(settings) },
    relays: true,
    ...(heartbeat === undefined ? {} : { heartbeat }),
    ...(parts.tracing === undefined ? {} : { tracing: parts.tracing }),
    concurrency: intakeFirst(embeddedBus),
    checks: [{ name: 'disk', waitsFor: () => embeddedLog.waitsForRoom() }],
    beforeReady: (platform) =>
      bootstrap(
        { email: settings.bootstrapEmail, ...(settings.bootstrapApiKey === undefined ? {} : { apiKey: settings.bootstrapApiKey }) },
        platform,
        (first) => {
          const signInUrl = new SignIn(platform).linkFor({ userId: first.adminUserId, role: 'ADMIN' });
          firstStart = { ...first, signInUrl, publicUrl: platform.settings.publicUrl };
          parts.onFirstStart?.(firstStart);
        },
      ),
  });
  opened.add(() => starting.stop());
  const service = await starting.started;

  return {
    url: service.url,
    platform: service.platform,
    ...(firstStart === undefined ? {} : { firstStart }),
    describe: () => service.describe(),
    settle: () => service.settle(),
    forgetRecent: () => embeddedLog.forgetRecent(),
    stop: () => opened.close(),
  };
};
