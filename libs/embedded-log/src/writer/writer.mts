import { DatabaseSync } from 'node:sqlite';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import type { CommitError, FromWriter, ToWriter, WriteOutcome, WriteRequest, WriterData } from '../protocol.ts';
import { EventWrites } from './event-writes.mts';
import { MessageWrites } from './message-writes.mts';
import { prepareDatabase, SchemaRefused } from './tables.mts';

const MOST_REQUESTS_PER_COMMIT = 2_000;
/** After these the file or the disk cannot be trusted: stop, so that the process restarts and SQLite recovers from the log. */
const BROKEN = new Set([10 /* IOERR */, 11 /* CORRUPT */, 26 /* NOTADB */]);

function errorOf(cause: unknown): CommitError {
  const message = cause instanceof Error ? cause.message : String(cause);
  const code = typeof cause === 'object' && cause !== null && 'errcode' in cause ? Number(cause.errcode) : undefined;
  return code === undefined ? { message } : { message, sqliteCode: code };
}

/** Waits or fails where a test wants the disk to; see `commit-faults.ts` for the words. */
function injectFault(word: Int32Array): void {
  while (Atomics.load(word, 0) === 1) Atomics.wait(word, 0, 1);
  const fault = Atomics.load(word, 0);
  if (fault === 2) throw Object.assign(new Error('injected: database or disk is full'), { errcode: 13 });
  if (fault === 3) throw Object.assign(new Error('injected: disk I/O error'), { errcode: 10 });
  if (fault === 4) process.exit(70);
}

class Writer {
  private readonly port: MessagePort;
  private readonly db: DatabaseSync;
  private readonly events: EventWrites;
  private readonly messages: MessageWrites;
  private readonly begin;
  private readonly commit;
  private readonly faults: Int32Array | undefined;

  constructor(port: MessagePort, { file, faults }: WriterData) {
    this.port = port;
    this.db = new DatabaseSync(file);
    prepareDatabase(this.db);
    this.events = new EventWrites(this.db);
    this.messages = new MessageWrites(this.db);
    this.begin = this.db.prepare('BEGIN IMMEDIATE');
    this.commit = this.db.prepare('COMMIT');
    this.faults = faults === undefined ? undefined : new Int32Array(faults);
  }

  start(): void {
    this.say({ kind: 'ready', head: this.events.head(), topics: this.messages.all() });
    this.port.on('message', (first: ToWriter) => this.drain(first));
  }

  /** Everything that has arrived meanwhile shares one commit and so one fsync. */
  private drain(first: ToWriter): void {
    let message: ToWriter | undefined = first;
    while (message !== undefined) {
      const requests: WriteRequest[] = [];
      while (message?.kind === 'write') {
        for (const request of message.requests) requests.push(request);
        message = requests.length < MOST_REQUESTS_PER_COMMIT ? this.next() : undefined;
      }
      if (requests.length > 0 && !this.commitTogether(requests)) return;
      if (message?.kind === 'close') return this.close();
      message = this.next();
    }
  }

  private next(): ToWriter | undefined {
    return receiveMessageOnPort(this.port)?.message as ToWriter | undefined;
  }

  private commitTogether(requests: readonly WriteRequest[]): boolean {
    try {
      this.begin.run();
      const outcomes = requests.map((request) => this.apply(request));
      this.messages.saveOffsets();
      if (this.faults !== undefined) injectFault(this.faults);
      this.commit.run();
      this.say({ kind: 'committed', outcomes });
      return true;
    } catch (cause) {
      const error = errorOf(cause);
      if (error.sqliteCode !== undefined && BROKEN.has(error.sqliteCode & 0xff)) {
        this.say({ kind: 'broken', error });
        this.port.close();
        return false;
      }
      if (this.db.isTransaction) this.db.exec('ROLLBACK');
      this.messages.reload();
      this.say({ kind: 'not-committed', count: requests.length, error });
      return true;
    }
  }

  private apply(request: WriteRequest): WriteOutcome {
    switch (request.kind) {
      case 'append':
        return this.events.append(request.stream, request.category, request.expected, request.events);
      case 'publish':
        return this.messages.publish(request.topic, request.atMs, request.messages);
      case 'commit-offset':
        return this.messages.commitOffset(request.topic, request.group, request.next);
      case 'save-checkpoint':
        return this.events.saveCheckpoint(request.processor, request.position);
      case 'delete-stream':
        return this.events.deleteStream(request.stream, request.expected);
      case 'keep-only-last':
        return this.events.keepOnlyLast(request.stream);
      case 'declare':
        return this.messages.declare(request.topics);
      case 'remove-expired':
        return this.messages.removeExpired(request.nowMs, request.limit);
      case 'read-synchronous':
        return { kind: 'synchronous', value: Number(this.db.prepare('PRAGMA synchronous').get()?.['synchronous']) };
    }
  }

  private close(): void {
    this.db.exec('PRAGMA optimize');
    this.db.close();
    this.port.close();
  }

  private say(message: FromWriter): void {
    this.port.postMessage(message);
  }
}

if (parentPort === null) throw new Error('the writer runs in a worker thread');
try {
  new Writer(parentPort, workerData as WriterData).start();
} catch (cause) {
  const message = cause instanceof SchemaRefused ? cause.message : `log.db cannot be opened: ${errorOf(cause).message}`;
  parentPort.postMessage({ kind: 'refused', message } satisfies FromWriter);
}
