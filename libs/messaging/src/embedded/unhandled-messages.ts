import type { MessageLog } from '@tocsin/embedded-log';
import type { OutgoingMessage, TopicDefinition } from '../message-bus';

interface Unhandled {
  readonly topic: string;
  readonly message: OutgoingMessage;
}

/**
 * What these topics have that is not done: of a compacted topic the last message of every key, of another what one of its groups
 * has not handled. For whoever takes the log somewhere else while nothing runs on it.
 */
export function* unhandledMessages(log: MessageLog, topics: readonly TopicDefinition[]): Generator<Unhandled, void, undefined> {
  for (const { name: topic, compacted } of topics) {
    if (!compacted) yield* from(log, topic, log.leastCommittedOffset(topic));
    else {
      const latest = new Map([...from(log, topic, 0)].map((one) => [one.message.key, one]));
      for (const one of latest.values()) if (one.message.data !== null) yield one;
    }
  }
}

function* from(log: MessageLog, topic: string, offset: number): Generator<Unhandled, void, undefined> {
  for (let at = offset; at < log.nextOffset(topic);) {
    const { messages, next } = log.readPage(topic, at);
    for (const { body } of messages) yield { topic, message: JSON.parse(body) as OutgoingMessage };
    at = next;
  }
}
