import type { Instant } from '@tocsin/domain';
import { START } from '@tocsin/event-store';
import type { EventStore, Position, StoredEvent } from '@tocsin/event-store';
import { v5 as uuidV5 } from 'uuid';
import { MESSAGES_KEPT_DAYS } from './message-bus';
import type { Message, MessageBus, OutgoingMessage } from './message-bus';

/** Of the record that stands on a compacted topic once it has had everything that belongs there. No stream is called so. */
const KEY = 'complete';
const NAMESPACE = '5b1a6c52-9f0e-5c3b-8a0d-2f6a51c7f0e4';
const PAGE = 500;
const DAY_MS = 86_400_000;

export const isCompletion = ({ key, data }: Pick<Message, 'key' | 'data'>): boolean => key === KEY && data !== null;

export const completion = (topic: string, time: Instant): OutgoingMessage => {
  const id = uuidV5(`${topic}\n${time}`, NAMESPACE);
  return { id, key: KEY, type: 'TopicCompleted', schemaVersion: 1, time, correlationId: id, causationId: id, data: {} };
};

/** @throws MessageBusFault */
export const isComplete = async (bus: MessageBus, topic: string): Promise<boolean> => {
  let found = false;
  const follower = await bus.followCompacted(topic, (message) => {
    found ||= isCompletion(message);
  });
  await follower.close();
  return found;
};

/** @throws EventStoreFault */
export async function* pagesUpTo(
  eventStore: EventStore,
  prefixes: readonly string[],
  upTo: Position,
): AsyncGenerator<readonly StoredEvent[], void, undefined> {
  for (let after: Position = START; after < upTo;) {
    const page = await eventStore.readAll({ after, prefixes, limit: PAGE });
    yield page.events.filter(({ position }) => position <= upTo);
    if (page.atHead) return;
    after = page.next;
  }
}

/**
 * Before the first event that a group may still not have handled: had it waited for longer, the bus would have lost it
 * anyway. At most `upTo`. @throws EventStoreFault
 */
export const positionBefore = async (
  eventStore: EventStore,
  prefixes: readonly string[],
  now: Instant,
  upTo: Position,
): Promise<Position> => {
  let before: Position = START;
  for await (const events of pagesUpTo(eventStore, prefixes, upTo)) {
    for (const { metadata, position } of events) {
      if (metadata.time >= now - MESSAGES_KEPT_DAYS * DAY_MS) return before;
      before = position;
    }
  }
  return upTo;
};
