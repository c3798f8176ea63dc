import type { Message, MessageReceiver } from '../message-bus';

/** What one assignment of one partition has been given and has finished. Of the next assignment there is a new one. */
export class PartitionFeed {
  /** Of the next message to hand over. */
  position: number;
  /** The position that was asked for after a batch that did not begin where it should. */
  sought: number | undefined;
  /** Everything below is done: as said by the receiver, and as the broker knows. */
  private done: number;
  private stored: number;
  private last: Promise<void> = Promise.resolve();
  private isOver = false;

  constructor(
    readonly partition: number,
    readonly epoch: string,
    committed: number,
    private readonly receiver: MessageReceiver,
  ) {
    this.position = this.done = this.stored = committed;
  }

  /** Resolves when the receiver has room for more. */
  give(messages: readonly Message[]): Promise<void> {
    const given = this.last.then(() => (this.isOver ? undefined : this.receiver.receive(messages)));
    this.last = given.catch(() => undefined);
    return given;
  }

  /** @returns whether that is more than was known. */
  finish(nextOffset: number): boolean {
    if (this.isOver || nextOffset <= this.done) return false;
    this.done = nextOffset;
    return true;
  }

  get finished(): number {
    return this.done;
  }

  /** What is to be committed, if anything. */
  get uncommitted(): number | undefined {
    return this.done > this.stored ? this.done : undefined;
  }

  committed(nextOffset: number): void {
    this.stored = Math.max(this.stored, nextOffset);
  }

  get over(): boolean {
    return this.isOver;
  }

  end(): void {
    this.isOver = true;
  }
}
