import { hostname } from 'node:os';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { ServiceName } from '@tocsin/contracts';
import type { Clock } from '@tocsin/domain';
import { Lease } from '@tocsin/event-store';
import type { EventStore, LeaseOptions } from '@tocsin/event-store';
import type { KafkaOptions } from '@tocsin/messaging/kafka';
import type { Logger } from '../../logging';
import { LeasedParts, PARKED_COUNT, RELAY_PART } from '../../ownership';
import type { Ownership } from '../../ownership';
import { turnsByLease } from '../../turns';
import type { InTurn } from '../../turns';
import type { Stores } from '../service';
import type { ClusterSettings } from './cluster-settings';

export interface OpenedStores extends Stores {
  readonly ownership: Ownership;
  readonly inTurn: InTurn;
  close(): Promise<void>;
}

export interface StoresContext {
  readonly name: ServiceName;
  readonly log: Logger;
  readonly clock: Clock;
  readonly random: () => number;
  readonly leaseTtlMs: number | undefined;
}

/** Of a change of configuration, until it is its turn. */
const TURN_WITHIN_MS = 10_000;
/** Changes that come together, from a tool that applies many, must not wait long for each other. */
const TURN_LOOK_EVERY_MS = 100;
const LOOK_EVERY_MS = 1_000;

/** Clients of the three servers, one of each for the process. None is waited for: they may be away. */
export const openStores = async (settings: ClusterSettings, context: StoresContext): Promise<OpenedStores> => {
  const [{ EventStoreDbEventStore }, { KafkaMessageBus }, { MongodbReadStore }] = await Promise.all([
    import('@tocsin/event-store/eventstoredb'),
    import('@tocsin/messaging/kafka'),
    import('@tocsin/read-models/mongodb'),
  ]);
  const { log, random } = context;
  const eventStore = new EventStoreDbEventStore({ url: settings.eventStoreUrl, random });
  const bus = new KafkaMessageBus(await kafkaOptions(settings, context.name, log), random);
  const readStore = new MongodbReadStore({ url: settings.mongodbUrl });
  const leases = leasesOf(eventStore, context);
  return {
    eventStore,
    bus,
    readStore,
    ownership: ownershipOf(leases, context),
    // Unique names and references are rules over several streams: a change looks at what the one before has left.
    inTurn: turnsByLease(leases('configuration', { lookEveryMs: TURN_LOOK_EVERY_MS }), TURN_WITHIN_MS),
    close: async () => {
      await bus.close();
      await readStore.close();
      await eventStore.close();
    },
  };
};

type Leases = (name: string, options?: Pick<LeaseOptions, 'ttlMs' | 'lookEveryMs'>) => Lease;

const leasesOf = (eventStore: EventStore, { clock, random, log }: StoresContext): Leases => {
  const owner = `${hostname()}-${process.pid}-${randomUUID()}`;
  const onFault = (lease: string) => (error: unknown) => log.warn({ err: error, lease }, 'lease waits');
  return (name, options = {}) => new Lease({ eventStore, name, owner, clock, random, onFault: onFault(name), ...options });
};

/** The relay has a lease of its own, since every service may run it; what else one replica does at a time shares the service's. */
const ownershipOf = (leases: Leases, { name, leaseTtlMs }: StoresContext): Ownership => {
  const options = leaseTtlMs === undefined ? {} : { ttlMs: leaseTtlMs, lookEveryMs: LOOK_EVERY_MS };
  const relay = new LeasedParts(leases('relay', options));
  const service = new LeasedParts(leases(name, options));
  return (part, make) => (part === RELAY_PART || part === PARKED_COUNT ? relay : service).own(part, make);
};

const kafkaOptions = async (settings: ClusterSettings, name: ServiceName, log: Logger): Promise<KafkaOptions> => {
  const { kafkaSaslMechanism: mechanism, kafkaUsername, kafkaPassword, kafkaReplicationFactor } = settings;
  const file = (path: string | undefined): Promise<string | undefined> =>
    path === undefined ? Promise.resolve(undefined) : readFile(path, 'utf8');
  const [ca, cert, key] = await Promise.all([settings.kafkaTlsCaFile, settings.kafkaTlsCertFile, settings.kafkaTlsKeyFile].map(file));
  return {
    brokers: settings.kafkaBrokers,
    clientId: `tocsin-${name}`,
    // As long as a lease: what a killed replica had is another's after the same time.
    sessionTimeoutMs: 6_000,
    partitions: settings.kafkaPartitions,
    topicPrefix: settings.kafkaTopicPrefix,
    ...(kafkaReplicationFactor === undefined ? {} : { replicationFactor: kafkaReplicationFactor }),
    ...(settings.kafkaTls === 'off'
      ? {}
      : { tls: { ...(ca === undefined ? {} : { ca }), ...(cert === undefined ? {} : { cert }), ...(key === undefined ? {} : { key }) } }),
    ...(mechanism === 'none' ? {} : { sasl: { mechanism, username: kafkaUsername ?? '', password: kafkaPassword ?? '' } }),
    log: (level, fields, message) => log[level](fields, message),
  };
};
