import type { DynamicModule } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { factRoutes, RELAY, topics } from '@tocsin/contracts';
import type { Clock, NotificationMethod } from '@tocsin/domain';
import type { EventStore } from '@tocsin/event-store';
import { ConfigurationReader, Parking, Relay, topicDefinitions } from '@tocsin/messaging';
import type { MessageBus, Outcome } from '@tocsin/messaging';
import type { ReadStore } from '@tocsin/read-models';
import { Background } from '../background';
import { PARKED_COUNT, RELAY_PART, soleOwner } from '../ownership';
import type { IsOwner, Ownership } from '../ownership';
import { ConfigurationStore } from '../configuration-store';
import { IdAllocator } from '../ids';
import type { Logger } from '../logging';
import { MeasuredEventStore } from '../measured-event-store';
import { Metrics } from '../metrics';
import { Opened } from '../opened';
import type { HeartbeatSettings } from '../path-probe/heartbeat-settings';
import { PathProbes } from '../path-probe/path-probes';
import type { Platform } from '../platform';
import type { SecretBox } from '../secrets';
import { TracedMessageBus } from '../tracing/traced-message-bus';
import { TracedReadStore } from '../tracing/traced-read-store';
import { traceFields } from '../tracing/tracing';
import type { Tracing } from '../tracing/tracing';
import type { InTurn } from '../turns';
import { Views } from '../views';
import type { JsonSchema } from './api-description.decorators';
import { configurationDirectory } from './authenticator';
import { describeApp } from './described-app';
import { waitingOf } from './health.controller';
import type { ReadinessCheck } from './health.controller';
import { createHttpApp, routesOf } from './http-app';
import type { KnownRoute } from './known-routes';
import { countOutcomes, measureConsumers, measureRelay } from './message-metrics';
import { MessageTransport } from './message-transport';
import { measureParked, ParkedCount } from './parked-count';
import { Starting } from './starting';
import { measureTopics, TopicWatch } from './topic-watch';

/** What an event passes on its way to a page, and an answer on its way back. */
const pagePath: ReadonlySet<string> = new Set([
  topics.toolEvents,
  topics.alertFacts,
  topics.escalationFacts,
  topics.resolutions,
  topics.alertCommands,
]);
/** A message that waits this long stands in the way, whether or not others pass it. */
const OBSTRUCTS_AFTER_MS = 120_000;

/** What a service keeps things in and hears things from; which adapters these are, only the wiring knows. */
export interface Stores {
  readonly eventStore: EventStore;
  readonly bus: MessageBus;
  readonly readStore: ReadStore;
}

export interface ServiceOptions {
  readonly stores: Stores;
  readonly module: (platform: Platform) => DynamicModule | Promise<DynamicModule>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly secrets: SecretBox;
  readonly random: () => number;
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
  /** Without it the listening URL. */
  readonly publicUrl: string | undefined;
  /** Whose `x-forwarded-for` is believed; nobody's without it. */
  readonly trustedProxies?: readonly string[];
  readonly reachableMethods: ReadonlySet<NotificationMethod>;
  /** How long an answer waits for what it is to show; two seconds unless it is a test. */
  readonly visibleWithinMs?: number;
  /** Whether this process may copy facts to the bus. */
  readonly relays: boolean;
  /** Who runs what only one replica may do; without it this process does. */
  readonly ownership?: Ownership;
  /** What else it needs to do its work, besides what it finds out by itself. */
  readonly checks?: readonly ReadinessCheck[];
  /** What readiness tells beside that it is ready; no secrets: everybody may ask. */
  readonly about?: Readonly<Record<string, unknown>>;
  /** What must be there before anybody is told that it is ready; tried again while a server is away. */
  readonly beforeReady?: (platform: Platform) => Promise<void>;
  /** How changes of configuration wait for each other over all replicas; without it within this process. */
  readonly inTurn?: InTurn;
  /** Without it nobody is pinged, and no probes are sent. */
  readonly heartbeat?: HeartbeatSettings;
  /** Without it nothing is traced. */
  readonly tracing?: Tracing;
  /** How many handlers of a topic and group may run at once. */
  readonly concurrency?: (topic: string, group: string) => number;
}

