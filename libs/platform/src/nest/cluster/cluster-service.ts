import type { DynamicModule } from '@nestjs/common';
import type { ServiceName } from '@tocsin/contracts';
import type { Clock, NotificationMethod } from '@tocsin/domain';
import { SystemClock } from '../../clock/system-clock';
import type { Logger } from '../../logging';
import { heartbeatOf } from '../../path-probe/heartbeat-settings';
import type { Platform } from '../../platform';
import { SecretBox } from '../../secrets';
import type { Tracing } from '../../tracing/tracing';
import { startService } from '../service';
import type { Service } from '../service';
import type { ClusterSettings } from './cluster-settings';
import { openStores } from './stores';

export interface ServiceContext<S> {
  readonly settings: S;
  readonly random: () => number;
  /** What is closed when the service stops, after everything that uses it. */
  onStop(close: () => Promise<unknown>): void;
}

/** One of the five services: what it is made of, on stores that it does not know. */
export interface ServiceDefinition<S extends ClusterSettings = ClusterSettings> {
  readonly name: ServiceName;
  /** @throws SettingsInvalid */
  readSettings(env?: Readonly<Record<string, string | undefined>>): S;
  /** Methods that lead somewhere with these settings. */
  reachable(settings: S): ReadonlySet<NotificationMethod>;
  /** What readiness tells beside that it is ready. */
  about?(settings: S): Readonly<Record<string, unknown>>;
  module(platform: Platform, context: ServiceContext<S>): DynamicModule | Promise<DynamicModule>;
  /** What must be there before anybody is told that it is ready. */
  beforeReady?(platform: Platform, settings: S): Promise<void>;
}

/** What a test puts in place of the world outside, and what was opened before. */
export interface ServiceParts {
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly tracing?: Tracing;
  /** How long a lease that nobody renews stays its owner's. */
  readonly leaseTtlMs?: number;
}

/** By chance they take different partitions: of two replicas of a service both are met, but for one round in a hundred. */
const PROBES_PER_ROUND = 8;

/** Starts one replica of a service in this process. `stop` may be called before it has started. */
export const startClusterService = <S extends ClusterSettings>(
  definition: ServiceDefinition<S>,
  settings: S,
  log: Logger,
  parts: ServiceParts = {},
): { readonly started: Promise<Service>; stop(): Promise<void> } => {
  const closings: (() => Promise<unknown>)[] = [];
  const opening = open(definition, settings, log, parts, (close) => void closings.push(close));
  const start = async (): Promise<Service> => (await opening).started;
  const closeAll = async (): Promise<void> => {
    // It does not wait for any server: it has ended, one way or the other.
    await opening.catch(() => undefined);
    for (const close of closings.reverse()) await close();
  };
  let stopping: Promise<void> | undefined;
  return { started: start(), stop: () => (stopping ??= closeAll()) };
};

const open = async <S extends ClusterSettings>(
  definition: ServiceDefinition<S>,
  settings: S,
  log: Logger,
  { clock = new SystemClock(), random = Math.random, tracing, leaseTtlMs }: ServiceParts,
  onStop: (close: () => Promise<unknown>) => void,
): Promise<ReturnType<typeof startService>> => {
  const stores = await openStores(settings, { name: definition.name, log, clock, random, leaseTtlMs });
  onStop(() => stores.close());
  const heartbeat = heartbeatOf(settings, PROBES_PER_ROUND);
  const service = startService({
    stores,
    module: (platform) => definition.module(platform, { settings, random, onStop }),
    clock,
    log,
    secrets: SecretBox.fromSetting(settings.secretKey),
    random,
    host: settings.host,
    port: settings.port,
    publicUrl: settings.publicUrl,
    trustedProxies: settings.trustedProxies,
    reachableMethods: definition.reachable(settings),
    about: definition.about?.(settings) ?? {},
    // Intake goes on while the event store is away; whoever copies facts from it is one of the others.
    relays: definition.name !== 'ingestion',
    beforeReady: async (platform) => definition.beforeReady?.(platform, settings),
    ownership: stores.ownership,
    inTurn: stores.inTurn,
    ...(heartbeat === undefined ? {} : { heartbeat }),
    ...(tracing === undefined ? {} : { tracing }),
  });
  onStop(() => service.stop());
  return service;
};
