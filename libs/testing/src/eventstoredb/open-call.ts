import type { ServerWritableStream } from '@grpc/grpc-js';
import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb';
import { toRefusal } from './refusals';

/** A call whose answer is a stream: written no faster than the client takes it. */
export class OpenCall {
  private over = false;
  private wake: () => void = () => undefined;

  constructor(private readonly call: ServerWritableStream<ReadReq, ReadResp>) {
    const done = (): void => {
      this.over = true;
      this.wake();
    };
    call.on('cancelled', done);
    call.on('close', done);
    call.on('error', done);
    call.on('drain', () => this.wake());
  }

  /** The client is gone, or will hear nothing more. */
  get closed(): boolean {
    return this.over || this.call.cancelled;
  }

  async write(message: ReadResp): Promise<void> {
    if (!this.closed && !this.call.write(message)) await this.next();
  }

  /** Until something happens to the call, or `news` says so. */
  async wait(news: Promise<void>): Promise<void> {
    if (!this.closed) await Promise.race([news, this.next()]);
  }

  end(): void {
    if (this.closed) return;
    this.over = true;
    this.call.end();
  }

  fail(error: unknown): void {
    if (this.closed) return;
    this.over = true;
    this.call.emit('error', toRefusal(error));
    this.wake();
  }

  private next(): Promise<void> {
    return new Promise((resolve) => (this.wake = resolve));
  }
}
