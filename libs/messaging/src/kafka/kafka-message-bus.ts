import { MessageBus, MessageBusFault } from '../message-bus';
import type { BusConnection, CompactedFollower, Message, MessageReceiver, OutgoingMessage, TopicDefinition } from '../message-bus';
import { Administration } from './administration';
import { GroupMember } from './group-member';
import { KafkaFollower } from './kafka-follower';
import type { KafkaOptions } from './kafka-options';
import { TopicProducer } from './topic-producer';

/**
 * The bus of the cluster profile, one object for a process. Connections to each broker: one for each topic it publishes to,
 * two for each topic and group it consumes and each topic it follows, one for questions.
 */
export class KafkaMessageBus extends MessageBus {
  private readonly administration: Administration;
  private readonly producers = new Map<string, TopicProducer>();
  private readonly compacted = new Set<string>();
  private readonly open = new Set<{ close(): Promise<void> }>();
  private closing: Promise<void> | undefined;

  /** `random` spreads repetitions, so that processes that failed together do not come back together. */
  constructor(
    private readonly options: KafkaOptions,
    private readonly random: () => number,
  ) {
    super();
    this.administration = new Administration(options);
  }

  /** What exists and differs is logged and left as it is. */
  async declare(topics: readonly TopicDefinition[]): Promise<void> {
    this.refuseWhenClosed();
    await this.administration.declare(topics);
    for (const { name, compacted } of topics) if (compacted) this.compacted.add(name);
  }

  async publish(topic: string, messages: readonly OutgoingMessage[]): Promise<void> {
    this.refuseWhenClosed();
    if (messages.length === 0) return;
    if (this.compacted.has(topic) && messages.some(({ key }) => key === null))
      throw new TypeError(`a message without a key cannot be kept by the compacted topic ${topic}`);
    let producer = this.producers.get(topic);
    if (producer === undefined) this.producers.set(topic, (producer = new TopicProducer(topic, this.options, this.random)));
    await producer.publish(messages);
  }

  async connect(topic: string, group: string, receiver: MessageReceiver): Promise<BusConnection> {
    this.refuseWhenClosed();
    // A group of Kafka's is for one topic here: its members must all read the same topics, and ours join one by one.
    return this.keep(await GroupMember.join(topic, `${group}.${topic}`, receiver, this.administration, this.options, this.random));
  }

  async followCompacted(topic: string, onMessage: (message: Message) => void): Promise<CompactedFollower> {
    this.refuseWhenClosed();
    return this.keep(await KafkaFollower.follow(topic, onMessage, this.administration, this.options, this.random));
  }

  /** Ends in bounded time: what is under way, what is connected, then the connections themselves. */
  close(): Promise<void> {
    return (this.closing ??= this.closeAll());
  }

  private async closeAll(): Promise<void> {
    await Promise.all([...this.producers.values(), ...this.open].map((each) => each.close()));
    this.administration.close();
  }

  private keep<T extends { close(): Promise<void> }>(opened: T): T {
    this.open.add(opened);
    return opened;
  }

  private refuseWhenClosed(): void {
    if (this.closing !== undefined) throw new MessageBusFault('closed', false);
  }
}
