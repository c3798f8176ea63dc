import { KafkaJSNonRetriableError, PartitionAssigners } from 'kafkajs';
import type { Cluster, Consumer, EachBatchPayload, PartitionAssigner } from 'kafkajs';
import { backOffMs, pause } from '../back-off';
import { within } from '../deadline';
import { MessageBusFault } from '../message-bus';
import type { BusConnection, MessageReceiver } from '../message-bus';
import type { Administration } from './administration';
import { faultOf } from './faults';
import { FOR_EVER, KafkaClient } from './kafka-client';
import type { KafkaOptions } from './kafka-options';
import type { BeforeJoin } from './kafkajs-fixes';
import { PartitionFeed } from './partition-feed';
import { fromRecord } from './record';
import { topicIdsOf } from './topic-id';

const JOIN_MS = 10_000;
const LEAVE_MS = 5_000;
const LAST_COMMIT_MS = 2_000;
/** A commit costs more than most messages do; what was not committed when a process dies comes again, and is known. */
const COMMIT_EVERY_MS = 500;
const LOOK_UP_MS = 5_000;
/** Somebody waits, and there is another way to ask. */
const ENDS_MS = 1_000;
const HEARTBEAT_MS = 1_000;
/** An idle consumer asks this often, and there are about twenty of them. A message that comes ends the wait; a rebalance has to wait. */
const FETCH_WAIT_MS = 1_000;
/** What a partition has to wait for that is resumed while nothing comes to the others. */
const PAUSED_FETCH_WAIT_MS = 100;
const LOOK_AGAIN_MS = 200;
/** A broker that was cut off from the others may not know for long that it leads no more; it is not believed longer than this. */
const METADATA_MAX_AGE_MS = 10_000;

/** What all connections of one bus share. */
export interface KafkaContext {
  readonly options: KafkaOptions;
  readonly administration: Administration;
  readonly random: () => number;
  /** Those that are open. */
  readonly members: Set<GroupMember>;
}

interface Assignment {
  readonly partitions: readonly number[];
  feeds: Map<number, PartitionFeed> | undefined;
}

/**
 * This process as a member of one group for one topic. Batches are passed on as they come and not waited for, so that one
 * slow partition holds up no other; a partition whose receiver has no room is paused. Where to read is decided here and not
 * by kafkajs: what was passed on and not committed when an assignment ends comes again.
 */
export class GroupMember implements BusConnection {
  private client!: KafkaClient;
  private consumer!: Consumer;
  /** From when it first joins. */
  private cluster: Cluster | undefined;
  private group: Parameters<BeforeJoin['beforeJoin']>[0] | undefined;
  private assignment: Assignment | undefined;
  private readonly paused = new Set<PartitionFeed>();
  private commitOffsets: EachBatchPayload['commitOffsetsIfNecessary'] | undefined;
  private commitTimer: NodeJS.Timeout | undefined;
  private committing: Promise<void> | undefined;
  private joined: () => void = () => undefined;
  private crashes = 0;
  private closing: Promise<void> | undefined;

  private constructor(
    private readonly topic: string,
    private readonly groupId: string,
    private readonly receiver: MessageReceiver,
    private readonly context: KafkaContext,
  ) {}

  /** Resolves when it is a member. @throws MessageBusFault */
  static async join(topic: string, groupId: string, receiver: MessageReceiver, context: KafkaContext): Promise<GroupMember> {
    const member = new GroupMember(topic, groupId, receiver, context);
    context.members.add(member);
    try {
      await within(JOIN_MS, member.start());
    } catch (error) {
      member.closing = Promise.resolve();
      member.client.abandon();
      context.members.delete(member);
      throw faultOf(error);
    }
    return member;
  }

  commit(partition: number, nextOffset: number): void {
    if (this.assignment?.feeds?.get(partition)?.finish(nextOffset)) this.commitSoon();
  }

  async lag(): Promise<number> {
    const [offsets, committed] = await Promise.all([
      this.context.administration.offsets(this.topic),
      this.context.administration.committed(this.groupId, this.topic),
    ]);
    const ofPartition = (partition: number): number =>
      Math.max(committed.get(partition) ?? 0, this.assignment?.feeds?.get(partition)?.finished ?? 0);
    return offsets.reduce((sum, { partition, low, high }) => sum + Math.max(0, high - Math.max(low, ofPartition(partition))), 0);
  }

  /** Of any topics, by name; one that is missing does not exist. Only here is there a connection to ask by. @throws MessageBusFault */
  idsOf(topics: readonly string[]): Promise<ReadonlyMap<string, string>> {
    return this.askOnTheWay(LOOK_UP_MS, (cluster) => topicIdsOf(cluster, topics));
  }

