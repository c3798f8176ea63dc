import { EventStoreFault } from '../event-store';
import type { EventMetadata, NewEvent, StoredEvent } from '../event-store';
import { deepFreeze } from '../frozen';
import { toPosition } from '../position-digits';
import type { RecordedWireEvent, WireEvent } from './client';

/** These two have names that EventStoreDB and its tools know. */
interface WireMetadata extends Omit<EventMetadata, 'correlationId' | 'causationId'> {
  readonly $correlationId: string;
  readonly $causationId: string;
}

/** A server can be told to take less, and usually takes 1 MiB; none takes more. */
const LARGEST_APPEND_CHARACTERS = 16 * 1024 * 1024;

/**
 * @throws TypeError for what is no JSON: the client would find out too late to tell the caller
 * @throws EventStoreFault for what no server takes: it would be long under way for nothing
 */
export function toWire(events: readonly NewEvent[]): readonly WireEvent[] {
  const wire = events.map(toWireEvent);
  const size = wire.reduce((sum, { data, metadata }) => sum + JSON.stringify([data, metadata]).length, 0);
  if (size > LARGEST_APPEND_CHARACTERS) throw new EventStoreFault('too-large', false);
  return wire;
}

function toWireEvent({ id, type, data, metadata }: NewEvent): WireEvent {
  const { correlationId, causationId, ...others } = metadata;
  const wire: WireMetadata = { ...others, $correlationId: correlationId, $causationId: causationId };
  return { id, type, data: data ?? null, metadata: wire };
}

export function fromWire({ id, type, data, metadata, stream, revision, at }: RecordedWireEvent): StoredEvent {
  const { $correlationId, $causationId, ...others } = metadata as WireMetadata;
  return deepFreeze({
    id,
    type,
    data,
    metadata: { ...others, correlationId: $correlationId, causationId: $causationId },
    stream,
    revision,
    position: toPosition(at),
  });
}
