import { ConfigResourceTypes } from 'kafkajs';
import type { Admin } from 'kafkajs';
import { pause } from '../back-off';
import { within } from '../deadline';
import { MessageBusFault } from '../message-bus';
import type { TopicDefinition } from '../message-bus';
import { faultOf } from './faults';
import { A_FEW_TIMES, KafkaClient } from './kafka-client';
import type { KafkaOptions } from './kafka-options';

export interface PartitionOffsets {
  readonly partition: number;
  /** Of the oldest message kept. */
  readonly low: number;
  /** Of the next message. */
  readonly high: number;
}

const ANSWER_MS = 5_000;
const DECLARE_MS = 30_000;
const LEADER_LOOK_MS = 50;
const DAY_MS = 86_400_000;
/** How long what was replaced or deleted, a person's data among it, may still lie on a compacted topic. */
const LONGEST_UNCOMPACTED_MS = DAY_MS;

/** What is asked of and said to the brokers as a whole, over one connection that is made anew after a failure. */
export class Administration {
  private client: KafkaClient | undefined;
  private admin: Promise<Admin> | undefined;
  private closed = false;

  constructor(private readonly options: KafkaOptions) {}

  /** @throws MessageBusFault */
  async offsets(topic: string): Promise<readonly PartitionOffsets[]> {
    const offsets = await this.ask((admin) => admin.fetchTopicOffsets(topic));
    return offsets.map(({ partition, low, high }) => ({ partition, low: Number(low), high: Number(high) }));
  }

  /** By partition; a partition without a commit is missing. @throws MessageBusFault */
  async committed(groupId: string, topic: string): Promise<ReadonlyMap<number, number>> {
    const [offsets] = await this.ask((admin) => admin.fetchOffsets({ groupId, topics: [topic] }));
    const partitions = offsets?.partitions.map(({ partition, offset }) => [partition, Number(offset)] as const) ?? [];
    return new Map(partitions.filter(([, offset]) => offset >= 0));
  }

  /** @throws MessageBusFault */
  async declare(topics: readonly TopicDefinition[]): Promise<void> {
    // One that was asked before would go on asking for a topic that was deleted since, and fail.
    this.replace();
    await within(DECLARE_MS, this.make(topics));
  }

  close(): void {
    this.closed = true;
    this.client?.abandon();
  }

  private async make(topics: readonly TopicDefinition[]): Promise<void> {
    const existing = new Set(await this.ask((admin) => admin.listTopics()));
    const missing = topics.filter(({ name }) => !existing.has(name));
    const brokers = missing.length === 0 ? 0 : (await this.ask((admin) => admin.describeCluster())).brokers.length;
    const replicationFactor = this.options.replicationFactor ?? Math.min(3, brokers);
    const made = missing.map((topic) => ({
      topic: topic.name,
      numPartitions: this.partitionsOf(topic),
      replicationFactor,
      configEntries: Object.entries(this.settingsOf(topic, replicationFactor)).map(([name, value]) => ({ name, value })),
    }));
    // Another replica may have been quicker, which is no error.
    if (made.length > 0) await this.ask((admin) => admin.createTopics({ topics: made, waitForLeaders: false, timeout: ANSWER_MS }));
    for (const topic of topics) {
      const partitions = await this.whenLed(topic.name);
      if (existing.has(topic.name)) await this.compare(topic, partitions);
    }
  }

  private partitionsOf({ compacted }: TopicDefinition): number {
    return compacted ? 1 : (this.options.partitions ?? 12);
  }

  private settingsOf({ compacted, retentionDays }: TopicDefinition, replicationFactor?: number): Record<string, string> {
    const insync = replicationFactor === undefined ? undefined : Math.max(1, replicationFactor - 1);
    return {
      ...(compacted
        ? { 'cleanup.policy': 'compact', 'max.compaction.lag.ms': String(LONGEST_UNCOMPACTED_MS) }
        : { 'cleanup.policy': 'delete', 'retention.ms': String(retentionDays * DAY_MS) }),
      ...(insync === undefined ? {} : { 'min.insync.replicas': String(insync) }),
    };
  }

  /**
   * Resolves to the number of partitions when each has a leader that knows it is one: that takes a moment after a topic
   * was made, longer than until the metadata says so.
   */
  private async whenLed(topic: string): Promise<number> {
    while (!this.closed) {
      try {
        return (await this.offsets(topic)).length;
      } catch (error) {
        if (!(error instanceof MessageBusFault)) throw error;
      }
      await pause(LEADER_LOOK_MS).over;
    }
    throw new MessageBusFault('closed', false);
  }

  /** What exists is left as it is: it may be so on purpose, and growing or shrinking a topic moves keys. */
  private async compare(topic: TopicDefinition, partitions: number): Promise<void> {
    const wanted = { partitions: String(this.partitionsOf(topic)), ...this.settingsOf(topic) };
    const configNames = Object.keys(wanted).filter((name) => name !== 'partitions');
    const resources = [{ type: ConfigResourceTypes.TOPIC, name: topic.name, configNames }];
    const { resources: described } = await this.ask((admin) => admin.describeConfigs({ resources, includeSynonyms: false }));
    const entries = described[0]?.configEntries.map(({ configName, configValue }) => [configName, configValue]) ?? [];
    const is: Record<string, string> = { ...(Object.fromEntries(entries) as Record<string, string>), partitions: String(partitions) };
    for (const [setting, value] of Object.entries(wanted)) {
      if (is[setting] === value) continue;
      this.options.log?.(
        'warn',
        { topic: topic.name, setting, is: is[setting], wanted: value },
        'topic is not as it would be made; left as it is',
      );
    }
  }

  private async ask<T>(question: (admin: Admin) => Promise<T>): Promise<T> {
    if (this.closed) throw new MessageBusFault('closed', false);
    const admin = (this.admin ??= this.connect());
    try {
      return await within(ANSWER_MS, admin.then(question));
    } catch (error) {
      if (this.admin === admin) this.replace();
      throw this.closed ? new MessageBusFault('closed', false, { cause: error }) : faultOf(error);
    }
  }

  private async connect(): Promise<Admin> {
    this.client = new KafkaClient(this.options, A_FEW_TIMES);
    const admin = this.client.kafka.admin();
    await admin.connect();
    return admin;
  }

  /**
   * After a failure nobody knows what state an admin is in; also, kafkajs goes on asking for topics that may be gone. The
   * next question gets a new one; those under way have their time to end.
   */
  private replace(): void {
    const { client } = this;
    this.client = undefined;
    this.admin = undefined;
    setTimeout(() => client?.abandon(), ANSWER_MS).unref();
  }
}