  /** Offset of the next message of each partition: one request, where `Administration` needs three. @throws MessageBusFault */
  async ends(): Promise<readonly number[]> {
    const [answer] = await this.askOnTheWay(ENDS_MS, (cluster) => {
      const partitions = cluster.findTopicPartitionMetadata(this.topic).map(({ partitionId }) => ({ partition: partitionId }));
      return cluster.fetchTopicsOffset([{ topic: this.topic, partitions, fromBeginning: false }]);
    });
    return answer?.partitions.map(({ offset }) => Number(offset)) ?? [];
  }

  close(): Promise<void> {
    return (this.closing ??= this.leave());
  }

  /** Over the connections it has: what it waits for from a broker does not keep an answer back. */
  private async askOnTheWay<T>(withinMs: number, question: (cluster: Cluster) => Promise<T>): Promise<T> {
    if (this.cluster === undefined) throw new MessageBusFault('unavailable', true);
    try {
      return await within(withinMs, question(this.cluster));
    } catch (error) {
      throw faultOf(error);
    }
  }

  private async start(): Promise<void> {
    const { sessionTimeoutMs = 10_000 } = this.context.options;
    this.client = new KafkaClient(this.context.options, FOR_EVER);
    this.consumer = this.client.kafka.consumer({
      groupId: this.groupId,
      partitionAssigners: [this.assigner()],
      sessionTimeout: sessionTimeoutMs,
      heartbeatInterval: Math.min(HEARTBEAT_MS, sessionTimeoutMs / 3),
      maxWaitTimeInMs: FETCH_WAIT_MS,
      metadataMaxAge: METADATA_MAX_AGE_MS,
      allowAutoTopicCreation: false,
      retry: FOR_EVER,
    });
    const joined = new Promise<void>((resolve) => (this.joined = resolve));
    const { consumer } = this;
    consumer.on('consumer.group_join', ({ payload }) => this.assigned(payload.memberAssignment[this.topic] ?? []));
    consumer.on('consumer.crash', ({ payload }) => {
      if (!payload.restart && this.closing === undefined) void this.startAgain(payload.error);
    });
    await consumer.connect();
    await consumer.subscribe({ topics: [this.topic], fromBeginning: true });
    await consumer.run({ autoCommit: false, eachBatchAutoResolve: false, eachBatch: (payload) => this.take(payload) });
    await joined;
  }

  private assigner(): PartitionAssigner {
    return (config) => {
      this.cluster = config.cluster;
      const beforeJoin: BeforeJoin = {
        beforeJoin: (group) => {
          this.group = group;
          return this.giveUp();
        },
      };
      return Object.assign(PartitionAssigners.roundRobin(config), beforeJoin);
    };
  }

  /** kafkajs gave up on an error that it holds for final. There is nobody to tell, and a member that is gone reads nothing. */
  private async startAgain(error: unknown): Promise<void> {
    this.context.options.log?.('error', { topic: this.topic, group: this.groupId, err: error }, 'a consumer has crashed; it starts again');
    await this.giveUp();
    this.client.abandon();
    await pause(backOffMs(++this.crashes, this.context.random)).over;
    if (this.closing === undefined) await this.start().catch((again: unknown) => this.startAgain(again));
  }

  private assigned(partitions: readonly number[]): void {
    this.assignment = { partitions, feeds: undefined };
    // Of an assignment before.
    this.consumer.resume([{ topic: this.topic }]);
    this.crashes = 0;
    this.joined();
  }

  /** Before partitions may go to somebody else: they are dropped here first, and what was said before is committed. */
  private async giveUp(): Promise<void> {
    const { assignment } = this;
    this.assignment = undefined;
    if (assignment === undefined) return;
    const feeds = [...(assignment.feeds?.values() ?? [])];
    for (const feed of feeds) feed.end();
    await Promise.all([
      assignment.partitions.length > 0 && this.receiver.revoked(assignment.partitions),
      within(LAST_COMMIT_MS, this.store(feeds)).catch(() => undefined),
    ]);
  }

  private async take({ batch, pause: pausePartition, resolveOffset, commitOffsetsIfNecessary }: EachBatchPayload): Promise<void> {
    if (this.closing !== undefined) return;
    this.commitOffsets = commitOffsetsIfNecessary;
    const { assignment } = this;
    const feed = await this.feedOf(assignment, batch.partition);
    // Nothing is resolved, so the same batch comes again, to whoever has the partition then.
    if (feed === undefined || this.assignment !== assignment || this.closing !== undefined) return;
    const from = Number((batch as unknown as { readonly fetchedOffset: string }).fetchedOffset);
    if (from > feed.position && feed.sought !== feed.position) {
      // A fetch of an earlier assignment moved kafkajs's position. What lies between would be skipped, unless it is not kept any more.
      feed.sought = feed.position;
      return this.seek(feed);
    }
    const place = { topic: this.topic, epoch: feed.epoch, partition: batch.partition };
    const messages = batch.messages.filter(({ offset }) => Number(offset) >= feed.position).map((record) => fromRecord(place, record));
    feed.position = Math.max(feed.position, Number(batch.lastOffset()) + 1);
    resolveOffset(batch.lastOffset());
    if (messages.length > 0) await this.give(feed, messages, pausePartition);
  }

