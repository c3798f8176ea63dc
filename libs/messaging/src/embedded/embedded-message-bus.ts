import { randomUUID } from 'node:crypto';
import { LogFault } from '@tocsin/embedded-log';
import type { EmbeddedLog, MessageToPublish } from '@tocsin/embedded-log';
import { MessageBus, MessageBusFault } from '../message-bus';
import type { BusConnection, CompactedFollower, Message, MessageReceiver, OutgoingMessage, TopicDefinition } from '../message-bus';
import { ConsumerGroup } from './consumer-group';
import { Crowd } from './crowd';
import { EmbeddedFollower } from './embedded-follower';

export interface EmbeddedMessageBusOptions {
  /** When a message was published, in epoch milliseconds: what retention counts from. Default the system's clock. */
  readonly now?: () => number;
  /** Of one message, as JSON. Default 1 000 000, what a Kafka broker takes. */
  readonly largestMessageBytes?: number;
}

const EXPIRED_PER_COMMIT = 1_000;

/**
 * The bus of the embedded profile: topics of one partition in the same log, and the same commits, as the events. It does
 * not own the log: close the connections and followers, then the log.
 */
export class EmbeddedMessageBus extends MessageBus {
  private readonly groups = new Map<string, ConsumerGroup>();
  private readonly crowds = new Map<string, Crowd>();
  private readonly now: () => number;
  private readonly largestMessageBytes: number;

  constructor(
    private readonly log: EmbeddedLog,
    options: EmbeddedMessageBusOptions = {},
  ) {
    super();
    this.now = options.now ?? Date.now;
    this.largestMessageBytes = options.largestMessageBytes ?? 1_000_000;
  }

  /** @throws TypeError when a topic exists and is compacted where the definition is not, or the other way round */
  async declare(topics: readonly TopicDefinition[]): Promise<void> {
    if (topics.length === 0) return;
    const wanted = topics.map(({ name, compacted, retentionDays }) => ({ name, compacted, retentionDays, epoch: randomUUID() }));
    const outcome = await this.faulting(() => this.log.messages.declare(wanted));
    if (outcome.kind === 'topic-changed') throw new TypeError(`topic ${outcome.topic} exists with another kind of compaction`);
  }

  async publish(topic: string, messages: readonly OutgoingMessage[]): Promise<void> {
    if (messages.length === 0) return;
    const keyed = this.log.messages.topic(topic)?.compacted === true;
    const rows = messages.map((message) => this.toRow(topic, message, keyed));
    const crowd = this.crowdOf(topic);
    crowd.enter();
    try {
      const outcome = await this.faulting(() => this.log.messages.publish(topic, this.now(), rows));
      if (outcome.kind === 'no-topic') throw notDeclared(topic);
    } finally {
      crowd.leave();
    }
  }

  /** The most calls of `publish` that waited for the disk together, of late: they are answered in bursts, so now says little. */
  crowd(topic: string): number {
    return this.crowdOf(topic).size();
  }

  async connect(topic: string, group: string, receiver: MessageReceiver): Promise<BusConnection> {
    return this.faulting(async () => {
      if (this.log.messages.topic(topic) === undefined) throw notDeclared(topic);
      // On record before it has read anything: what it has not read is not removed however long it takes.
      await this.log.messages.registerGroup(topic, group);
      const name = JSON.stringify([topic, group]);
      let members = this.groups.get(name);
      if (members === undefined) this.groups.set(name, (members = new ConsumerGroup(this.log.messages, topic, group)));
      return members.join(receiver, (call) => this.faulting(call));
    });
  }

  /** They are in the log, from which nobody takes one. */
  async lostTopics(): Promise<readonly string[]> {
    return [];
  }

  async followCompacted(topic: string, onMessage: (message: Message) => void): Promise<CompactedFollower> {
    return this.faulting(async () => {
      if (this.log.messages.topic(topic) === undefined) throw notDeclared(topic);
      const follower = new EmbeddedFollower(this.log.messages, topic, onMessage);
      await follower.caughtUp();
      return follower;
    });
  }

  /**
   * Removes messages older than their topic keeps them and behind all its groups; compacted topics keep theirs for ever.
   * @returns how many. @throws MessageBusFault
   */
  async removeExpired(now: number): Promise<number> {
    let removed = 0;
    for (;;) {
      // In small commits, so that intake waits for none of them.
      const count = await this.faulting(() => this.log.messages.removeExpired(now, EXPIRED_PER_COMMIT));
      removed += count;
      if (count < EXPIRED_PER_COMMIT) return removed;
    }
  }

  private crowdOf(topic: string): Crowd {
    let crowd = this.crowds.get(topic);
    if (crowd === undefined) this.crowds.set(topic, (crowd = new Crowd()));
    return crowd;
  }

  private toRow(topic: string, message: OutgoingMessage, keyed: boolean): MessageToPublish {
    if (keyed && message.key === null) throw new TypeError(`a message without a key cannot be kept by the compacted topic ${topic}`);
    const body = JSON.stringify(message);
    // Characters bound bytes from below and, times three, from above; only what lies between is worth counting.
    const tooLarge =
      body.length > this.largestMessageBytes ||
      (body.length * 3 > this.largestMessageBytes && Buffer.byteLength(body) > this.largestMessageBytes);
    if (tooLarge) throw new MessageBusFault('too-large', false);
    return { key: message.key, body };
  }

  private async faulting<T>(call: () => T | Promise<T>): Promise<T> {
    if (this.log.closed) throw new MessageBusFault('closed', false);
    try {
      return await call();
    } catch (cause) {
      if (cause instanceof LogFault) throw new MessageBusFault(cause.reason, cause.retriable, { cause });
      if (this.log.closed) throw new MessageBusFault('closed', false, { cause });
      if (isSqliteError(cause)) throw new MessageBusFault('unavailable', true, { cause });
      throw cause;
    }
  }
}

const notDeclared = (topic: string): MessageBusFault =>
  new MessageBusFault('unavailable', true, { cause: new Error(`topic ${topic} is not declared`) });

const isSqliteError = (cause: unknown): boolean =>
  typeof cause === 'object' && cause !== null && 'code' in cause && cause.code === 'ERR_SQLITE_ERROR';
