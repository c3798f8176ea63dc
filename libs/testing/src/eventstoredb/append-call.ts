import type { ServerReadableStream } from '@grpc/grpc-js';
import { AppendResp } from '@eventstore/db-client/generated/streams_pb';
import type { AppendReq } from '@eventstore/db-client/generated/streams_pb';
import type { Database, Written } from './database';
import { NO_STREAM } from './expected-revision';
import type { Expected } from './expected-revision';
import { expectedOf, nameOf, nothing, proposedOf, sizeOf } from './messages';
import { positionOf } from './record';
import type { ProposedEvent } from './record';
import { appendTooLarge, invalid, streamDeleted } from './refusals';

interface Append {
  readonly stream: string;
  readonly expected: Expected;
  readonly events: ProposedEvent[];
}

/** All of an append: its options come first, then its events. */
export async function readAppend(call: ServerReadableStream<AppendReq, AppendResp>, mostBytes: number): Promise<Append> {
  let append: Append | undefined;
  let bytes = 0;
  for await (const request of call as AsyncIterable<AppendReq>) {
    const options = request.getOptions();
    if (options !== undefined) append = { stream: nameOf(options.getStreamIdentifier()), expected: expectedOf(options), events: [] };
    const proposed = request.getProposedMessage();
    if (proposed === undefined) continue;
    if (append === undefined) throw invalid('events before the options');
    const event = proposedOf(proposed);
    bytes += sizeOf(event);
    append.events.push(event);
  }
  if (append === undefined) throw invalid('an append without options');
  if (bytes > mostBytes) throw appendTooLarge(mostBytes);
  return append;
}

export async function answerAppend(database: Database, { stream, expected, events }: Append): Promise<AppendResp> {
  const written = await database.append(stream, expected, events);
  if (written.kind === 'deleted') throw streamDeleted(stream);
  return written.kind === 'wrong' ? new AppendResp().setWrongExpectedVersion(conflict(expected, written.current)) : success(written);
}

function success(written: Extract<Written, { kind: 'written' }>): AppendResp {
  const message = new AppendResp.Success();
  if (written.revision === NO_STREAM) message.setNoStream(nothing());
  else message.setCurrentRevision(String(written.revision));
  if (written.at === undefined) message.setNoPosition(nothing());
  else {
    const position = new AppendResp.Position();
    position.setCommitPosition(String(positionOf(written.at)));
    position.setPreparePosition(String(positionOf(written.at)));
    message.setPosition(position);
  }
  return new AppendResp().setSuccess(message);
}

function conflict(expected: Expected, current: number): AppendResp.WrongExpectedVersion {
  const message = new AppendResp.WrongExpectedVersion();
  if (current === NO_STREAM) message.setCurrentNoStream(nothing());
  else message.setCurrentRevision(String(current));
  if (expected === 'any') return message.setExpectedAny(nothing());
  if (expected === 'stream_exists') return message.setExpectedStreamExists(nothing());
  return expected === NO_STREAM ? message.setExpectedNoStream(nothing()) : message.setExpectedRevision(String(expected));
}
