import { createHash, randomUUID } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import type { NewEvent } from '@tocsin/event-store';
import type { OutgoingMessage } from '@tocsin/messaging';

/** Raise it when a reader of this version could not read what is written; it is compared before anything else is read. */
const FORMAT = 1;

/** An event as it lies in a file: without its position, which is another one in each store. */
export interface FiledEvent extends NewEvent {
  readonly stream: string;
  readonly revision: number;
}

export interface FiledMessage {
  readonly topic: string;
  readonly message: OutgoingMessage;
}

export interface LogFileHead {
  readonly madeAt: string;
  /** Which keys what is encrypted and signed needs: their ids, which say nothing of the keys. */
  readonly secretKeys: readonly string[];
}

export interface LogFileCounts {
  readonly events: number;
  readonly messages: number;
}

export type LogFileRecord =
  | { readonly head: LogFileHead & { readonly format: number } }
  | { readonly event: FiledEvent }
  | { readonly message: FiledMessage }
  | { readonly end: LogFileCounts & { readonly sha256: string } };

/** The file is not whole, or not one of these. */
export class LogFileDamaged extends Error {
  constructor(file: string, reason: string, options?: ErrorOptions) {
    super(`${file} ${reason}`, options);
    this.name = 'LogFileDamaged';
  }
}

export const lineOf = (record: LogFileRecord): string => `${JSON.stringify(record)}\n`;

/** Compressed lines, of which the last one tells how many there are and what they come to. */
export class LogFileText {
  private readonly hash: Hash = createHash('sha256');
  private events = 0;
  private messages = 0;

  constructor(private readonly head: LogFileHead) {}

  get counts(): LogFileCounts {
    return { events: this.events, messages: this.messages };
  }

  first(): string {
    return this.take(lineOf({ head: { format: FORMAT, ...this.head } }));
  }

  event(event: FiledEvent): string {
    this.events += 1;
    return this.take(lineOf({ event }));
  }

  message(message: FiledMessage): string {
    this.messages += 1;
    return this.take(lineOf({ message }));
  }

  last(): string {
    return lineOf({ end: { ...this.counts, sha256: this.hash.digest('hex') } });
  }

  private take(line: string): string {
    this.hash.update(line);
    return line;
  }
}

/** The file appears under its name when all of it is on the disk. It holds names, addresses and numbers: its owner alone reads it. */
export async function writeLogFile(file: string, text: AsyncIterable<string>): Promise<void> {
  const draft = `${file}.${randomUUID().slice(0, 8)}.part`;
  try {
    await pipeline(text, createGzip({ level: 6 }), createWriteStream(draft, { flags: 'wx', mode: 0o600 }));
    await flush(draft);
    await rename(draft, file);
    await flush(dirname(file));
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** Everything between head and end, in the order it was written. @throws LogFileDamaged where it is */
export async function* readLogFile(file: string): AsyncGenerator<LogFileRecord, void, undefined> {
  const hash = createHash('sha256');
  let events = 0;
  let messages = 0;
  let isFirst = true;
  let last: LogFileRecord | undefined;
  for await (const line of linesOf(file)) {
    const record = recordIn(file, line);
    if (isFirst) refuseUnlessHead(file, record);
    isFirst = false;
    if (last !== undefined) throw new LogFileDamaged(file, 'is damaged: something follows its last line');
    if ('end' in record) {
      const { end } = record;
      if (end.events !== events || end.messages !== messages || end.sha256 !== hash.digest('hex'))
        throw new LogFileDamaged(file, 'is damaged: it does not hold what its last line says');
      last = record;
      continue;
    }
    hash.update(line).update('\n');
    if ('event' in record) events += 1;
    if ('message' in record) messages += 1;
    yield record;
  }
  if (last === undefined) throw new LogFileDamaged(file, 'is not whole: its last line is missing');
  yield last;
}

export interface LogFileContents extends LogFileHead, LogFileCounts {
  /** Of the newest event; 0 when there is none. */
  readonly newest: number;
}

/** Reads all of it. @throws LogFileDamaged */
export async function check(file: string, onEvents?: (events: number) => void): Promise<LogFileContents> {
  let head: LogFileHead | undefined;
  let newest = 0;
  let events = 0;
  for await (const record of readLogFile(file)) {
    if ('head' in record) head = record.head;
    if ('event' in record) {
      newest = Math.max(newest, record.event.metadata.time);
      onEvents?.((events += 1));
    }
    if ('end' in record && head !== undefined) {
      const { madeAt, secretKeys } = head;
      return { madeAt, secretKeys, events: record.end.events, messages: record.end.messages, newest };
    }
  }
  throw new LogFileDamaged(file, 'has no first line');
}

const LINE_FEED = 0x0a;

/** Not `readline`: for that a line ends at U+2028 too, which a JSON text may hold. */
async function* linesOf(file: string): AsyncGenerator<string, void, undefined> {
  const source = createReadStream(file);
  const unzipped = createGunzip();
  source.on('error', (error) => unzipped.destroy(error));
  let rest: Buffer[] = [];
  try {
    for await (const chunk of source.pipe(unzipped) as AsyncIterable<Buffer>) {
      let from = 0;
      for (let at = chunk.indexOf(LINE_FEED); at >= 0; at = chunk.indexOf(LINE_FEED, from)) {
        rest.push(chunk.subarray(from, at));
        yield Buffer.concat(rest).toString();
        rest = [];
        from = at + 1;
      }
      if (from < chunk.length) rest.push(chunk.subarray(from));
    }
  } catch (cause) {
    const { code } = cause as { readonly code?: unknown };
    if (typeof code === 'string' && code.startsWith('Z_'))
      throw new LogFileDamaged(file, 'is not whole, or no export of Tocsin', { cause });
    throw cause;
  } finally {
    source.destroy();
    unzipped.destroy();
  }
  if (rest.length > 0) throw new LogFileDamaged(file, 'is not whole: it ends in the middle of a line');
}

function recordIn(file: string, line: string): LogFileRecord {
  try {
    return JSON.parse(line) as LogFileRecord;
  } catch (cause) {
    throw new LogFileDamaged(file, 'is damaged: a line cannot be read', { cause });
  }
}

function refuseUnlessHead(file: string, record: LogFileRecord): void {
  if (!('head' in record)) throw new LogFileDamaged(file, 'is no export of Tocsin');
  const { format } = record.head;
  if (format !== FORMAT) throw new LogFileDamaged(file, `has format ${format}, this version of tocsin knows format ${FORMAT}`);
}

async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
