/** -1 is "the stream has no events", as the protocol counts. */
export type Expected = number | 'any' | 'stream_exists';
export const NO_STREAM = -1;

export interface StreamNow {
  readonly current: number;
  readonly softDeleted: boolean;
  readonly tombstoned: boolean;
  readonly hasMetadata: boolean;
}

export interface KnownIds {
  at(revision: number): string | undefined;
  /** Where the stream had this id lately; the server forgets, so `any` is repeated exactly only for a while. */
  recent(id: string): number | undefined;
}

export type Decision =
  | { readonly kind: 'write' }
  /** All of it was written before; the last of it at this revision. */
  | { readonly kind: 'repeated'; readonly revision: number }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'deleted' };

const write: Decision = { kind: 'write' };
const wrong: Decision = { kind: 'wrong' };
const deleted: Decision = { kind: 'deleted' };

/** What becomes of an append: the protocol's table of expected revisions and repetitions. */
export function decideAppend(expected: Expected, stream: StreamNow, ids: readonly string[], known: KnownIds): Decision {
  if (stream.tombstoned) return deleted;
  if (expected === 'stream_exists') {
    if (stream.softDeleted) return deleted;
    if (stream.current === NO_STREAM && !stream.hasMetadata) return wrong;
  }
  if (expected === 'any' || expected === 'stream_exists') return decideAny(ids, known);
  if (expected > stream.current) return wrong;
  if (expected === stream.current) return write;
  return decideBehind(expected, stream, ids, known);
}

function decideAny(ids: readonly string[], known: KnownIds): Decision {
  const [first] = ids;
  if (first === undefined || known.recent(first) === undefined) return write;
  const revisions = ids.map((id) => known.recent(id));
  const last = revisions.at(-1);
  return last === undefined || revisions.includes(undefined) ? wrong : { kind: 'repeated', revision: last };
}

/** The stream is further than the writer thought: by his own events, written before, or by somebody else's. */
function decideBehind(expected: number, stream: StreamNow, ids: readonly string[], known: KnownIds): Decision {
  const differs = ids.findIndex((id, index) => known.at(expected + 1 + index) !== id);
  if (differs < 0) return { kind: 'repeated', revision: expected + ids.length };
  return differs === 0 && expected === NO_STREAM && stream.softDeleted ? write : wrong;
}

/** Whether a stream may be deleted; unlike an append this is never a repetition. */
export function decideDelete(expected: Expected, stream: StreamNow): Decision {
  if (stream.tombstoned) return deleted;
  if (expected === 'any') return write;
  if (expected === 'stream_exists') return stream.current === NO_STREAM ? wrong : write;
  return expected === stream.current ? write : wrong;
}
