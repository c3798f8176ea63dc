import { isUtf8 } from 'node:buffer';
import type { CommittedEvent, EventToAppend } from '@tocsin/embedded-log';

/** What a client asks to have written. */
export interface ProposedEvent {
  readonly id: string;
  readonly type: string;
  readonly isJson: boolean;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

export interface StoredRecord extends ProposedEvent {
  readonly stream: string;
  readonly revision: number;
  /** Place in the log, counted by one; clients are shown `positionOf` it. */
  readonly at: number;
  readonly createdMs: number;
}

/** The event that ends a stream for ever. */
export const TOMBSTONE = '$streamDeleted';
/** The revision clients are shown for it. */
export const TOMBSTONE_REVISION = 9_223_372_036_854_775_807n;

/** Positions have gaps, as those of the real server have, so that nobody comes to count on the next one being one further. */
const GAP = 64n;
export const positionOf = (at: number): bigint => BigInt(at) * GAP;
/** The last place whose position is below or at `position`. */
export const lastAtOrBefore = (position: bigint): number => Number(position / GAP);
/** The last place whose position is below `position`. */
export const lastBefore = (position: bigint): number => (position === 0n ? 0 : Number((position - 1n) / GAP));

interface Envelope {
  readonly createdMs: number;
  readonly isJson: boolean;
  readonly data: Encoding;
  readonly metadata: readonly [Encoding, string];
}
type Encoding = 'utf8' | 'base64';

/** The log keeps text. What is no text, a client may send it all the same, is kept as base64. */
const encodingOf = (bytes: Uint8Array): Encoding => (isUtf8(bytes) && !bytes.includes(0) ? 'utf8' : 'base64');
const toText = (bytes: Uint8Array, encoding: Encoding): string => Buffer.from(bytes).toString(encoding);

/** The log would take an id once per stream; this protocol lets a client write it again further on. */
const ROW_ID = /^(.*)@\d+$/s;

export function toRow(event: ProposedEvent, revision: number, createdMs: number): EventToAppend {
  const data = encodingOf(event.data);
  const metadata = encodingOf(event.metadata);
  const envelope: Envelope = { createdMs, isJson: event.isJson, data, metadata: [metadata, toText(event.metadata, metadata)] };
  return { id: `${event.id}@${revision}`, type: event.type, data: toText(event.data, data), metadata: JSON.stringify(envelope) };
}

export function toRecord(row: CommittedEvent): StoredRecord {
  const known = row.parsed as StoredRecord | undefined;
  if (known !== undefined) return known;
  const { createdMs, isJson, data, metadata } = JSON.parse(row.metadata) as Envelope;
  const record: StoredRecord = {
    id: ROW_ID.exec(row.id)?.[1] ?? row.id,
    type: row.type,
    isJson,
    data: Buffer.from(row.data, data),
    metadata: Buffer.from(metadata[1], metadata[0]),
    stream: row.stream,
    revision: row.revision,
    at: row.at,
    createdMs,
  };
  row.parsed = record;
  return record;
}
