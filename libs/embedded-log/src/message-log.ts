import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { MessageToPublish, Topic, TopicToDeclare, WriteOutcome } from './protocol';
import { RecentRing } from './recent-ring';
import type { Turns } from './turns';
import type { WriteQueue } from './write-queue';

export interface CommittedMessage {
  /** Offset in the topic. */
  readonly at: number;
  readonly bytes: number;
  readonly body: string;
  /** What a reader made of it: kept, so that ten groups parse a message once. */
  parsed?: unknown;
}

export interface MessagePage {
  readonly messages: readonly CommittedMessage[];
  /** Everything below was looked at. */
  readonly next: number;
}

interface LiveTopic {
  readonly definition: Topic;
  readonly ring: RecentRing<CommittedMessage>;
  readonly listeners: Set<() => void>;
  nextOffset: number;
}

const MOST_ROWS_PER_PAGE = 500;
const MOST_BYTES_PER_PAGE = 4_194_304;
const RING = { items: 4_096, bytes: 4_194_304 };

/** The bus of `log.db`: topics of one partition; messages, or the latest message of every key for a compacted topic. */
export class MessageLog {
  private readonly topics = new Map<string, LiveTopic>();
  private readonly messagePage: StatementSync;
  private readonly latestPage: StatementSync;
  private readonly oldest: StatementSync;
  private readonly countLatest: StatementSync;
  private readonly groupOffset: StatementSync;
  private readonly leastOffset: StatementSync;

  constructor(
    private readonly queue: WriteQueue,
    reader: DatabaseSync,
    topics: readonly Topic[],
    /** To be awaited between two pages of a long read. */
    readonly turns: Turns,
  ) {
    this.messagePage = reader.prepare(
      'SELECT offset, body FROM messages WHERE topic = ? AND offset >= ? AND offset < ? ORDER BY offset LIMIT ?',
    );
    this.latestPage = reader.prepare(
      'SELECT offset, body FROM latest WHERE topic = ? AND offset >= ? AND offset < ? ORDER BY offset LIMIT ?',
    );
    this.oldest = reader.prepare('SELECT min(offset) AS oldest FROM messages WHERE topic = ?');
    this.countLatest = reader.prepare('SELECT count(*) AS n FROM latest WHERE topic = ? AND offset >= ?');
    this.groupOffset = reader.prepare('SELECT next_offset FROM offsets WHERE topic = ? AND group_name = ?');
    this.leastOffset = reader.prepare('SELECT min(next_offset) AS least FROM offsets WHERE topic = ?');
    this.learn(topics);
  }

  topic(name: string): Topic | undefined {
    return this.topics.get(name)?.definition;
  }

  /** Offset the next message gets: everything below is durable. */
  nextOffset(name: string): number {
    return this.topics.get(name)?.nextOffset ?? 0;
  }

  /** @throws LogFault */
  declare(topics: readonly TopicToDeclare[]): Promise<WriteOutcome> {
    return this.queue.submit({ kind: 'declare', topics }, topics.length * 200, (outcome) => {
      if (outcome.kind === 'declared') this.learn(outcome.topics);
    });
  }

  /** @throws LogFault */
  publish(topic: string, atMs: number, messages: readonly MessageToPublish[]): Promise<WriteOutcome> {
    const bytes = messages.reduce((sum, message) => sum + bytesOf(message.body), 0);
    return this.queue.submit({ kind: 'publish', topic, atMs, messages }, bytes, (outcome) => {
      if (outcome.kind === 'published') this.remember(topic, outcome.firstOffset, messages);
    });
  }

  /** Durable with the next commit, or after 100 ms; never goes back. */
  commitOffset(topic: string, group: string, next: number): void {
    this.queue.submitLazily(JSON.stringify([topic, group]), { kind: 'commit-offset', topic, group, next });
  }

  /** @throws LogFault */
  async commitOffsetNow(topic: string, group: string, next: number): Promise<void> {
    await this.queue.submit({ kind: 'commit-offset', topic, group, next }, group.length);
  }

  /** From then on nothing that the group has not read is removed. @throws LogFault */
  async registerGroup(topic: string, group: string): Promise<void> {
    const id = this.topics.get(topic)?.definition.id;
    if (id === undefined || this.groupOffset.get(id, group) === undefined) await this.commitOffsetNow(topic, group, 0);
  }

  committedOffset(topic: string, group: string): number {
    const id = this.topics.get(topic)?.definition.id;
    const row = id === undefined ? undefined : this.groupOffset.get(id, group);
    return row === undefined ? 0 : Number(row['next_offset']);
  }

