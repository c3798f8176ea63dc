import { setImmediate as nextTurn } from 'node:timers/promises';
import { backOffMs, pause } from '../back-off';
import type { BackOff, Pause } from '../back-off';
import { MessageBusFault } from '../message-bus';
import type { SizedRecord } from './record';

export interface BatcherOptions {
  /** Resolves when all of it is durable, and settles in bounded time. @throws MessageBusFault, or what is not worth repeating */
  send(records: readonly SizedRecord[]): Promise<void>;
  readonly deadlineMs: number;
  /** Of what is sent together; the broker measures what goes into one partition. */
  readonly maxBytes: number;
  readonly random: () => number;
  readonly backOff?: BackOff;
}

/** One call of `publish`. */
interface Call {
  readonly records: readonly SizedRecord[];
  /** Records that are in a batch already. */
  taken: number;
  unconfirmed: number;
  answered: boolean;
  /** Why the last try failed: what is answered at the deadline. */
  fault: MessageBusFault | undefined;
  answer(error?: unknown): void;
}

interface Entry {
  readonly record: SizedRecord;
  readonly call: Call;
}

const MAX_RECORDS = 1_000;
const BACK_OFF: BackOff = { firstMs: 50, longestMs: 1_000 };

/**
 * Sends what several callers publish together, one batch after the other: kafkajs does not gather messages over calls,
 * and two sends under way at once can change places when one is repeated. A batch is repeated until it is durable or until
 * nobody waits for it any more; the next one starts only when the last try of it has settled, also when its callers
 * were refused long before.
 */
export class Batcher {
  private readonly queue: Call[] = [];
  private running: Promise<void> | undefined;
  private wait: Pause | undefined;
  private closed = false;

  constructor(private readonly options: BatcherOptions) {}

  /** @throws MessageBusFault at the deadline at the latest */
  publish(records: readonly SizedRecord[]): Promise<void> {
    if (records.length === 0) return Promise.resolve();
    if (this.closed) return Promise.reject(new MessageBusFault('closed', false));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => call.answer(call.fault ?? new MessageBusFault('timeout', true)), this.options.deadlineMs);
      const call: Call = {
        records,
        taken: 0,
        unconfirmed: records.length,
        answered: false,
        fault: undefined,
        answer: (error) => {
          if (call.answered) return;
          call.answered = true;
          clearTimeout(timer);
          if (error === undefined) resolve();
          else reject(error as Error);
        },
      };
      this.queue.push(call);
      this.running ??= this.run();
    });
  }

  /** Answers whoever waits with a fault and resolves when nothing is under way. */
  async close(): Promise<void> {
    this.closed = true;
    for (const call of this.queue) call.answer(new MessageBusFault('closed', false));
    this.wait?.end();
    await this.running;
  }

  private async run(): Promise<void> {
    // Whoever publishes in the same turn goes along.
    await nextTurn();
    for (let batch = this.take(); batch.length > 0; batch = this.take()) await this.deliver(batch);
    this.running = undefined;
  }

  /** The next records in order; calls that were answered meanwhile are passed over. */
  private take(): readonly Entry[] {
    const batch: Entry[] = [];
    let bytes = 0;
    for (let call = this.queue[0]; call !== undefined; call = this.queue[0]) {
      while (!call.answered) {
        const record = call.records[call.taken];
        if (record === undefined) break;
        bytes += record.bytes;
        if (batch.length > 0 && (bytes > this.options.maxBytes || batch.length === MAX_RECORDS)) return batch;
        batch.push({ record, call });
        call.taken++;
      }
      this.queue.shift();
    }
    return batch;
  }

  private async deliver(batch: readonly Entry[]): Promise<void> {
    for (let tries = 1; ; tries++) {
      if (this.closed) for (const { call } of batch) call.answer(new MessageBusFault('closed', false));
      const wanted = batch.filter(({ call }) => !call.answered);
      if (wanted.length === 0) return;
      try {
        await this.options.send(wanted.map(({ record }) => record));
        for (const { call } of wanted) if (--call.unconfirmed === 0) call.answer();
        return;
      } catch (error) {
        if (!(error instanceof MessageBusFault) || !error.retriable) return this.refuse(wanted, error);
        for (const { call } of wanted) call.fault = error;
      }
      this.wait = pause(backOffMs(tries, this.options.random, this.options.backOff ?? BACK_OFF));
      await this.wait.over;
    }
  }

  /** Repeating does not help: halves, until it is known whose record it is. */
  private async refuse(batch: readonly Entry[], error: unknown): Promise<void> {
    if (batch.length === 1) return batch[0]?.call.answer(error);
    const half = batch.length >> 1;
    await this.deliver(batch.slice(0, half));
    await this.deliver(batch.slice(half));
  }
}
