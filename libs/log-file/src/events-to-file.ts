import { START } from '@tocsin/event-store';
import type { EventStore, Position, StoredEvent } from '@tocsin/event-store';
import type { FiledEvent } from './log-file';

const PAGE = 1_000;

/** Who owns what at the moment: over as soon as the processes are others, and of no use elsewhere. */
const isLease = ({ stream }: StoredEvent): boolean => stream.startsWith('lease-');

/** What of the log goes into a file, up to a position that is included, page by page. @throws EventStoreFault */
export async function* eventsToFile(eventStore: EventStore, upTo: Position): AsyncGenerator<readonly FiledEvent[], void, undefined> {
  for (let after: Position = START; after < upTo;) {
    const page = await eventStore.readAll({ after, prefixes: [], limit: PAGE });
    yield page.events.filter((event) => event.position <= upTo && !isLease(event)).map(filed);
    if (page.atHead) return;
    after = page.next;
  }
}

const filed = ({ stream, revision, id, type, data, metadata }: StoredEvent): FiledEvent => ({ stream, revision, id, type, data, metadata });
