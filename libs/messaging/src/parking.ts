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

/** What is parked, without what it says. */
export interface ParkedListing extends Omit<ParkedMessage, 'message'> {
  readonly message: Omit<OutgoingMessage, 'data'>;
}

/** For whoever operates Tocsin: what is parked, and what to do with it. Reads the topic anew for each question. */
export class ParkedMessages {
  constructor(
    private readonly bus: MessageBus,
    private readonly clock: Clock,
  ) {}

  /** Oldest first, and as they came where they came together. @throws MessageBusFault */
  async list(): Promise<readonly ParkedListing[]> {
    const parked = await this.read(
      () => true,
      ({ message: { data: _said, ...message }, ...listing }): ParkedListing => ({ ...listing, message }),
    );
    return parked.sort(byAge);
  }

  /** With what they say; those that are not parked any more are left out. @throws MessageBusFault */
  async find(ids: readonly string[]): Promise<readonly ParkedMessage[]> {
    const wanted = new Set(ids);
    const parked = await this.read(
      (id) => wanted.has(id),
      (message) => message,
    );
    return parked.sort(byAge);
  }

  /**
   * Delivers the message once more to the group that parked it, and to no other: it goes to the end of its topic marked
   * `onlyGroup`. A crash in between leaves it listed although it was delivered; replaying it again is harmless, since it has
   * the id it always had. One that is `tooLarge` cannot be replayed. @throws MessageBusFault
   */
  async replay(parked: ParkedMessage): Promise<void> {
    if (parked.tooLarge) throw new RangeError(`what ${parked.id} said was not kept`);
    await this.bus.publish(parked.topic, [{ ...parked.message, onlyGroup: parked.group }]);
    await this.remove(parked);
  }

  /** Gives it up for good. @throws MessageBusFault */
  async discard(parked: ParkedListing): Promise<void> {
    await this.remove(parked);
  }

  private async read<Kept>(isWanted: (id: string) => boolean, keep: (message: ParkedMessage) => Kept): Promise<Kept[]> {
    const parked = new Map<string, Kept>();
    const follower = await this.bus.followCompacted(PARKED_TOPIC.name, ({ key, data }) => {
      if (key === null || !isWanted(key)) return;
      if (data === null) parked.delete(key);
      else parked.set(key, keep(data as ParkedMessage));
    });
    await follower.close();
    return [...parked.values()];
  }

  private async remove(parked: ParkedListing): Promise<void> {
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

const byAge = (a: ParkedListing, b: ParkedListing): number =>
  a.parkedAt - b.parkedAt || a.topic.localeCompare(b.topic) || a.partition - b.partition || a.offset - b.offset;
