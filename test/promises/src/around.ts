import { EventStore } from '@tocsin/event-store';
import type {
  AllPage,
  AppendResult,
  ExpectedRevision,
  NewEvent,
  Position,
  ReadAllQuery,
  StoredEvent,
  Subscription,
} from '@tocsin/event-store';
import { MessageBus } from '@tocsin/messaging';
import type { BusConnection, CompactedFollower, Message, MessageReceiver, OutgoingMessage, TopicDefinition } from '@tocsin/messaging';

/** Passes everything on; what a test holds up, remembers or breaks, it overrides. */
export class StoreInBetween extends EventStore {
  constructor(protected readonly inner: EventStore) {
    super();
  }

  append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendResult> {
    return this.inner.append(stream, expected, events);
  }

  readStream(stream: string, options?: { from?: number; limit?: number }): Promise<readonly StoredEvent[]> {
    return this.inner.readStream(stream, options);
  }

  readLast(stream: string): Promise<StoredEvent | undefined> {
    return this.inner.readLast(stream);
  }

  readAll(query: ReadAllQuery): Promise<AllPage> {
    return this.inner.readAll(query);
  }

  follow(
    from: Position,
    prefixes: readonly string[],
    onBatch: (page: AllPage) => Promise<void>,
    onEnd: (error: Error) => void,
  ): Subscription {
    return this.inner.follow(from, prefixes, onBatch, onEnd);
  }

  head(): Promise<Position> {
    return this.inner.head();
  }

  deleteStream(stream: string, expected?: number): Promise<void> {
    return this.inner.deleteStream(stream, expected);
  }

  keepOnlyLast(stream: string): Promise<void> {
    return this.inner.keepOnlyLast(stream);
  }

  loadCheckpoint(processor: string): Promise<Position> {
    return this.inner.loadCheckpoint(processor);
  }

  saveCheckpoint(processor: string, position: Position): Promise<void> {
    return this.inner.saveCheckpoint(processor, position);
  }
}

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
}

/** Everything in the log that these categories have, oldest first. */
export const eventsOf = async (store: EventStore, ...prefixes: readonly string[]): Promise<readonly StoredEvent[]> => {
  const events: StoredEvent[] = [];
  let after = '00000000000000000000' as Position;
  for (;;) {
    const page = await store.readAll({ after, prefixes, limit: 1_000 });
    events.push(...page.events);
    if (page.atHead) return events;
    after = page.next;
  }
};
