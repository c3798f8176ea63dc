import { instant } from '@tocsin/domain';
import type { Actor } from '@tocsin/domain';
import type { IHeaders, KafkaMessage, Message as KafkaRecord } from 'kafkajs';
import { v5 as uuidV5 } from 'uuid';
import type { Message, OutgoingMessage } from '../message-bus';

/** What a record becomes that nobody of ours can have written: nobody handles the type, and nothing is lost silently. */
export const UNREADABLE = 'Unreadable';

const NAMESPACE = '0c9c6cf1-3d0c-5f0a-9d0e-6a4d6c1d8f27';
/** Offset, time, lengths: more than the format needs. */
const OVERHEAD_BYTES = 64;

export interface SizedRecord {
  readonly record: KafkaRecord;
  readonly bytes: number;
}

/** The value is the data alone, as JSON, so that others can read a topic too; everything else is in headers. */
export function toRecord(message: OutgoingMessage): SizedRecord {
  const { id, key, type, schemaVersion, time, correlationId, causationId, traceParent, actor, onlyGroup, fact, data } = message;
  const headers: Record<string, string> = {
    id,
    type,
    'schema-version': String(schemaVersion),
    time: String(time),
    'correlation-id': correlationId,
    'causation-id': causationId,
    ...(traceParent === undefined ? {} : { traceparent: traceParent }),
    ...(actor === undefined ? {} : { actor: JSON.stringify(actor) }),
    ...(onlyGroup === undefined ? {} : { 'only-group': onlyGroup }),
    ...(fact === undefined ? {} : { stream: fact.stream, revision: String(fact.revision), position: fact.position }),
  };
  const value = data === null ? null : JSON.stringify(data);
  const parts = [key ?? '', value ?? '', ...Object.entries(headers).flat()];
  return { record: { key, value, headers }, bytes: parts.reduce((sum, part) => sum + Buffer.byteLength(part) + 5, OVERHEAD_BYTES) };
}

export interface Place {
  readonly topic: string;
  readonly epoch: string;
  readonly partition: number;
}

export function fromRecord(place: Place, { offset, key, value, headers = {}, timestamp }: KafkaMessage): Message {
  const at = { ...place, offset: Number(offset), key: key?.toString() ?? null };
  try {
    const text = (name: string): string => textOf(headers, name) ?? missing(name);
    const [traceParent, actor, onlyGroup, stream] = ['traceparent', 'actor', 'only-group', 'stream'].map((name) => textOf(headers, name));
    return {
      id: text('id'),
      type: text('type'),
      schemaVersion: Number(text('schema-version')),
      time: instant(Number(text('time'))),
      correlationId: text('correlation-id'),
      causationId: text('causation-id'),
      ...(traceParent === undefined ? {} : { traceParent }),
      ...(actor === undefined ? {} : { actor: JSON.parse(actor) as Actor }),
      ...(onlyGroup === undefined ? {} : { onlyGroup }),
      ...(stream === undefined ? {} : { fact: { stream, revision: Number(text('revision')), position: text('position') } }),
      data: value === null ? null : (JSON.parse(value.toString()) as unknown),
      ...at,
    };
  } catch (error) {
    const id = uuidV5(`${place.topic}\n${place.epoch}\n${place.partition}\n${offset}`, NAMESPACE);
    const data = { reason: error instanceof Error ? error.message : String(error), base64: value?.toString('base64') ?? null };
    const time = instant(Number(timestamp));
    return { id, type: UNREADABLE, schemaVersion: 1, time, correlationId: id, causationId: id, data, ...at };
  }
}

const textOf = (headers: IHeaders, name: string): string | undefined => {
  const header = headers[name];
  return (Array.isArray(header) ? header[0] : header)?.toString();
};

const missing = (name: string): never => {
  throw new Error(`header ${name} is missing`);
};
