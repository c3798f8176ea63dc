import type { Clock, NotificationMethod } from '@tocsin/domain';
import type { EventStore } from '@tocsin/event-store';
import type { ConfigurationReader, MessageBus } from '@tocsin/messaging';
import type { ReadStore } from '@tocsin/read-models';
import type { Background } from './background';
import type { ConfigurationStore } from './configuration-store';
import type { IdAllocator } from './ids';
import type { Logger } from './logging';
import type { Metrics } from './metrics';
import type { HeartbeatSettings } from './path-probe/heartbeat-settings';
import type { PathProbes } from './path-probe/path-probes';
import type { SecretBox } from './secrets';
import type { Tracing } from './tracing/tracing';
import type { Views } from './views';

export interface PlatformSettings {
  /** Base of links and call-backs, without a slash at the end; read it when a link is made: a port chosen by the system is known late. */
  readonly publicUrl: string;
  /** Where this very process listens. */
  readonly listeningUrl: string;
  /** Methods that lead somewhere: those with a provider, and all that the outbox stands in for. */
  readonly reachableMethods: ReadonlySet<NotificationMethod>;
  /** How long an answer waits for the read models, and a page after an answer for its outcome (BEHAVIOUR B1). */
  readonly visibleWithinMs: number;
}

/** What every service stands on; which adapters these are, only the wiring knows. */
export interface Platform {
  readonly eventStore: EventStore;
  readonly bus: MessageBus;
  readonly readStore: ReadStore;
  readonly clock: Clock;
  readonly ids: IdAllocator;
  readonly configuration: ConfigurationReader;
  readonly configurationStore: ConfigurationStore;
  readonly secrets: SecretBox;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Only when traces are exported. */
  readonly tracing?: Tracing;
  /** Where services put what works on by itself. */
  readonly background: Background;
  readonly views: Views;
  readonly pathProbes: PathProbes;
  /** Only when somebody elsewhere is to notice that pages no longer leave. */
  readonly heartbeat?: HeartbeatSettings;
  readonly settings: PlatformSettings;
}