export interface Service {
  readonly url: string;
  readonly platform: Platform;
  /** Every one that it serves. */
  routes(): readonly KnownRoute[];
  /** The same in words and shapes, as an OpenAPI document. */
  describe(): Promise<JsonSchema>;
  /** Resolves when everything that was set off has had its effect here. */
  settle(): Promise<void>;
  stop(): Promise<void>;
}

const VISIBLE_WITHIN_MS = 2_000;

const outcomeLevels: Readonly<Record<Outcome['outcome'], 'debug' | 'info' | 'warn' | 'error'>> = {
  handled: 'debug',
  repeated: 'debug',
  'not-for-this-group': 'debug',
  refused: 'info',
  retrying: 'warn',
  parked: 'error',
};

/**
 * Starts one process that answers HTTP, handles messages and works on in the background, on stores that are open. It listens
 * first and says over `/health/ready` what it waits for; servers that are away are waited for, and whoever asks meanwhile
 * gets 503. Resolves when everything works. `stop` may be called before that. The stores stay the caller's to close.
 */
export const startService = (options: ServiceOptions): { readonly started: Promise<Service>; stop(): Promise<void> } => {
  const starting = new Starting(options.log, options.random);
  const opened = new Opened();
  const stop = (): Promise<void> => {
    starting.abort();
    return opened.close();
  };
  return { started: start(options, starting, opened, stop), stop };
};

const start = async (options: ServiceOptions, starting: Starting, opened: Opened, stop: () => Promise<void>): Promise<Service> => {
  const { clock, log, tracing, visibleWithinMs = VISIBLE_WITHIN_MS } = options;
  const metrics = new Metrics({ process: true });
  const eventStore = new MeasuredEventStore(options.stores.eventStore, metrics, tracing);
  const bus = tracing === undefined ? options.stores.bus : new TracedMessageBus(options.stores.bus, tracing);
  const readStore = tracing === undefined ? options.stores.readStore : new TracedReadStore(options.stores.readStore, tracing);
  const configuration = new ConfigurationReader();
  opened.add(() => configuration.close());
  const background = new Background(counted(options.ownership, metrics));
  opened.add(() => background.stop());
  let listeningUrl = `http://${options.host}:${options.port}`;
  const ids = new IdAllocator({ eventStore, clock });
  const parking = new Parking(bus, clock);
  const transport = transportOf(options, parking, countOutcomes(metrics));
  const platform: Platform = {
    eventStore,
    bus,
    readStore,
    clock,
    ids,
    configuration,
    configurationStore: new ConfigurationStore({
      eventStore,
      configuration,
      ids,
      clock,
      visibleWithinMs,
      ...(options.inTurn === undefined ? {} : { inTurn: options.inTurn }),
    }),
    secrets: options.secrets,
    log,
    metrics,
    ...(tracing === undefined ? {} : { tracing }),
    background,
    views: new Views(eventStore, readStore),
    pathProbes: new PathProbes({ eventStore, clock, obstructions: () => obstructionsOf(transport, clock) }),
    ...(options.heartbeat === undefined ? {} : { heartbeat: options.heartbeat }),
    settings: {
      get publicUrl() {
        return options.publicUrl ?? listeningUrl;
      },
      get listeningUrl() {
        return listeningUrl;
      },
      reachableMethods: options.reachableMethods,
      visibleWithinMs,
    },
  };
  if (options.relays) {
    let relay: Relay | undefined;
    background.addOwned(RELAY_PART, (isOwner) => (relay = relayOf(options, parking, isOwner)));
    measureRelay(metrics, clock, eventStore, () => relay);
    let parked: ParkedCount | undefined;
    // Whoever has the relay counts, so that all processes together show each message once.
    background.addOwned(PARKED_COUNT, () => (parked = new ParkedCount(options.stores.bus, options.random, log)));
    measureParked(metrics, () => parked);
  }
  const topicWatch = background.add('topics', new TopicWatch(options.stores.bus, log));
  measureTopics(metrics, topicWatch);
  // Nothing is decided, and nobody refused, by a configuration of which a part may be missing. Whoever completes it comes before.
  background.add('configuration', {
    start: () => starting.until('configuration', 'its topic to be complete', configuration.whenComplete()),
    stop: async () => undefined,
    settled: () => true,
  });
  const checked = waitingOf(options.checks ?? []);
  const app = await createHttpApp(await options.module(platform), {
    log,
    metrics,
    clock,
    secrets: options.secrets,
    ...(tracing === undefined ? {} : { tracing }),
    credentials: configurationDirectory(configuration),
    waiting: async () => ({ ...starting.waiting(), ...background.waiting(), ...(await checked()) }),
    ...(options.about === undefined ? {} : { about: options.about }),
    ...(options.publicUrl === undefined ? {} : { publicUrl: options.publicUrl }),
    ...(options.trustedProxies === undefined || options.trustedProxies.length === 0 ? {} : { trustProxy: options.trustedProxies }),
  });
  opened.add(() => app.close());
  measureConsumers(metrics, clock, transport);
  // Nest starts and stops it; here it says how far it is.
  background.add('consumers', {
    start: () => undefined,
    stop: async () => undefined,
    settled: () => transport.settled(),
    lag: () => transport.lag(),
    waitsFor: () => (transport.connected ? undefined : transport.waitingFor().join(', ')),
  });
  app.connectMicroservice({ strategy: transport }, { inheritAppConfig: false });
  listeningUrl = await listen(app, options);
  await starting.persist('topics', () => bus.declare(topicDefinitions));
  await starting.persist('configuration', () => configuration.start(bus));
  await background.start();
  await app.startAllMicroservices();
  await starting.persist('bootstrap', async () => options.beforeReady?.(platform));
  starting.done();
  return {
    url: listeningUrl,
    platform,
    routes: () => routesOf(app),
    describe: () => describeApp(app),
    settle: () => background.settle(eventStore),
    stop,
  };
};

