// Runs as a thread of its own, from this source (Node strips the types) as well as compiled; it imports nothing but Node and its neighbours.
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { ReadRequest, StoreReply, StoreRequest, WriteRequest } from '../protocol.ts';
import { isEnvironmentError, openReader, openWriter, type Connection } from './connection.mts';
import { Views } from './views.mts';

type Envelope = { readonly seq: number; readonly request: StoreRequest };

class BudgetSpent extends Error {}

const { path } = workerData as { path: string };
const port = parentPort;
if (port === null) throw new Error('the store thread was started outside a thread');

const writer = openWriter(path);
const views = new Views(writer);
const reader = openReader(path);
// Its own connection, since it stays in the middle of a query while the others go on.
const slowReader = openReader(path);
let slowUntil = Infinity;
// The queries of the slow reader call this about every thousandth row.
slowReader.database.function('breathe', () => {
  if (performance.now() > slowUntil || closing !== undefined) throw new BudgetSpent('the read took too long');
  serve();
  return 1;
});

const slowReads: Envelope[] = [];
let closing: Envelope | undefined;

/** Everything that has arrived: writes in one commit, then quick reads; slow ones wait for their turn. */
function serve(first?: Envelope): void {
  const writes: { seq: number; request: WriteRequest }[] = [];
  const reads: { seq: number; request: ReadRequest }[] = [];
  let next = first;
  do {
    if (next === undefined) {
      const received = receiveMessageOnPort(port!);
      if (received === undefined) break;
      next = received.message as Envelope;
    }
    const { seq, request } = next;
    if (request.op === 'close') closing = next;
    else if (request.op !== 'read') writes.push({ seq, request });
    else if (request.slow) slowReads.push(next);
    else reads.push({ seq, request });
    next = undefined;
  } while (writes.length < 64);
  if (writes.length > 0) commit(writes);
  for (const { seq, request } of reads) answer(seq, () => read(reader, request));
}

function serveAll(first: Envelope): void {
  serve(first);
  for (let slow = slowReads.shift(); slow !== undefined; slow = slowReads.shift()) {
    const { seq, request } = slow;
    if (request.op !== 'read') continue;
    slowUntil = performance.now() + request.budgetMs;
    answer(seq, () => read(slowReader, request));
  }
  if (closing === undefined) return;
  slowReader.database.close();
  reader.database.close();
  writer.database.close();
  reply({ seq: closing.seq, value: null });
  port!.close();
}

function reply(message: StoreReply): void {
  port!.postMessage(message);
}

function answer(seq: number, work: () => unknown): void {
  try {
    reply({ seq, value: work() });
  } catch (error) {
    reply({ seq, error: described(error) });
  }
}

function described(error: unknown): { reason: 'unavailable' | 'timeout' | 'bug'; message: string } {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof BudgetSpent) return { reason: 'timeout', message };
  return { reason: isEnvironmentError(error) ? 'unavailable' : 'bug', message };
}

function read(connection: Connection, request: ReadRequest): unknown {
  connection.database.exec('BEGIN');
  try {
    const found = connection.all(request.sql, request.params).map((row) => row[0] ?? null);
    if (request.idsOf === undefined) return found;
    const sql = `SELECT id FROM ${request.idsOf} WHERE n = ?`;
    return found.map((n) => connection.first(sql, [n])?.[0]);
  } finally {
    connection.database.exec('COMMIT');
  }
}

/** One commit for whatever waited; a batch that fails is undone alone. */
function commit(writes: readonly { seq: number; request: WriteRequest }[]): void {
  const replies: StoreReply[] = [];
  try {
    writer.database.exec('BEGIN IMMEDIATE');
    for (const { seq, request } of writes) {
      writer.database.exec('SAVEPOINT one');
      try {
        replies.push({ seq, value: views.write(request) });
      } catch (error) {
        if (!writer.database.isTransaction) throw error;
        writer.database.exec('ROLLBACK TO one');
        views.reload();
        replies.push({ seq, error: described(error) });
      }
      writer.database.exec('RELEASE one');
    }
    writer.database.exec('COMMIT');
    replies.forEach(reply);
  } catch (error) {
    if (writer.database.isTransaction) writer.database.exec('ROLLBACK');
    views.reload();
    for (const { seq } of writes) reply({ seq, error: described(error) });
  }
}

port.on('message', serveAll);
port.postMessage({ seq: 0, value: null } satisfies StoreReply);
