import { instant } from '@tocsin/domain';
import type { KafkaMessage } from 'kafkajs';
import type { OutgoingMessage } from '../message-bus';
import { outgoing } from '../testing/messages';
import { fromRecord, toRecord, UNREADABLE } from './record';

const PLACE = { topic: 'things', epoch: 'first', partition: 2 };

const bytesOf = (value: unknown): Buffer | null => (value === null || value === undefined ? null : Buffer.from(String(value)));

/** As a broker gives it back. */
const stored = (message: OutgoingMessage): KafkaMessage => {
  const { key, value, headers } = toRecord(message).record;
  return {
    key: bytesOf(key),
    value: bytesOf(value),
    headers: Object.fromEntries(Object.entries(headers ?? {}).map(([name, text]) => [name, bytesOf(text) ?? undefined])),
    offset: '7',
    timestamp: '1700000000000',
    attributes: 0,
  };
};

describe('a message as a record', () => {
  it('comes back with everything it had', () => {
    const message = outgoing({
      key: 'alert-1',
      data: { text: 'ü€😀' },
      traceParent: '00-a-b-01',
      actor: { type: 'system', id: 'relay' } as never,
      onlyGroup: 'alerts',
      fact: { stream: 'alert-1', revision: 3, position: '00000000000000000009' },
    });
    expect(fromRecord(PLACE, stored(message))).toEqual({ ...message, ...PLACE, offset: 7 });
  });

  it('has nothing that the message had not, and null for a tombstone', () => {
    const message = outgoing({ data: null });
    expect(fromRecord(PLACE, stored(message))).toEqual({ ...message, ...PLACE, offset: 7 });
    expect(toRecord(message).record).toMatchObject({ key: null, value: null });
  });

  it('is never larger than it says', () => {
    const { record, bytes } = toRecord(outgoing({ key: 'ü'.repeat(100), data: '€'.repeat(1_000) }));
    const parts = [record.key, record.value, ...Object.entries(record.headers ?? {}).flat()];
    expect(bytes).toBeGreaterThan(parts.reduce<number>((sum, part) => sum + Buffer.byteLength(String(part)), 0));
  });
});

describe('a record of somebody else', () => {
  it.each([
    ['has no headers', { value: Buffer.from('{}'), headers: {} }],
    ['is no JSON', { ...stored(outgoing()), value: Buffer.from('not JSON') }],
    ['has a time that is none', { ...stored(outgoing()), headers: { ...stored(outgoing()).headers, time: Buffer.from('yesterday') } }],
  ])('that %s is unreadable, with all it held and the same id each time', (_, about) => {
    const record = { ...stored(outgoing()), ...about } as KafkaMessage;
    const message = fromRecord(PLACE, record);
    expect(message).toMatchObject({ type: UNREADABLE, offset: 7, time: instant(1_700_000_000_000) });
    expect(message.data).toMatchObject({ base64: record.value?.toString('base64') });
    expect(fromRecord(PLACE, record)).toEqual(message);
  });
});