const obstructionsOf = (transport: MessageTransport, clock: Clock): readonly string[] =>
  transport
    .oldest()
    .filter(({ topic, time }) => pagePath.has(topic) && time !== undefined && clock.now() - time >= OBSTRUCTS_AFTER_MS)
    .map(({ topic, group }) => `${group} is not done with a message of ${topic} for two minutes`);

/** Counts how often this process becomes the owner of what one replica does at a time. */
const counted = (ownership: Ownership = soleOwner, metrics: Metrics): Ownership => {
  const changes = metrics.counter({
    name: 'tocsin_lease_changes_total',
    help: 'How often this process became the owner of a part that runs in one replica at a time.',
    labels: ['part'],
  });
  return (part, make) =>
    ownership(part, (isOwner) => {
      changes.inc({ part });
      return make(isOwner);
    });
};

const listen = async (app: NestFastifyApplication, { host, port }: ServiceOptions): Promise<string> => {
  await app.listen(port, host);
  return (await app.getUrl()).replace(/\/+$/, '');
};

const relayOf = ({ stores, random, log, clock }: ServiceOptions, parking: Parking, isOwner: IsOwner): Relay =>
  new Relay({
    eventStore: stores.eventStore,
    bus: stores.bus,
    routes: factRoutes,
    name: RELAY,
    isOwner,
    parking,
    random,
    clock,
    onFault: ({ doing, error }) => log.warn({ doing, err: error }, 'relay waits'),
  });

const transportOf = (
  { stores, random, log, concurrency, tracing }: ServiceOptions,
  parking: Parking,
  count: (outcome: Outcome) => void,
): MessageTransport =>
  new MessageTransport({
    bus: stores.bus,
    parking,
    random,
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(tracing === undefined ? {} : { tracing }),
    onOutcome: (told) => {
      count(told);
      const { outcome, message, group, tries, durationMs, ...more } = told;
      const { topic, type, id: messageId, correlationId, traceParent } = message;
      const fields = { outcome, topic, group, type, messageId, correlationId, ...traceFields(traceParent), tries, durationMs };
      log[outcomeLevels[outcome]]({ ...fields, ...('error' in more ? { err: more.error } : {}) }, 'message handled');
    },
    onConnectFault: (error) => log.warn({ err: error }, 'the message bus is not reached'),
  });
