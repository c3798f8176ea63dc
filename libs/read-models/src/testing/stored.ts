import { instant } from '@tocsin/domain';
import type { EventMetadata, Position, StoredEvent } from '@tocsin/event-store';

export interface Told {
  readonly stream: string;
  readonly type: string;
  readonly data: unknown;
  readonly metadata?: Partial<EventMetadata>;
}

/** Events as the log would hand them out, in this order. */
export const stored = (...events: readonly Told[]): readonly StoredEvent[] => {
  const revisions = new Map<string, number>();
  return events.map(({ stream, type, data, metadata }, index) => {
    const revision = (revisions.get(stream) ?? -1) + 1;
    revisions.set(stream, revision);
    return {
      id: `event-${index}`,
      type,
      data: JSON.parse(JSON.stringify(data)) as unknown,
      stream,
      revision,
      position: String(index + 1).padStart(20, '0') as Position,
      metadata: {
        schemaVersion: 1,
        time: instant(1_700_000_000_000 + index),
        actor: { type: 'system', part: 'spec' },
        correlationId: `c${index}`,
        causationId: `d${index}`,
        ...metadata,
      },
    };
  });
};
