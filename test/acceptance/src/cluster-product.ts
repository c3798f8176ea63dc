import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { alertsService } from '@tocsin/alerts';
import { serviceOf, services } from '@tocsin/contracts';
import type { ServiceName } from '@tocsin/contracts';
import { escalationService } from '@tocsin/escalation';
import { ingestionService } from '@tocsin/ingestion';
import { notificationsService } from '@tocsin/notifications';
import { oncallService } from '@tocsin/oncall';
import { createLogger } from '@tocsin/platform';
import { startClusterService } from '@tocsin/platform/nest';
import type { ClusterSettings, Service, ServiceDefinition, ServiceParts } from '@tocsin/platform/nest';
import { EventStoreDbServer } from '@tocsin/testing/eventstoredb';
import { inTurns } from './product';
import type { Product, ProductOptions } from './product';

const REPLICAS = 2;

/** A service whatever its settings are: it reads them itself. */
type AnyService = ServiceDefinition<ClusterSettings>;
const definitions = [
  ingestionService,
  alertsService,
  escalationService,
  oncallService as unknown as AnyService,
  notificationsService,
] satisfies readonly AnyService[];

/** What a world finds again after a restart: its own names on servers that many share. */
const namesOf = new Map<string, { bus: string; views: string }>();

const namesIn = (directory: string): { bus: string; views: string } => {
  const name = `w${randomUUID().slice(0, 8)}`;
  const names = namesOf.get(directory) ?? { bus: name, views: name };
  namesOf.set(directory, names);
  return names;
};

/** Where the services of a world keep things on the servers, besides in the event store. */
export const placesOf = (directory: string) => {
  const { bus, views } = namesIn(directory);
  return {
    KAFKA_BROKERS: process.env['KAFKA_BROKERS'] ?? '',
    KAFKA_TOPIC_PREFIX: `${bus}.`,
    KAFKA_PARTITIONS: '2',
    MONGODB_URL: process.env['MONGODB_URL']?.replace(/\/[^/?]*(\?|$)/, `/${views}$1`) ?? '',
  };
};

/** Of a server that was lost a world finds an empty one in its place. */
export const lose = (what: 'bus' | 'views', directory: string): void => {
  namesIn(directory)[what] = `w${randomUUID().slice(0, 8)}`;
};

const DISCARD_WITHIN_MS = 30_000;
/** A broker that keeps the topics of two hundred worlds does little else. */
const discard = async (directory: string): Promise<void> => {
  const { KAFKA_BROKERS, KAFKA_TOPIC_PREFIX, MONGODB_URL } = placesOf(directory);
  namesOf.delete(directory);
  const [{ Kafka, logLevel }, { createConnection }] = await Promise.all([import('kafkajs'), import('mongoose')]);
  const admin = new Kafka({ brokers: KAFKA_BROKERS.split(','), logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(KAFKA_TOPIC_PREFIX));
    await admin.deleteTopics({ topics, timeout: DISCARD_WITHIN_MS });
  } finally {
    await admin.disconnect();
  }
  const views = await createConnection(MONGODB_URL).asPromise();
  await views.dropDatabase();
  await views.close();
};

/**
 * Five services, two replicas of each, in this process, on real Kafka and MongoDB and the server that speaks EventStoreDB's
 * protocol, which each world has to itself. Links lead to one address in front of all.
 */
export const startCluster = async ({ directory, env, parts }: ProductOptions): Promise<Product> => {
  const eventStore = await EventStoreDbServer.start({ directory, port: 0 });
  const running: { readonly name: ServiceName; readonly service: ReturnType<typeof startClusterService> }[] = [];
  const replicas = Object.fromEntries(Object.keys(services).map((of) => [of, []])) as unknown as Record<ServiceName, Service[]>;
  const frontDoor = await openFrontDoor((service) => replicas[service].map(({ url }) => url));
  const stop = async (): Promise<void> => {
    await frontDoor.close();
    await Promise.all(running.map(({ service }) => service.stop()));
    await eventStore.stop();
  };
  try {
    const settings = {
      ...env,
      PORT: '0',
      ...placesOf(directory),
      EVENTSTORE_URL: eventStore.url,
      TOCSIN_PUBLIC_URL: frontDoor.url,
      TOCSIN_ARCHIVE_DIR: join(directory, 'archive'),
    };
    const replicaParts: ServiceParts = { leaseTtlMs: LEASE_TTL_MS, ...only(parts, ['clock', 'random', 'tracing']) };
    const log = parts.log ?? createLogger({ level: 'error' });
    for (const definition of definitions)
      for (let replica = 0; replica < REPLICAS; replica++)
        running.push({
          name: definition.name,
          service: startClusterService(definition, definition.readSettings(settings), log, replicaParts),
        });
    for (const { name: of, service } of running) replicas[of].push(await service.started);
    const all = Object.values(replicas).flat();
    const [oncall] = replicas.oncall;
    if (oncall === undefined) throw new Error('oncall has not started');
    return {
      urlFor: inTurns(replicas),
      processes: all.map(({ url }) => url),
      platform: oncall.platform,
      platforms: all.map(({ platform }) => platform),
      environment: { ...placesOf(directory), EVENTSTORE_URL: eventStore.url },
      settle: () => settleAll(all),
      stop,
      discard: () => discard(directory),
    };
  } catch (error) {
    await stop();
    throw error;
  }
};

interface FrontDoor {
  readonly url: string;
  close(): Promise<void>;
}

const openFrontDoor = async (replicasOf: (service: ServiceName) => readonly string[]): Promise<FrontDoor> => {
  const path = '../../../scripts/cluster/front-door.mjs';
  const { startFrontDoor } = (await import(path)) as { startFrontDoor(options: object): Promise<FrontDoor> };
  return startFrontDoor({ host: '127.0.0.1', port: 0, services: Object.keys(services), serviceOf, replicasOf });
};

/** Nothing is renewed while a story waits for quiet. Stopped replicas give their leases back, so nobody waits for this long. */
const LEASE_TTL_MS = 300_000;

/** What one has done may have set off something in another: until nobody has moved the log while all were asked. */
const settleAll = async (all: readonly Service[]): Promise<void> => {
  const [first] = all;
  if (first === undefined) return;
  for (;;) {
    const before = await first.platform.eventStore.head();
    // Everybody has heard of every change of the configuration.
    await Promise.all(all.map(({ platform }) => platform.configuration.upToDate(SETTLE_WITHIN_MS)));
    for (const service of all) await service.settle();
    if ((await first.platform.eventStore.head()) === before) return;
  }
};

const SETTLE_WITHIN_MS = 30_000;

const only = <T extends object, K extends keyof T>(from: T, keys: readonly K[]): Pick<T, K> =>
  Object.fromEntries(keys.filter((key) => from[key] !== undefined).map((key) => [key, from[key]])) as Pick<T, K>;
