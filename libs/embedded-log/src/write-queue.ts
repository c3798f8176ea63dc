import { performance } from 'node:perf_hooks';
import { LogFault } from './log-fault';
import type { CommitError, ToWriter, WriteOutcome, WriteRequest } from './protocol';

export interface WriteQueueLimits {
  readonly requests: number;
  readonly bytes: number;
  readonly deadlineMs: number;
}

interface Entry {
  readonly request: WriteRequest;
  readonly bytes: number;
  readonly deadline: number;
  readonly onCommitted: ((outcome: WriteOutcome) => void) | undefined;
  readonly resolve: (outcome: WriteOutcome) => void;
  readonly reject: (fault: LogFault) => void;
  /** Set on requests nobody waits for: they are tried again when their commit fails. */
  readonly lazyKey?: string;
  timedOut: boolean;
}

const REQUESTS_PER_MESSAGE = 1_000;
const LAZY_MS = 100;
const SQLITE_FULL = 13;
const nothing = (): void => undefined;

/**
 * Requests of one turn of the event loop travel to the writer in one message. An entry stays here until the writer has
 * answered for it, even when its caller has been told `timeout`: what is committed late still happened, and memory stays bounded.
 */
export class WriteQueue {
  private waiting: Entry[] = [];
  private readonly sent: Entry[] = [];
  private readonly lazy = new Map<string, WriteRequest>();
  private queuedBytes = 0;
  private flushing = false;
  private deadlineTimer: NodeJS.Timeout | undefined;
  private lazyTimer: NodeJS.Timeout | undefined;
  private stopped: LogFault | undefined;
  private onEmpty = nothing;
  /** The last commit found no room on the disk. */
  noRoom = false;

  constructor(
    private readonly limits: WriteQueueLimits,
    private readonly send: (message: ToWriter) => void,
  ) {}

  /** `onCommitted` runs in commit order, before any promise of the same commit resolves, and also after a timeout. */
  submit(request: WriteRequest, bytes: number, onCommitted?: (outcome: WriteOutcome) => void): Promise<WriteOutcome> {
    if (this.stopped !== undefined) return Promise.reject(this.stopped);
    if (this.waiting.length + this.sent.length >= this.limits.requests) return Promise.reject(new LogFault('full', true));
    if (this.queuedBytes + bytes > this.limits.bytes) return Promise.reject(new LogFault('full', bytes <= this.limits.bytes));
    return new Promise((resolve, reject) => {
      this.queuedBytes += bytes;
      this.waiting.push({
        request,
        bytes,
        deadline: performance.now() + this.limits.deadlineMs,
        onCommitted,
        resolve,
        reject,
        timedOut: false,
      });
      this.flushSoon();
    });
  }

  /** Rides on the next commit, or makes one after 100 ms. A later request with the same key replaces one that has not left yet. */
  submitLazily(key: string, request: WriteRequest): void {
    if (this.stopped !== undefined) return;
    this.lazy.set(key, request);
    this.lazyTimer ??= setTimeout(() => this.flush(), LAZY_MS);
  }

  committed(outcomes: readonly WriteOutcome[]): void {
    this.noRoom = false;
    const entries = this.sent.splice(0, outcomes.length);
    entries.forEach((entry, index) => entry.onCommitted?.(outcomes[index] as WriteOutcome));
    entries.forEach((entry, index) => {
      this.queuedBytes -= entry.bytes;
      entry.resolve(outcomes[index] as WriteOutcome);
    });
    this.checkEmpty();
  }

  notCommitted(count: number, error: CommitError): void {
    const reason = ((error.sqliteCode ?? 0) & 0xff) === SQLITE_FULL ? 'full' : 'unavailable';
    this.noRoom = reason === 'full';
    for (const entry of this.sent.splice(0, count)) {
      this.queuedBytes -= entry.bytes;
      entry.reject(new LogFault(reason, true, { cause: new Error(error.message) }));
      if (entry.lazyKey !== undefined && !this.lazy.has(entry.lazyKey)) this.submitLazily(entry.lazyKey, entry.request);
    }
    this.checkEmpty();
  }

  /** Nothing is taken any more; what has been taken is still answered. */
  stop(fault: LogFault): void {
    this.flush();
    this.stopped ??= fault;
  }

  /** The writer is gone: nobody will answer. */
  abandon(fault: LogFault): void {
    this.stopped = fault;
    clearTimeout(this.deadlineTimer);
    clearTimeout(this.lazyTimer);
    for (const entry of [...this.sent.splice(0), ...this.waiting.splice(0)]) entry.reject(fault);
    this.queuedBytes = 0;
    this.checkEmpty();
  }

  whenEmpty(): Promise<void> {
    return new Promise((resolve) => {
      this.onEmpty = resolve;
      this.checkEmpty();
    });
  }

  private flushSoon(): void {
    if (this.flushing) return;
    this.flushing = true;
    setImmediate(() => this.flush());
  }

  private flush(): void {
    this.flushing = false;
    clearTimeout(this.lazyTimer);
    this.lazyTimer = undefined;
    const entries = this.waiting;
    this.waiting = [];
    for (const [lazyKey, request] of this.lazy) {
      entries.push({
        request,
        bytes: 0,
        deadline: Infinity,
        onCommitted: undefined,
        resolve: nothing,
        reject: nothing,
        lazyKey,
        timedOut: false,
      });
    }
    this.lazy.clear();
    for (let start = 0; start < entries.length; start += REQUESTS_PER_MESSAGE) {
      const part = entries.slice(start, start + REQUESTS_PER_MESSAGE);
      for (const entry of part) this.sent.push(entry);
      this.send({ kind: 'write', requests: part.map((entry) => entry.request) });
    }
    this.watchDeadlines();
  }

  /** All requests have the same time, so the oldest unanswered one decides when to look again. */
  private watchDeadlines(): void {
    if (this.deadlineTimer !== undefined) return;
    const oldest = this.sent.find((entry) => !entry.timedOut && entry.deadline !== Infinity);
    if (oldest === undefined) return;
    this.deadlineTimer = setTimeout(
      () => {
        this.deadlineTimer = undefined;
        const now = performance.now();
        for (const entry of this.sent) {
          if (entry.timedOut || entry.deadline > now) continue;
          entry.timedOut = true;
          entry.reject(new LogFault('timeout', true));
        }
        this.watchDeadlines();
      },
      Math.max(1, oldest.deadline - performance.now() + 1),
    );
  }

  private checkEmpty(): void {
    if (this.sent.length + this.waiting.length > 0) return;
    clearTimeout(this.deadlineTimer);
    this.deadlineTimer = undefined;
    const { onEmpty } = this;
    this.onEmpty = nothing;
    onEmpty();
  }
}
