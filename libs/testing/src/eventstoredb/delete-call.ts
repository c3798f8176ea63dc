import type { DeleteReq, TombstoneReq } from '@eventstore/db-client/generated/streams_pb';
import type { Database } from './database';
import { expectedNumber, expectedOf, nameOf } from './messages';
import { positionOf } from './record';
import { invalid, streamDeleted, wrongExpectedVersion } from './refusals';

interface PositionMessage {
  setCommitPosition(value: string): unknown;
  setPreparePosition(value: string): unknown;
}

/** A soft delete or a tombstone; what is refused is a gRPC error here, not an answer as of an append. */
export async function answerDelete<Position extends PositionMessage, Answer extends { setPosition(position: Position): Answer }>(
  database: Database,
  how: 'softDelete' | 'tombstone',
  request: DeleteReq | TombstoneReq,
  answer: Answer,
  position: Position,
): Promise<Answer> {
  const options = request.getOptions();
  if (options === undefined) throw invalid('a deletion without options');
  const stream = nameOf(options.getStreamIdentifier());
  const expected = expectedOf(options);
  const written = await database[how](stream, expected);
  if (written.kind === 'deleted') throw streamDeleted(stream);
  if (written.kind === 'wrong') throw wrongExpectedVersion(stream, expectedNumber(expected), written.current);
  position.setCommitPosition(String(positionOf(written.at ?? 0)));
  position.setPreparePosition(String(positionOf(written.at ?? 0)));
  return answer.setPosition(position);
}
