import type { CommittedEvent, EventToAppend } from '@tocsin/embedded-log';
import type { EventMetadata, NewEvent, Position, StoredEvent } from '../event-store';
import { deepFreeze } from '../frozen';
import { toPosition } from '../position-digits';

export const fromPosition = (position: Position): number => Number(position);

export const toAppend = ({ id, type, data, metadata }: NewEvent): EventToAppend => ({
  id,
  type,
  data: JSON.stringify(data ?? null),
  metadata: JSON.stringify(metadata),
});

/**
 * Always made from the stored text, never from the object that was appended: who follows live sees exactly what a rebuild
 * will see. Frozen, because all followers share it.
 */
export function toStored(event: CommittedEvent): StoredEvent {
  const known = event.parsed as StoredEvent | undefined;
  if (known !== undefined) return known;
  const stored: StoredEvent = deepFreeze({
    id: event.id,
    type: event.type,
    data: JSON.parse(event.data) as unknown,
    metadata: JSON.parse(event.metadata) as EventMetadata,
    stream: event.stream,
    revision: event.revision,
    position: toPosition(event.at),
  });
  event.parsed = stored;
  return stored;
}
