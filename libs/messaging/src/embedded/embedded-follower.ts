import type { MessageLog } from '@tocsin/embedded-log';
import { within } from '../deadline';
import { MessageBusFault } from '../message-bus';
import type { CompactedFollower, Message } from '../message-bus';
import { TopicReader } from './topic-reader';

interface Waiter {
  readonly offset: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** An error thrown by the handler is a bug: following ends there, and `upToDate` says so from then on. */
export class EmbeddedFollower implements CompactedFollower {
  private readonly reader: TopicReader;
  private readonly waiters = new Set<Waiter>();
  private position = 0;
  private ended: Error | undefined;

  constructor(
    private readonly log: MessageLog,
    private readonly topic: string,
    private readonly onMessage: (message: Message) => void,
  ) {
    this.reader = new TopicReader(log, topic, 0, async (messages, next) => this.take(messages, next));
  }

  upToDate(timeoutMs: number): Promise<void> {
    return within(timeoutMs, this.caughtUp());
  }

  /** Resolves when everything published before the call has been handled. */
  caughtUp(): Promise<void> {
    if (this.ended !== undefined) return Promise.reject(this.ended);
    const offset = this.log.nextOffset(this.topic);
    if (this.position >= offset) return Promise.resolve();
    return new Promise((resolve, reject) => this.waiters.add({ offset, resolve, reject }));
  }

  async close(): Promise<void> {
    this.end(new MessageBusFault('closed', false));
  }

  private take(messages: readonly Message[], next: number): void {
    if (this.ended !== undefined) return;
    try {
      for (const message of messages) this.onMessage(message);
    } catch (cause) {
      this.end(new Error(`following ${this.topic} ended: its handler failed`, { cause }));
      return;
    }
    this.position = next;
    for (const waiter of this.waiters) {
      if (waiter.offset > next) continue;
      this.waiters.delete(waiter);
      waiter.resolve();
    }
  }

  private end(error: Error): void {
    if (this.ended !== undefined) return;
    this.ended = error;
    this.reader.stop();
    for (const waiter of this.waiters) waiter.reject(error);
    this.waiters.clear();
  }
}
