import { MessageBus, MessageBusFault } from '../message-bus';
import type { BusConnection, CompactedFollower, Message, MessageReceiver, OutgoingMessage, TopicDefinition } from '../message-bus';
import { Administration } from './administration';
import { GroupMember } from './group-member';
import type { KafkaContext } from './group-member';
import { KafkaFollower } from './kafka-follower';
import type { KafkaOptions } from './kafka-options';
import { TopicProducer } from './topic-producer';

/**
 * The bus of the cluster profile, one object for a process. Connections to each broker: one for each topic it publishes to,
 * two for each topic and group it consumes and each topic it follows, one for questions.
 */
export class KafkaMessageBus extends MessageBus {
  private readonly context: KafkaContext;
  private readonly producers = new Map<string, TopicProducer>();
  private readonly compacted = new Set<string>();
  /** The id of each declared topic, once it was asked for. */
  private readonly topicIds = new Map<string, string | undefined>();
  private closing: Promise<void> | undefined;

  /** `random` spreads repetitions, so that processes that failed together do not come back together. */
  constructor(options: KafkaOptions, random: () => number) {
    super();
    this.context = { options, random, administration: new Administration(options), members: new Set() };
  }

  /** What exists and differs is logged and left as it is. */
  async declare(topics: readonly TopicDefinition[]): Promise<void> {
    this.refuseWhenClosed();
    await this.context.administration.declare(topics.map((topic) => ({ ...topic, name: this.stored(topic.name) })));
    for (const { name, compacted } of topics) {
      if (compacted) this.compacted.add(name);
      this.topicIds.set(name, undefined);
    }
  }

  async publish(topic: string, messages: readonly OutgoingMessage[]): Promise<void> {
    this.refuseWhenClosed();
    if (messages.length === 0) return;
    if (this.compacted.has(topic) && messages.some(({ key }) => key === null))
      throw new TypeError(`a message without a key cannot be kept by the compacted topic ${topic}`);
    const { options, random } = this.context;
    let producer = this.producers.get(topic);
    if (producer === undefined) this.producers.set(topic, (producer = new TopicProducer(this.stored(topic), options, random)));
    await producer.publish(messages);
  }

  async connect(topic: string, group: string, receiver: MessageReceiver): Promise<BusConnection> {
    this.refuseWhenClosed();
    // A group of Kafka's is for one topic here: its members must all read the same topics, and ours join one by one.
    const named: MessageReceiver = {
      receive: (messages) => receiver.receive(messages.map((message) => ({ ...message, topic }))),
      revoked: (partitions) => receiver.revoked(partitions),
    };
    return GroupMember.join(this.stored(topic), `${this.prefix}${group}.${topic}`, named, this.context);
  }

  async followCompacted(topic: string, onMessage: (message: Message) => void): Promise<CompactedFollower> {
    this.refuseWhenClosed();
    return KafkaFollower.follow(this.stored(topic), (message) => onMessage({ ...message, topic }), this.context);
  }

  async lostTopics(): Promise<readonly string[]> {
    this.refuseWhenClosed();
    const [member] = this.context.members;
    if (member === undefined) throw new MessageBusFault('unavailable', true, { cause: new Error('no topic is read yet') });
    // Those of now: one that is declared while the brokers are asked was not asked for.
    const asked = [...this.topicIds];
    const ids = await member.idsOf(asked.map(([topic]) => this.stored(topic)));
    return asked.flatMap(([topic, known]) => {
      const id = ids.get(this.stored(topic));
      if (known === undefined && id !== undefined) this.topicIds.set(topic, id);
      return id === undefined || id !== (known ?? id) ? [topic] : [];
    });
  }

  /** Ends in bounded time: what is under way, what is connected, then the connections themselves. */
  close(): Promise<void> {
    return (this.closing ??= this.closeAll());
  }

  private async closeAll(): Promise<void> {
    await Promise.all([...this.producers.values(), ...this.context.members].map((each) => each.close()));
    this.context.administration.close();
  }

  /** What the brokers call it. */
  private stored(topic: string): string {
    return `${this.prefix}${topic}`;
  }

  private get prefix(): string {
    return this.context.options.topicPrefix ?? '';
  }

  private refuseWhenClosed(): void {
    if (this.closing !== undefined) throw new MessageBusFault('closed', false);
  }
}
