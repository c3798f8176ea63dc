import type { StoredEvent } from '@tocsin/event-store';
import type { Projection } from './projection';
import type { CollectionChange, CollectionDefinition, ReadStore } from './read-store';

/** An event that a projection could not digest, or that came after one in the same stream. */
export interface ParkedEvent {
  /** The event's position. */
  readonly id: string;
  readonly stream: string;
  readonly revision: number;
  readonly eventId: string;
  readonly type: string;
  readonly error: string;
}

const PAGE = 200;

const parkedOf = (view: string): CollectionDefinition<ParkedEvent> => ({
  name: `parked-${view}`,
  version: 1,
  fields: { stream: (parked) => parked.stream },
  indexes: [['id'], ['stream', 'id']],
  counters: [['stream']],
});

/** What a projection's view is declared as, also by who only reads it. */
export const collectionsOf = (projection: Pick<Projection, 'name' | 'collections'>): readonly CollectionDefinition<never>[] => [
  ...projection.collections,
  parkedOf(projection.name) as CollectionDefinition<never>,
];

/** Streams that a view does not follow any more until it is rebuilt; the other streams go on. */
export class ParkedEvents {
  readonly definition: CollectionDefinition<ParkedEvent>;
  private streams = new Set<string>();

  constructor(view: string) {
    this.definition = parkedOf(view);
  }

  get blockedStreams(): number {
    return this.streams.size;
  }

  blocks(stream: string): boolean {
    return this.streams.has(stream);
  }

  block(stream: string): void {
    this.streams.add(stream);
  }

  async load(readStore: Pick<ReadStore, 'find'>): Promise<void> {
    const streams = new Set<string>();
    for (let skip = 0; ; skip += PAGE) {
      const page = await readStore.find<ParkedEvent>(this.definition.name, {
        sort: [{ field: 'id', descending: false }],
        skip,
        limit: PAGE,
      });
      for (const { stream } of page) streams.add(stream);
      if (page.length < PAGE) break;
    }
    this.streams = streams;
  }

  changeFor(event: StoredEvent, error: string): CollectionChange {
    const parked: ParkedEvent = {
      id: event.position,
      stream: event.stream,
      revision: event.revision,
      eventId: event.id,
      type: event.type,
      error,
    };
    return { collection: this.definition.name, change: { put: parked } };
  }
}
