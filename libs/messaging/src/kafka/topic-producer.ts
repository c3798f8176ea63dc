import { Partitioners } from 'kafkajs';
import type { Producer } from 'kafkajs';
import { within } from '../deadline';
import { MessageBusFault } from '../message-bus';
import type { OutgoingMessage } from '../message-bus';
import { Batcher } from './batcher';
import { faultOf } from './faults';
import { KafkaClient, ONCE } from './kafka-client';
import type { KafkaOptions } from './kafka-options';
import { toRecord } from './record';
import type { SizedRecord } from './record';

const ALL_REPLICAS = -1;
const CLOSE_MS = 5_000;
/** On top of the request's own time: connecting, looking for the leader. */
const AROUND_A_REQUEST_MS = 10_000;

/**
 * Publishes to one topic. Never kafkajs's idempotent or transactional producer: on an error those reuse a sequence number, the
 * broker takes the next message for a repetition and acknowledges what it does not keep. A producer for each topic, so
 * that at most one send is under way in it and a topic that is in trouble delays no other.
 */
export class TopicProducer {
  private readonly batcher: Batcher;
  private readonly requestTimeoutMs: number;
  private readonly largestMessageBytes: number;
  private client: KafkaClient | undefined;
  private producer: Producer | undefined;

  constructor(
    private readonly topic: string,
    private readonly options: KafkaOptions,
    random: () => number,
  ) {
    this.requestTimeoutMs = options.requestTimeoutMs ?? 10_000;
    this.largestMessageBytes = options.largestMessageBytes ?? 1_000_000;
    this.batcher = new Batcher({
      send: (records) => this.send(records),
      deadlineMs: options.publishTimeoutMs ?? 5_000,
      maxBytes: this.largestMessageBytes,
      random,
    });
  }

  /** @throws MessageBusFault */
  async publish(messages: readonly OutgoingMessage[]): Promise<void> {
    const records = messages.map(toRecord);
    // A send is not all or nothing over partitions: what cannot be taken must be found before anything is sent.
    if (records.some(({ bytes }) => bytes > this.largestMessageBytes)) throw new MessageBusFault('too-large', false);
    await this.batcher.publish(records);
  }

  async close(): Promise<void> {
    await within(CLOSE_MS, this.batcher.close()).catch(() => undefined);
    this.drop();
  }

  private async send(records: readonly SizedRecord[]): Promise<void> {
    try {
      await within(this.requestTimeoutMs + AROUND_A_REQUEST_MS, this.attempt(records));
    } catch (error) {
      // It should have ended by itself. Its connections go, so that nothing of it comes behind what is sent next.
      if (error instanceof MessageBusFault) this.drop();
      throw faultOf(error);
    }
  }

  private async attempt(records: readonly SizedRecord[]): Promise<void> {
    const producer = await this.connected();
    await producer.send({
      topic: this.topic,
      acks: ALL_REPLICAS,
      timeout: this.requestTimeoutMs,
      messages: records.map(({ record }) => record),
    });
  }

  private async connected(): Promise<Producer> {
    if (this.producer !== undefined) return this.producer;
    this.client ??= new KafkaClient(this.options, ONCE);
    const producer = this.client.kafka.producer({
      createPartitioner: Partitioners.DefaultPartitioner,
      allowAutoTopicCreation: false,
      idempotent: false,
    });
    await producer.connect();
    return (this.producer = producer);
  }

  private drop(): void {
    this.client?.abandon();
    this.client = undefined;
    this.producer = undefined;
  }
}
