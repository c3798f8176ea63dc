import { isConfigurationChange } from '@tocsin/domain';
import type { ConfigurationEvent, ConfigurationKind, ConfigurationResources, Instant } from '@tocsin/domain';
import { eventOf, EventStore } from '@tocsin/event-store';
import type { Position } from '@tocsin/event-store';
import { ConfigurationReader } from '@tocsin/messaging';

/** When a fact was recorded. */
export interface RecordedAt {
  readonly at: Instant;
  readonly position: Position;
}

/** What was configured when a fact was recorded. Streams are read for what has changed since, or is gone. */
export class ConfigurationThen {
  constructor(
    private readonly eventStore: EventStore,
    private readonly configuration: ConfigurationReader,
  ) {}

  /** Undefined: it was not there. Asked after the reader was brought up to date. @throws EventStoreFault */
  async get<K extends ConfigurationKind>(
    kind: K,
    id: number,
    { at, position }: RecordedAt,
  ): Promise<ConfigurationResources[K] | undefined> {
    const known = this.configuration.get(kind, id);
    if (known !== undefined && known.updatedAt < at) return known;
    const changes = (await this.eventStore.readStream(`${kind}-${id}`)).filter(isConfigurationChange);
    const last = changes.findLast((change) => change.position < position);
    if (last === undefined) return undefined;
    const change = eventOf<ConfigurationEvent<K>>(last);
    return change.type === 'ResourceConfigured' ? change.data.resource : undefined;
  }
}
