import { isConfigurationChange } from '@tocsin/domain';
import type { ConfigurationEvent, User, UserId } from '@tocsin/domain';
import { eventOf, EventStore } from '@tocsin/event-store';
import type { Position, StoredEvent } from '@tocsin/event-store';

/** People as they were configured when something was recorded, from their own streams: no replica is behind, however late it asks. */
export class PeopleThen {
  constructor(private readonly eventStore: EventStore) {}

  /** Undefined when they were not there yet, or are gone with their stream (B33). @throws EventStoreFault */
  async at(userId: UserId, recordedAt: Position): Promise<User | undefined> {
    const stream = `user-${userId}`;
    const last = await this.eventStore.readLast(stream);
    if (last === undefined) return undefined;
    if (last.position < recordedAt && isConfigurationChange(last)) return personIn(last);
    const changes = (await this.eventStore.readStream(stream)).filter(isConfigurationChange);
    return personIn(changes.findLast(({ position }) => position < recordedAt));
  }
}

/** Each change carries the whole person; a deletion has none. */
const personIn = (stored: StoredEvent | undefined): User | undefined => {
  if (stored === undefined) return undefined;
  const event = eventOf<ConfigurationEvent<'user'>>(stored);
  return event.type === 'ResourceConfigured' ? event.data.resource : undefined;
};
