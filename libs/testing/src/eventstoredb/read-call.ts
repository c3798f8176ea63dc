import { ReadReq } from '@eventstore/db-client/generated/streams_pb';
import type { Database } from './database';
import { filterOf } from './filter';
import type { EventFilter } from './filter';
import { messageFor } from './links';
import { nameOf, streamNotFoundMessage } from './messages';
import type { OpenCall } from './open-call';
import { readAllBackwards, readAllForwards, readStreamBackwards, readStreamForwards } from './reads';
import { lastAtOrBefore, lastBefore } from './record';
import type { StoredRecord } from './record';
import { invalid, streamDeleted } from './refusals';
import { followAll, followStream } from './subscriptions';

interface Asked {
  readonly backwards: boolean;
  /** `undefined`: a subscription. */
  readonly count: number | undefined;
  readonly filter: EventFilter | undefined;
  readonly answering: { readonly structuredIds: boolean; readonly resolveLinks: boolean };
}

const END = 18_446_744_073_709_551_615n;

/** Reads of a stream or of everything, forwards or backwards, filtered or not, once or for ever. */
export async function answerRead(database: Database, options: ReadReq.Options | undefined, call: OpenCall): Promise<void> {
  if (options === undefined) throw invalid('a read without options');
  const asked = readAsked(options);
  const { stream, all } = { stream: options.getStream(), all: options.getAll() };
  if (stream !== undefined) await answerStream(database, stream, asked, call);
  else if (all !== undefined) await answerAll(database, all, asked, call);
  else throw invalid('neither a stream nor all of them');
  call.end();
}

export const isSubscription = (request: ReadReq): boolean => request.getOptions()?.hasSubscription() ?? false;

function readAsked(options: ReadReq.Options): Asked {
  const backwards = options.getReadDirection() === ReadReq.Options.ReadDirection.BACKWARDS;
  const uuid = options.getUuidOption();
  if (uuid === undefined) throw invalid('no uuid_option');
  if (options.hasSubscription() === options.hasCount()) throw invalid('either a count or a subscription');
  if (options.hasSubscription() && backwards) throw invalid('a subscription goes forwards');
  if (options.hasStream() && options.hasFilter()) throw invalid('a stream is not filtered');
  return {
    backwards,
    count: options.hasSubscription() ? undefined : Number(options.getCount()),
    filter: filterOf(options),
    answering: { structuredIds: uuid.hasStructured(), resolveLinks: options.getResolveLinks() },
  };
}

async function answerStream(database: Database, options: ReadReq.Options.StreamOptions, asked: Asked, call: OpenCall): Promise<void> {
  const stream = nameOf(options.getStreamIdentifier());
  const view = database.view(stream);
  if (asked.count === undefined) {
    const after = options.hasEnd() ? view.last : options.hasRevision() ? Number(options.getRevision()) : -1;
    return followStream({ database, call, answering: asked.answering }, stream, after);
  }
  if (view.status === 'tombstoned') throw streamDeleted(stream);
  if (view.status === 'missing') return call.write(streamNotFoundMessage(stream));
  // A revision that is no safe number is far beyond every stream's end.
  const from = options.hasEnd() ? view.last : options.hasRevision() ? Number(options.getRevision()) : 0;
  if (asked.backwards) return writeAll(database, readStreamBackwards(database, stream, view, from), asked, call);
  // From the end forwards there is nothing: the end is behind the last event.
  const start = options.hasEnd() ? view.last + 1 : from;
  return writeAll(database, readStreamForwards(database, stream, view, start), asked, call);
}

async function answerAll(database: Database, options: ReadReq.Options.AllOptions, asked: Asked, call: OpenCall): Promise<void> {
  const given = options.getPosition()?.getCommitPosition();
  const position = given === undefined || BigInt(given) === END ? undefined : BigInt(given);
  const atEnd = options.hasEnd() || (given !== undefined && position === undefined);
  if (asked.count === undefined) {
    const after = atEnd ? database.head : position === undefined ? 0 : lastAtOrBefore(position);
    return followAll({ database, call, answering: asked.answering }, asked.filter, after);
  }
  if (asked.backwards) {
    const from = position === undefined ? (atEnd ? database.head : 0) : lastBefore(position);
    return writeAll(database, readAllBackwards(database, from, asked.filter), asked, call);
  }
  const after = position === undefined ? (atEnd ? database.head : 0) : lastBefore(position);
  return writeAll(database, readAllForwards(database, after, asked.filter), asked, call);
}

async function writeAll(database: Database, records: Iterable<StoredRecord>, asked: Asked, call: OpenCall): Promise<void> {
  let left = asked.count ?? 0;
  if (left <= 0) return;
  for (const record of records) {
    await call.write(messageFor(database, record, asked.answering));
    if (--left <= 0 || call.closed) return;
  }
}
