import { randomUUID } from 'node:crypto';
import { backOffMs, isWorthRetrying, pause } from '../back-off';
import { within } from '../deadline';
import { MessageBusFault } from '../message-bus';
import type { CompactedFollower, Message } from '../message-bus';
import { GroupMember } from './group-member';
import type { KafkaContext } from './group-member';
import { UNREADABLE } from './record';

interface Waiter {
  readonly offset: number;
  resolve(): void;
  reject(error: Error): void;
}

/** What a group that is asked nothing about may be called; for the rules of who may join which group. */
const GROUP_PREFIX = 'tocsin-follower-';
const READ_ALL_MS = 60_000;

/**
 * Reads a compacted topic from its beginning. kafkajs reads only as the member of a group, so each has one of its own,
 * which commits nothing and which the brokers forget when it is left. An error thrown by the handler is a bug: following
 * ends there, and `upToDate` says so from then on.
 */
export class KafkaFollower implements CompactedFollower {
  private member: GroupMember | undefined;
  private position = 0;
  private ended: Error | undefined;
  private readonly waiters = new Set<Waiter>();
  private asking: Promise<number> | undefined;
  private nextAnswer: Promise<number> | undefined;

  private constructor(
    private readonly topic: string,
    private readonly onMessage: (message: Message) => void,
    private readonly context: KafkaContext,
  ) {}

  /** Resolves when all that was there at the time of the call has been handled. @throws MessageBusFault */
  static async follow(topic: string, onMessage: (message: Message) => void, context: KafkaContext): Promise<KafkaFollower> {
    const follower = new KafkaFollower(topic, onMessage, context);
    const receiver = { receive: async (messages: readonly Message[]) => follower.take(messages), revoked: async () => undefined };
    follower.member = await GroupMember.join(topic, `${GROUP_PREFIX}${randomUUID()}`, receiver, context);
    try {
      await follower.upToDate(READ_ALL_MS);
    } catch (error) {
      await follower.close();
      throw error;
    }
    return follower;
  }

  /** A partition that has no leader at the moment has one in the next: asked again for as long as there is time. */
  async upToDate(timeoutMs: number): Promise<void> {
    const giveUpAt = performance.now() + timeoutMs;
    for (let tries = 1; ; tries++) {
      const leftMs = Math.max(1, giveUpAt - performance.now());
      try {
        return await within(leftMs, this.caughtUp());
      } catch (error) {
        const waitMs = backOffMs(tries, this.context.random);
        if (this.ended !== undefined || !isWorthRetrying(error) || performance.now() + waitMs >= giveUpAt) throw error;
        await pause(waitMs).over;
      }
    }
  }

  async close(): Promise<void> {
    this.end(new MessageBusFault('closed', false));
    await this.member?.close();
  }

  private async caughtUp(): Promise<void> {
    const offset = await this.endOffset();
    if (this.ended !== undefined) throw this.ended;
    if (this.position >= offset) return;
    await new Promise<void>((resolve, reject) => this.waiters.add({ offset, resolve, reject }));
  }

  /** As of this call or later. However many ask at once, one question is under way and one waits. */
  private endOffset(): Promise<number> {
    const ask = async (): Promise<number> => {
      await this.asking?.catch(() => undefined);
      this.nextAnswer = undefined;
      return (this.asking = this.askForEnd());
    };
    return (this.nextAnswer ??= ask());
  }

  private async askForEnd(): Promise<number> {
    // Usually all of it is here already, and one request says so. Where the topic begins matters only to one that is not.
    const ends = await this.member?.ends().catch(() => undefined);
    if (ends?.length === 1 && ends.every((end) => end <= this.position)) return this.position;
    const partitions = await this.context.administration.offsets(this.topic);
    if (partitions.length !== 1) throw new TypeError(`${this.topic} has ${partitions.length} partitions; a topic that is followed has one`);
    const [{ low, high } = { low: 0, high: 0 }] = partitions;
    return low === high ? 0 : high;
  }

  private take(messages: readonly Message[]): void {
    if (this.ended !== undefined) return;
    try {
      for (const message of messages) this.handle(message);
    } catch (cause) {
      this.end(new Error(`following ${this.topic} ended: its handler failed`, { cause }));
      return;
    }
    for (const waiter of this.waiters) {
      if (waiter.offset > this.position) continue;
      this.waiters.delete(waiter);
      waiter.resolve();
    }
  }

  private handle(message: Message): void {
    // The group commits nothing, so after a rebalance everything comes again.
    if (message.offset < this.position) return;
    this.position = message.offset + 1;
    if (message.type === UNREADABLE) {
      this.context.options.log?.('error', { topic: this.topic, offset: message.offset }, 'a message cannot be read; it is passed over');
      return;
    }
    this.onMessage(message);
  }

  private end(error: Error): void {
    if (this.ended !== undefined) return;
    this.ended = error;
    for (const waiter of this.waiters) waiter.reject(error);
    this.waiters.clear();
  }
}
