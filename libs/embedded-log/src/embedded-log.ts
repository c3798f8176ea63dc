import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import type { CommitFaults } from './commit-faults';
import { lockDirectory } from './directory-lock';
import { EventLog } from './event-log';
import { DataDirectoryRefused, LogFault } from './log-fault';
import { MessageLog } from './message-log';
import type { FromWriter, ToWriter, WriterData } from './protocol';
import { Turns } from './turns';
import { WriteQueue } from './write-queue';

export interface EmbeddedLogOptions {
  /** Made when missing; one process at a time. */
  readonly directory: string;
  /** After this a call that has not been answered ends as `timeout` (outcome unknown). Default 5000. */
  readonly deadlineMs?: number;
  /** More than this waiting for the disk ends as `full`. Defaults 50 000 requests, 64 MiB. */
  readonly queueLimits?: { readonly requests: number; readonly bytes: number };
  /** The writer died or the disk cannot be trusted: nothing will be written any more, the process has to end. */
  readonly onFailure?: (error: Error) => void;
  readonly faults?: CommitFaults;
  /** What the disk has left; asked of the operating system unless it is a test. */
  readonly freeBytes?: () => Promise<number>;
}

const MIB = 1_048_576;
/** As much as the write-ahead log usually grows to. */
const LEAST_FREE_BYTES = 16 * MIB;
/** A checkpoint that nobody reads: writing it is a commit like any other. */
const ROOM_PROBE = 'room-probe';

type Ready = Extract<FromWriter, { kind: 'ready' }>;

/**
 * `log.db`: the events and the bus of the embedded profile in one file, so that a copy of it is consistent. One writer
 * thread makes all writes and shares each fsync among everything that waits; success is only ever answered after it.
 */
export class EmbeddedLog {
  readonly events: EventLog;
  readonly messages: MessageLog;
  private readonly reader: DatabaseSync;
  private closing: Promise<void> | undefined;

  private constructor(
    private readonly file: string,
    private readonly writer: WriterThread,
    private readonly lock: { release(): void },
    private readonly deadlineMs: number,
    private readonly freeBytes: () => Promise<number>,
    ready: Ready,
  ) {
    this.reader = new DatabaseSync(file, { readOnly: true });
    this.reader.exec('PRAGMA cache_size = -16000');
    const turns = new Turns();
    this.events = new EventLog(writer.queue, this.reader, ready.head, turns);
    this.messages = new MessageLog(writer.queue, this.reader, ready.topics, turns);
  }

  /** @throws DataDirectoryRefused when another process uses the directory, or a newer version has written it. */
  static async open(options: EmbeddedLogOptions): Promise<EmbeddedLog> {
    const lock = lockDirectory(options.directory);
    const file = join(options.directory, 'log.db');
    const writer = new WriterThread(file, options);
    try {
      const ready = await writer.ready;
      syncDirectory(options.directory);
      const freeBytes = options.freeBytes ?? (() => freeBytesOf(options.directory));
      return new EmbeddedLog(file, writer, lock, options.deadlineMs ?? 5_000, freeBytes, ready);
    } catch (error) {
      await writer.terminate();
      lock.release();
      throw error;
    }
  }

  /** Writes a consistent copy while everything goes on; `target` appears only when it is complete. */
  async backup(target: string): Promise<void> {
    const partial = `${target}.part`;
    rmSync(partial, { force: true });
    // Its own connection, in one step, off the main thread: a copy in several steps would start again at every write.
    const source = new DatabaseSync(this.file, { readOnly: true });
    try {
      await backup(source, partial, { rate: 2 ** 31 - 1 });
    } finally {
      source.close();
    }
    syncFile(partial);
    renameSync(partial, target);
    syncDirectory(dirname(target));
  }

  /** PRAGMA synchronous as the writer's connection has it: 2 is FULL. @throws LogFault */
  async synchronous(): Promise<number> {
    const outcome = await this.writer.queue.submit({ kind: 'read-synchronous' }, 0);
    return outcome.kind === 'synchronous' ? outcome.value : -1;
  }

  /**
   * What keeps it from writing, or will before long: a disk that is full, as the last commit found it, or nearly. Where a
   * commit found no room another one is tried, so that this is over as soon as there is some, whoever writes.
   */
  async waitsForRoom(): Promise<string | undefined> {
    if (this.writer.queue.noRoom && !(await this.findsRoom())) return 'room on the disk: it is full';
    const freeBytes = await this.freeBytes();
    if (freeBytes >= LEAST_FREE_BYTES) return undefined;
    return `room on the disk: ${Math.floor(freeBytes / MIB)} MiB are left, ${LEAST_FREE_BYTES / MIB} are needed`;
  }