  private async give(feed: PartitionFeed, messages: Parameters<PartitionFeed['give']>[0], pausePartition: () => () => void): Promise<void> {
    let hasRoom = false;
    const given = feed.give(messages).then(
      () => void (hasRoom = true),
      async (error: unknown) => {
        this.context.options.log?.(
          'error',
          { topic: this.topic, group: this.groupId, err: error },
          'a receiver has failed; it gets the same messages again',
        );
        await pause(backOffMs(1, this.context.random)).over;
        if (feed.over) return;
        feed.position = messages[0]?.offset ?? feed.position;
        this.seek(feed);
      },
    );
    // A receiver that has room says so before the next turn.
    await new Promise((resolve) => setImmediate(resolve));
    if (hasRoom) return;
    const resume = pausePartition();
    this.paused.add(feed);
    this.waitLess();
    void given.then(() => {
      if (!feed.over) resume();
      this.paused.delete(feed);
      this.waitLess();
    });
  }

  private waitLess(): void {
    if (this.group !== undefined) this.group.maxWaitTime = this.paused.size > 0 ? PAUSED_FETCH_WAIT_MS : FETCH_WAIT_MS;
  }

  private seek({ partition, position }: PartitionFeed): void {
    try {
      this.consumer.seek({ topic: this.topic, partition, offset: String(position) });
    } catch (error) {
      // It is not running at the moment. When it is again it has a new assignment, and where that begins is looked up.
      if (!(error instanceof KafkaJSNonRetriableError)) throw error;
    }
  }

  private async feedOf(assignment: Assignment | undefined, partition: number): Promise<PartitionFeed | undefined> {
    if (assignment !== undefined && assignment.feeds === undefined) {
      try {
        assignment.feeds = await within(LOOK_UP_MS, this.feedsOf(assignment));
      } catch (error) {
        this.context.options.log?.('warn', { topic: this.topic, group: this.groupId, err: error }, 'where to read from is not known yet');
        await pause(LOOK_AGAIN_MS).over;
      }
    }
    return assignment?.feeds?.get(partition);
  }

  private async feedsOf({ partitions }: Assignment): Promise<Map<number, PartitionFeed>> {
    const [ids, offsets, committed] = await Promise.all([
      this.idsOf([this.topic]),
      this.context.administration.offsets(this.topic),
      this.context.administration.committed(this.groupId, this.topic),
    ]);
    const epoch = ids.get(this.topic);
    if (epoch === undefined) throw new MessageBusFault('unavailable', true, { cause: new Error(`there is no topic ${this.topic}`) });
    const low = new Map(offsets.map((each) => [each.partition, each.low]));
    return new Map(
      partitions.map((partition) => {
        const from = Math.max(low.get(partition) ?? 0, committed.get(partition) ?? 0);
        return [partition, new PartitionFeed(partition, epoch, from, this.receiver)];
      }),
    );
  }

  private commitSoon(): void {
    this.commitTimer ??= setTimeout(() => {
      this.commitTimer = undefined;
      const feeds = [...(this.assignment?.feeds?.values() ?? [])];
      this.store(feeds).catch((error: unknown) => {
        this.context.options.log?.('debug', { topic: this.topic, group: this.groupId, err: error }, 'a commit failed; it is repeated');
        if (this.closing === undefined) this.commitSoon();
      });
    }, COMMIT_EVERY_MS);
  }

  /** One after the other: a commit that comes late would take back the one that overtook it. */
  private async store(feeds: readonly PartitionFeed[]): Promise<void> {
    await this.committing?.catch(() => undefined);
    this.committing = this.storeNow(feeds);
    await this.committing;
  }

  private async storeNow(feeds: readonly PartitionFeed[]): Promise<void> {
    const said = feeds.flatMap((feed) => (feed.uncommitted === undefined ? [] : [{ feed, offset: feed.uncommitted }]));
    if (said.length === 0 || this.commitOffsets === undefined) return;
    const partitions = said.map(({ feed, offset }) => ({ partition: feed.partition, offset: String(offset) }));
    await this.commitOffsets({ topics: [{ topic: this.topic, partitions }] });
    for (const { feed, offset } of said) feed.committed(offset);
  }

  private async leave(): Promise<void> {
    clearTimeout(this.commitTimer);
    const feeds = [...(this.assignment?.feeds?.values() ?? [])];
    for (const feed of feeds) feed.end();
    // A commit that cannot be kept any more costs a redelivery, which is normal; leaving must not fail for it.
    await within(LAST_COMMIT_MS, this.store(feeds)).catch(() => undefined);
    await within(LEAVE_MS, this.consumer.disconnect()).catch(() => undefined);
    this.client.abandon();
    this.context.members.delete(this);
  }
}
