import { stringify } from 'uuid';
import { Empty, StreamIdentifier, UUID } from '@eventstore/db-client/generated/shared_pb';
import { ReadResp } from '@eventstore/db-client/generated/streams_pb';
import type { AppendReq, BatchAppendReq } from '@eventstore/db-client/generated/streams_pb';
import { NO_STREAM } from './expected-revision';
import type { Expected } from './expected-revision';
import { positionOf, TOMBSTONE, TOMBSTONE_REVISION } from './record';
import type { ProposedEvent, StoredRecord } from './record';
import { invalid, metadataMissing } from './refusals';

const TICKS_PER_MS = 10_000n;
const JSON_TYPE = 'application/json';
const utf8 = new TextEncoder();

export const nameOf = (identifier: StreamIdentifier | undefined): string => {
  const name = Buffer.from(identifier?.getStreamName_asU8() ?? []).toString();
  if (name === '') throw invalid('a stream needs a name');
  return name;
};

export const identifierOf = (stream: string): StreamIdentifier => {
  const identifier = new StreamIdentifier();
  identifier.setStreamName(utf8.encode(stream));
  return identifier;
};

export function idOf(uuid: UUID | undefined): string {
  const structured = uuid?.getStructured();
  if (structured === undefined) return uuid?.getString() ?? '';
  const bytes = Buffer.alloc(16);
  bytes.writeBigInt64BE(BigInt.asIntN(64, BigInt(structured.getMostSignificantBits())), 0);
  bytes.writeBigInt64BE(BigInt.asIntN(64, BigInt(structured.getLeastSignificantBits())), 8);
  return stringify(bytes);
}

function uuidOf(id: string, structured: boolean): UUID {
  const uuid = new UUID();
  if (!structured) return uuid.setString(id);
  const bytes = Buffer.from(id.replaceAll('-', ''), 'hex');
  const halves = new UUID.Structured();
  halves.setMostSignificantBits(String(bytes.readBigInt64BE(0)));
  halves.setLeastSignificantBits(String(bytes.readBigInt64BE(8)));
  return uuid.setStructured(halves);
}

interface ExpectedInRequest {
  hasRevision(): boolean;
  getRevision(): string;
  hasNoStream(): boolean;
  hasAny(): boolean;
  hasStreamExists(): boolean;
}

export function expectedOf(options: ExpectedInRequest): Expected {
  if (options.hasRevision()) return Number(options.getRevision());
  if (options.hasNoStream()) return NO_STREAM;
  if (options.hasAny()) return 'any';
  if (options.hasStreamExists()) return 'stream_exists';
  throw invalid('no expected revision');
}

/** As the trailers of a refused deletion count: -1 no stream, -2 any, -4 stream exists. */
export const expectedNumber = (expected: Expected): string =>
  expected === 'any' ? '-2' : expected === 'stream_exists' ? '-4' : String(expected);

export function proposedOf(message: AppendReq.ProposedMessage | BatchAppendReq.ProposedMessage): ProposedEvent {
  const type = message.getMetadataMap().get('type');
  const contentType = message.getMetadataMap().get('content-type');
  if (type === undefined) throw metadataMissing('type');
  if (contentType === undefined) throw metadataMissing('content-type');
  return {
    id: idOf(message.getId()),
    type,
    isJson: contentType === JSON_TYPE,
    data: message.getData_asU8(),
    metadata: message.getCustomMetadata_asU8(),
  };
}

/** As the server counts it against the largest append. */
export const sizeOf = (event: ProposedEvent): number => event.data.length + event.metadata.length + 2 * event.type.length;

/** How the client wants ids. */
export interface Answering {
  readonly structuredIds: boolean;
}

/** By whether ids are structured. */
const encoded = { true: new WeakMap<StoredRecord, ReadResp>(), false: new WeakMap<StoredRecord, ReadResp>() };

/** The message for an event, encoded once however many subscribers and readers it goes to. */
export function sharedEventMessage(event: StoredRecord, answering: Answering): ReadResp {
  const known = encoded[`${answering.structuredIds}`];
  let message = known.get(event);
  if (message === undefined) {
    const bytes = eventMessage(event, undefined, answering).serializeBinary();
    message = Object.assign(new ReadResp(), { serializeBinary: () => bytes });
    known.set(event, message);
  }
  return message;
}

export function eventMessage(event: StoredRecord | undefined, link: StoredRecord | undefined, answering: Answering): ReadResp {
  const read = new ReadResp.ReadEvent();
  if (event !== undefined) read.setEvent(recorded(event, answering));
  if (link !== undefined) read.setLink(recorded(link, answering));
  const place = link ?? event;
  if (place !== undefined) read.setCommitPosition(String(positionOf(place.at)));
  return new ReadResp().setEvent(read);
}

function recorded(record: StoredRecord, answering: Answering): ReadResp.ReadEvent.RecordedEvent {
  const position = String(positionOf(record.at));
  const message = new ReadResp.ReadEvent.RecordedEvent();
  message.setId(uuidOf(record.id, answering.structuredIds));
  message.setStreamIdentifier(identifierOf(record.stream));
  message.setStreamRevision(String(record.type === TOMBSTONE ? TOMBSTONE_REVISION : record.revision));
  message.setPreparePosition(position);
  message.setCommitPosition(position);
  message.getMetadataMap().set('type', record.type);
  message.getMetadataMap().set('created', String(BigInt(record.createdMs) * TICKS_PER_MS));
  message.getMetadataMap().set('content-type', record.isJson ? JSON_TYPE : 'application/octet-stream');
  message.setCustomMetadata(record.metadata);
  message.setData(record.data);
  return message;
}

export function checkpointMessage(at: number): ReadResp {
  const checkpoint = new ReadResp.Checkpoint();
  checkpoint.setCommitPosition(String(positionOf(at)));
  checkpoint.setPreparePosition(String(positionOf(at)));
  return new ReadResp().setCheckpoint(checkpoint);
}

export function streamNotFoundMessage(stream: string): ReadResp {
  const notFound = new ReadResp.StreamNotFound();
  notFound.setStreamIdentifier(identifierOf(stream));
  return new ReadResp().setStreamNotFound(notFound);
}

export function confirmationMessage(subscriptionId: string): ReadResp {
  const confirmation = new ReadResp.SubscriptionConfirmation();
  confirmation.setSubscriptionId(subscriptionId);
  return new ReadResp().setConfirmation(confirmation);
}

export const caughtUpMessage = (): ReadResp => new ReadResp().setCaughtUp(new ReadResp.CaughtUp());
export const nothing = (): Empty => new Empty();
