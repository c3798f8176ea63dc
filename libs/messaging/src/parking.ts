import type { Clock, Instant } from '@tocsin/domain';
import { v5 as uuidV5 } from 'uuid';
import { MessageBusFault } from './message-bus';
import type { Message, MessageBus, OutgoingMessage, TopicDefinition } from './message-bus';

/**
 * Messages that could not be processed, keyed by parked id; a tombstone when one was replayed or discarded. Compacted, so
 * that what is still parked can be listed without a consumer group and nothing unresolved is ever forgotten.
 */
export const PARKED_TOPIC: TopicDefinition = { name: 'parked', compacted: true, retentionDays: 30 };

export interface ParkedMessage {
  readonly id: string;
  readonly parkedAt: Instant;
  /** The consumer group (or relay) that gave up. */
  readonly group: string;
  readonly topic: string;
  readonly epoch: string;
  readonly partition: number;
  readonly offset: number;
  readonly error: { readonly name: string; readonly message: string };
  /** What it was, byte for byte; without `data` when `tooLarge`, since then it could not be kept a second time. */
  readonly message: OutgoingMessage;
  readonly tooLarge: boolean;
}

const NAMESPACE = '2d6f5a2e-7c1b-5b0d-8f55-6e0b8f4a9c31';

export class Parking {
  constructor(
    private readonly bus: MessageBus,
    private readonly clock: Clock,
  ) {}

  /** Durable when it resolves; parking the same delivery again changes nothing. @throws MessageBusFault */
  async park(delivered: Message, group: string, error: unknown): Promise<void> {
    const { topic, epoch, partition, offset, ...message } = delivered;
    const parked: ParkedMessage = {
      id: uuidV5(`${group}\n${topic}\n${epoch}\n${partition}\n${offset}`, NAMESPACE),
      parkedAt: this.clock.now(),
      group,
      topic,
      epoch,
      partition,
      offset,
      error: error instanceof Error ? { name: error.name, message: error.message } : { name: 'NotAnError', message: String(error) },
      message,
      tooLarge: false,
    };
    try {
      await this.publish(parked);
    } catch (fault) {
      if (!(fault instanceof MessageBusFault) || fault.reason !== 'too-large') throw fault;
      // The original was just small enough; wrapped it is not. Where it stands is kept, so that it can be looked up.
      await this.publish({ ...parked, message: { ...message, data: null }, tooLarge: true });
    }
  }

  private async publish(parked: ParkedMessage): Promise<void> {
    await this.bus.publish(PARKED_TOPIC.name, [
      {
        id: parked.id,
        key: parked.id,
        type: 'MessageParked',
        schemaVersion: 1,
        time: parked.parkedAt,
        correlationId: parked.message.correlationId,
        causationId: parked.message.id,
        data: parked,
      },
    ]);
  }
}

export type ReplayResult = 'replayed' | 'not-parked' | 'too-large';

/** For whoever operates Tocsin: what is parked, and what to do with it. Reads the topic anew for each question. */
export class ParkedMessages {
  constructor(
    private readonly bus: MessageBus,
    private readonly clock: Clock,
  ) {}

  /** Oldest first, at most `limit`. @throws MessageBusFault */
  async list(limit = 1_000): Promise<readonly ParkedMessage[]> {
    const parked = await this.read(() => true, limit);
    return [...parked.values()].sort((a, b) => a.parkedAt - b.parkedAt);
  }

  /**
   * Delivers the message once more to the group that parked it, and to no other: it goes to the end of its topic marked
   * `onlyGroup`. A crash in between leaves it listed although it was delivered; replaying it again is harmless.
   * @throws MessageBusFault
   */
  async replay(id: string): Promise<ReplayResult> {
    const parked = (await this.read((candidate) => candidate === id, 1)).get(id);
    if (parked === undefined) return 'not-parked';
    if (parked.tooLarge) return 'too-large';
    await this.bus.publish(parked.topic, [{ ...parked.message, onlyGroup: parked.group }]);
    await this.remove(parked);
    return 'replayed';
  }

  /** Gives it up for good. @throws MessageBusFault */
  async discard(id: string): Promise<boolean> {
    const parked = (await this.read((candidate) => candidate === id, 1)).get(id);
    if (parked !== undefined) await this.remove(parked);
    return parked !== undefined;
  }

  private async read(isWanted: (id: string) => boolean, limit: number): Promise<ReadonlyMap<string, ParkedMessage>> {
    const parked = new Map<string, ParkedMessage>();
    const follower = await this.bus.followCompacted(PARKED_TOPIC.name, ({ key, data }) => {
      if (key === null || !isWanted(key)) return;
      if (data === null) parked.delete(key);
      else if (parked.size < limit || parked.has(key)) parked.set(key, data as ParkedMessage);
    });
    await follower.close();
    return parked;
  }

  private async remove(parked: ParkedMessage): Promise<void> {
    const time = this.clock.now();
    await this.bus.publish(PARKED_TOPIC.name, [
      {
        id: uuidV5(`${parked.id}\nremoved`, NAMESPACE),
        key: parked.id,
        type: 'ParkedMessageRemoved',
        schemaVersion: 1,
        time,
        correlationId: parked.message.correlationId,
        causationId: parked.id,
        data: null,
      },
    ]);
  }
}