  private async findsRoom(): Promise<boolean> {
    try {
      await this.events.saveCheckpoint(ROOM_PROBE, String(this.events.head));
      return true;
    } catch (error) {
      if (error instanceof LogFault && error.reason === 'full') return false;
      throw error;
    }
  }

  /** Lets go of what is in memory only to be quick: when there is nothing to do, nobody misses it. */
  forgetRecent(): void {
    this.events.forgetRecent();
    this.messages.forgetRecent();
    this.reader.exec('PRAGMA shrink_memory');
  }

  /** Closing has begun: reads fail from now on or soon. */
  get closed(): boolean {
    return this.closing !== undefined;
  }

  /** Takes nothing more, waits for what was taken (at most the deadline), and frees the directory. */
  close(): Promise<void> {
    this.closing ??= this.closeOnce();
    return this.closing;
  }

  private async closeOnce(): Promise<void> {
    await this.writer.close(this.deadlineMs, () => this.reader.close());
    this.lock.release();
  }
}

class WriterThread {
  readonly queue: WriteQueue;
  readonly ready: Promise<Ready>;
  private readonly worker: Worker;
  private readonly exited: Promise<void>;
  private closing = false;

  constructor(file: string, options: EmbeddedLogOptions) {
    const workerData: WriterData = options.faults === undefined ? { file } : { file, faults: options.faults.buffer };
    // Compiled, the writer lies beside this file as .mjs; run from the sources (tests) Node strips the types of the .mts itself.
    this.worker = new Worker(join(__dirname, 'writer', extname(__filename) === '.ts' ? 'writer.mts' : 'writer.mjs'), { workerData });
    this.queue = new WriteQueue(
      { ...(options.queueLimits ?? { requests: 50_000, bytes: 67_108_864 }), deadlineMs: options.deadlineMs ?? 5_000 },
      (message: ToWriter) => this.worker.postMessage(message),
    );
    this.ready = new Promise((resolve, reject) => {
      this.worker.on('message', (message: FromWriter) => {
        if (message.kind === 'ready') resolve(message);
        else if (message.kind === 'refused') reject(new DataDirectoryRefused(message.message));
        else this.receive(message, options.onFailure);
      });
      this.worker.on('error', (cause) => {
        reject(new DataDirectoryRefused(`the writer of ${file} did not start`, { cause }));
        this.fail(cause instanceof Error ? cause : new Error(String(cause)), options.onFailure);
      });
    });
    this.exited = new Promise((resolve) => {
      this.worker.on('exit', (code) => {
        if (!this.closing) this.fail(new Error(`the writer ended with code ${code}`), options.onFailure);
        resolve();
      });
    });
  }

  /** The writer's connection is the last to close, since only it can fold the write-ahead log into the file. */
  async close(deadlineMs: number, closeReader: () => void): Promise<void> {
    this.queue.stop(new LogFault('closed', false));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, deadlineMs)));
    await Promise.race([this.queue.whenEmpty(), late]);
    closeReader();
    this.closing = true;
    this.worker.postMessage({ kind: 'close' } satisfies ToWriter);
    await Promise.race([this.exited, late]);
    clearTimeout(timer);
    await this.worker.terminate();
    this.queue.abandon(new LogFault('closed', false));
  }

  async terminate(): Promise<void> {
    this.closing = true;
    await this.worker.terminate();
  }

  private receive(message: Exclude<FromWriter, { kind: 'ready' | 'refused' }>, onFailure: EmbeddedLogOptions['onFailure']): void {
    if (message.kind === 'committed') this.queue.committed(message.outcomes);
    else if (message.kind === 'not-committed') this.queue.notCommitted(message.count, message.error);
    else this.fail(new Error(`log.db: ${message.error.message}`), onFailure);
  }

  private fail(cause: Error, onFailure: EmbeddedLogOptions['onFailure']): void {
    if (this.closing) return;
    this.closing = true;
    this.queue.abandon(new LogFault('unavailable', false, { cause }));
    onFailure?.(cause);
  }
}

async function freeBytesOf(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
}

function syncFile(file: string): void {
  const descriptor = openSync(file, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** A file that was just made survives a power cut only when its directory has been written too. */
const syncDirectory = syncFile;