  /** Below it every group of the topic is done; 0 when it has none. */
  leastCommittedOffset(topic: string): number {
    const id = this.topics.get(topic)?.definition.id;
    const least = id === undefined ? undefined : this.leastOffset.get(id)?.['least'];
    return typeof least === 'number' ? least : 0;
  }

  /** Messages kept at or above an offset. */
  countFrom(name: string, offset: number): number {
    const topic = this.topics.get(name);
    if (topic === undefined) return 0;
    if (topic.definition.compacted) return Number(this.countLatest.get(topic.definition.id, offset)?.['n'] ?? 0);
    if (offset >= topic.nextOffset) return 0;
    const oldest = this.oldest.get(topic.definition.id)?.['oldest'];
    return topic.nextOffset - Math.max(offset, typeof oldest === 'number' ? oldest : topic.nextOffset);
  }

  /** At most 500 messages and 4 MiB from an offset on. */
  readPage(name: string, from: number): MessagePage {
    const topic = this.topics.get(name);
    if (topic === undefined) return { messages: [], next: from };
    // The ring speaks of "after", a bus of "from": the message before the first is offset -1.
    const messages = topic.ring.covers(from - 1) ? takePage(topic.ring.after(from - 1)) : this.readDisk(topic, from);
    const last = messages.at(-1);
    return { messages, next: last === undefined ? Math.max(from, topic.nextOffset) : last.at + 1 };
  }

  /** Called once per publish that was committed. */
  onPublished(name: string, listener: () => void): () => void {
    const listeners = this.topics.get(name)?.listeners;
    listeners?.add(listener);
    return () => listeners?.delete(listener);
  }

  /** Removes at most `limit` messages that are older than their topic keeps them and behind all its groups. @throws LogFault */
  async removeExpired(nowMs: number, limit: number): Promise<number> {
    const outcome = await this.queue.submit({ kind: 'remove-expired', nowMs, limit }, 0, () => this.forgetRemoved());
    return outcome.kind === 'removed' ? outcome.count : 0;
  }

  /** Lets go of what is kept so that the disk need not be asked: it is asked again then. */
  forgetRecent(): void {
    for (const { ring, nextOffset } of this.topics.values()) ring.clear(nextOffset - 1);
  }

  /** What is gone from the disk is gone for a new group too, wherever it reads from. */
  private forgetRemoved(): void {
    for (const { definition, ring } of this.topics.values()) {
      if (definition.compacted) continue;
      const oldest = Number(this.oldest.get(definition.id)?.['oldest'] ?? Infinity);
      ring.remove((message) => message.at < oldest);
    }
  }

  private readDisk({ definition, nextOffset }: LiveTopic, from: number): readonly CommittedMessage[] {
    const statement = definition.compacted ? this.latestPage : this.messagePage;
    return takePage(rowsToMessages(statement.iterate(definition.id, from, nextOffset, MOST_ROWS_PER_PAGE)));
  }

  private learn(topics: readonly Topic[]): void {
    for (const definition of topics) {
      const known = this.topics.get(definition.name);
      this.topics.set(definition.name, {
        definition,
        ring: known?.ring ?? new RecentRing(definition.nextOffset - 1, RING),
        listeners: known?.listeners ?? new Set(),
        nextOffset: known?.nextOffset ?? definition.nextOffset,
      });
    }
  }

  private remember(name: string, firstOffset: number, messages: readonly MessageToPublish[]): void {
    const topic = this.topics.get(name);
    if (topic === undefined) return;
    messages.forEach(({ body }, index) => topic.ring.push({ at: firstOffset + index, bytes: bytesOf(body), body }));
    topic.nextOffset = firstOffset + messages.length;
    queueMicrotask(() => {
      for (const listener of topic.listeners) listener();
    });
  }
}

const bytesOf = (body: string): number => body.length + 100;

function* rowsToMessages(rows: Iterable<Record<string, unknown>>): Generator<CommittedMessage> {
  for (const row of rows) {
    const body = String(row['body']);
    yield { at: Number(row['offset']), bytes: bytesOf(body), body };
  }
}

function takePage(items: Iterable<CommittedMessage>): readonly CommittedMessage[] {
  const messages: CommittedMessage[] = [];
  let bytes = 0;
  for (const message of items) {
    messages.push(message);
    bytes += message.bytes;
    if (messages.length === MOST_ROWS_PER_PAGE || bytes >= MOST_BYTES_PER_PAGE) break;
  }
  return messages;
}
