import { START } from '@tocsin/event-store';
import type { EventStore, StoredEvent } from '@tocsin/event-store';

/** Everything in the log that these categories have, oldest first. */
export const eventsOf = async (store: EventStore, ...prefixes: readonly string[]): Promise<readonly StoredEvent[]> => {
  const events: StoredEvent[] = [];
  let after = START;
  for (;;) {
    const page = await store.readAll({ after, prefixes, limit: 1_000 });
    events.push(...page.events);
    if (page.atHead) return events;
    after = page.next;
  }
};
