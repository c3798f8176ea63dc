import { START } from '@tocsin/event-store';
import type { EventStore, StoredEvent } from '@tocsin/event-store';
import { MessageBus } from '@tocsin/messaging';
import type { BusConnection, CompactedFollower, Message, MessageReceiver, OutgoingMessage, TopicDefinition } from '@tocsin/messaging';

/** Passes everything on; what a test holds up, remembers or breaks, it overrides. */
export class BusInBetween extends MessageBus {
  constructor(protected readonly inner: MessageBus) {
    super();
  }

  declare(topics: readonly TopicDefinition[]): Promise<void> {
    return this.inner.declare(topics);
  }

  publish(topic: string, messages: readonly OutgoingMessage[]): Promise<void> {
    return this.inner.publish(topic, messages);
  }

  connect(topic: string, group: string, receiver: MessageReceiver): Promise<BusConnection> {
    return this.inner.connect(topic, group, receiver);
  }

  followCompacted(topic: string, onMessage: (message: Message) => void): Promise<CompactedFollower> {
    return this.inner.followCompacted(topic, onMessage);
  }

  lostTopics(): Promise<readonly string[]> {
    return this.inner.lostTopics();
  }
}

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
