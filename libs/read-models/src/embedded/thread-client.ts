import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { ReadStoreFault } from '../read-store';
import type { StoreReply, StoreRequest } from './protocol';

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
  readonly deadline: NodeJS.Timeout;
}

/** The thread that writes, as a function that answers, fails or runs out of time. */
export class ThreadClient {
  private readonly waiting = new Map<number, Waiting>();
  private readonly worker: Worker;
  private sequence = 0;
  private ended: ReadStoreFault | undefined;

  private constructor(
    path: string,
    private readonly onFailure: (error: Error) => void,
  ) {
    // Node runs the source as it is; after compilation the thread's file lies in the same place as JavaScript.
    const file = __filename.endsWith('.ts') ? 'store-thread.mts' : 'store-thread.mjs';
    this.worker = new Worker(join(__dirname, 'thread', file), {
      workerData: { path },
      execArgv: [],
      resourceLimits: { maxYoungGenerationSizeMb: 16 },
    });
    this.worker.on('message', (reply: StoreReply) => this.settle(reply));
    this.worker.on('error', (error) => this.end(error instanceof Error ? error : new Error(String(error))));
    this.worker.on('exit', (code) => this.end(new Error(`the read store's thread ended with code ${code}`)));
  }

  /** @throws ReadStoreFault when the file cannot be opened within the deadline. */
  static async start(path: string, deadlineMs: number, onFailure: (error: Error) => void): Promise<ThreadClient> {
    const client = new ThreadClient(path, onFailure);
    // The thread's first word, under number 0, says that the file is open.
    await client.answerTo(0, deadlineMs);
    return client;
  }

  request(request: StoreRequest, deadlineMs: number): Promise<unknown> {
    if (this.ended !== undefined) return Promise.reject(this.ended);
    this.sequence += 1;
    const seq = this.sequence;
    const answer = this.answerTo(seq, deadlineMs);
    this.worker.postMessage({ seq, request });
    return answer;
  }

  async close(deadlineMs: number): Promise<void> {
    if (this.ended !== undefined) return;
    const done = this.request({ op: 'close' }, deadlineMs);
    this.ended = new ReadStoreFault('closed', false);
    await done.catch(() => undefined);
    await this.worker.terminate();
  }

  private answerTo(seq: number, deadlineMs: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const deadline = setTimeout(() => {
        this.waiting.delete(seq);
        reject(new ReadStoreFault('timeout', true));
      }, deadlineMs);
      this.waiting.set(seq, { resolve, reject, deadline });
    });
  }

  private settle(reply: StoreReply): void {
    const waiting = this.waiting.get(reply.seq);
    if (waiting === undefined) return;
    this.waiting.delete(reply.seq);
    clearTimeout(waiting.deadline);
    if ('value' in reply) return waiting.resolve(reply.value);
    const cause = new Error(reply.error.message);
    waiting.reject(reply.error.reason === 'bug' ? cause : new ReadStoreFault(reply.error.reason, true, { cause }));
  }

  private end(cause: Error): void {
    const expected = this.ended !== undefined;
    const fault = this.ended ?? new ReadStoreFault('unavailable', true, { cause });
    this.ended = fault;
    for (const { reject, deadline } of this.waiting.values()) {
      clearTimeout(deadline);
      reject(fault);
    }
    this.waiting.clear();
    if (!expected) this.onFailure(cause);
  }
}
