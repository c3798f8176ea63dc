import type { Actor, Instant } from '@tocsin/domain';

export interface OutgoingMessage<Data = unknown> {
  /** UUID. Consumers drop what they have seen; the bus itself may deliver twice. */
  readonly id: string;
  /** Messages with one key keep their order; null spreads. */
  readonly key: string | null;
  readonly type: string;
  readonly schemaVersion: number;
  readonly time: Instant;
  readonly correlationId: string;
  readonly causationId: string;
  readonly traceParent?: string;
  /** Who did what the fact tells of. */
  readonly actor?: Actor;
  /** A parked message delivered again: only this group acts on it, every other group acknowledges it unread. */
  readonly onlyGroup?: string;
  /** For facts: the event's stream, revision and position. */
  readonly fact?: { readonly stream: string; readonly revision: number; readonly position: string };
  /** null is a tombstone on a compacted topic. */
  readonly data: Data | null;
}

export interface Message<Data = unknown> extends OutgoingMessage<Data> {
  readonly topic: string;
  /** Changes when a topic is made anew: offsets of different epochs do not compare. */
  readonly epoch: string;
  readonly partition: number;
  /** Grows within a partition. */
  readonly offset: number;
}

/** What led to something, as it is said by whatever follows from it. */
export interface Cause {
  readonly causationId: string;
  /** Of the first cause, the same along the whole chain. */
  readonly correlationId: string;
  readonly traceParent?: string;
}

export const causeOf = ({ id, correlationId, traceParent }: Message): Cause => ({
  causationId: id,
  correlationId,
  ...(traceParent === undefined ? {} : { traceParent }),
});

/** How long a message of a topic that is not compacted waits for a group that is away. */
export const MESSAGES_KEPT_DAYS = 7;

export interface TopicDefinition {
  readonly name: string;
  /** Compacted: only the last message of a key is kept, for ever; one partition, so all keys are in one order. */
  readonly compacted: boolean;
  /** Parking topics and the like keep longer. */
  readonly retentionDays: number;
}

export type MessageBusFaultReason = 'unavailable' | 'timeout' | 'full' | 'closed' | 'too-large';

export class MessageBusFault extends Error {
  constructor(
    readonly reason: MessageBusFaultReason,
    readonly retriable: boolean,
    options?: ErrorOptions,
  ) {
    super(`message bus: ${reason}`, options);
    this.name = 'MessageBusFault';
  }
}

/** What the bus calls. Both are called in order, one at a time for one partition. */
export interface MessageReceiver {
  /** The promise resolves when there is room for more: this is the back-pressure. */
  receive(messages: readonly Message[]): Promise<void>;
  /** The partitions now belong to somebody else: drop what is queued, start nothing more for them. */
  revoked(partitions: readonly number[]): Promise<void>;
}

export interface BusConnection {
  /** Everything below `nextOffset` of this partition is done. Durable soon, not at once: redelivery after a crash is normal. */
  commit(partition: number, nextOffset: number): void;
  /** Messages published to the topic and not yet committed by this group. @throws MessageBusFault */
  lag(): Promise<number>;
  /** Commits what was said and leaves the group. */
  close(): Promise<void>;
}

/**
 * Carries what services tell each other. Promises, checked by `message-bus.contract.ts` for every adapter:
 * - `publish` resolves only when every message is durable; the order given is the order stored per partition.
 * - Each group gets every message at least once, those of one key in order, from where it last committed.
 * - A new group starts at the oldest message kept.
 * - Every call ends in bounded time, with an answer or a `MessageBusFault`.
 */
export abstract class MessageBus {
  /** Creates missing topics. @throws MessageBusFault */
  abstract declare(topics: readonly TopicDefinition[]): Promise<void>;
  /** @throws MessageBusFault */
  abstract publish(topic: string, messages: readonly OutgoingMessage[]): Promise<void>;
  abstract connect(topic: string, group: string, receiver: MessageReceiver): Promise<BusConnection>;
  /**
   * Follows a compacted topic from its beginning, without a group: every replica sees every key. Resolves when all that
   * was there at the time of the call has been handled.
   */
  abstract followCompacted(topic: string, onMessage: (message: Message) => void): Promise<CompactedFollower>;
  /**
   * Declared topics that are not what they were when this was asked first: deleted, whether or not they were made anew, and what
   * they had with them. @throws MessageBusFault when that cannot be said
   */
  abstract lostTopics(): Promise<readonly string[]>;
}

export interface CompactedFollower {
  /** Resolves when everything published before this call has been handled. @throws MessageBusFault after `timeoutMs`. */
  upToDate(timeoutMs: number): Promise<void>;
  close(): Promise<void>;
}
