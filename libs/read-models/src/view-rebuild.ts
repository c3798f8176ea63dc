import { START, type EventStore, type Position, type StoredEvent } from '@tocsin/event-store';
import { logPages } from './log-pages';
import type { Projection } from './projection';
import type { ViewCopy } from './read-store';
import { ViewWriter } from './view-writer';

export interface RebuildProgress {
  readonly position: Position;
  /** The end of the log when the rebuild began. */
  readonly head: Position;
  readonly events: number;
}

export interface ViewRebuildOptions {
  readonly projection: Projection;
  readonly eventStore: EventStore;
  readonly copy: ViewCopy;
  readonly onParked: (event: StoredEvent, error: Error) => void;
  readonly onPage: (position: Position, events: number) => void;
}

/** An alert's events come close together: a large page is folded into few documents, and few are read again. */
const PAGE = 2_000;
const CACHED_DOCUMENTS = 10_000;

/** Plays the whole log into a copy of a view. A fault of either store ends it: the copy is thrown away. */
export class ViewRebuild {
  private readonly writer: ViewWriter;
  private reached: Position = START;
  private events = 0;

  constructor(private readonly options: ViewRebuildOptions) {
    this.writer = new ViewWriter(options.projection, options.copy, CACHED_DOCUMENTS, options.onParked);
  }

  /** Up to the log's end as it is at some moment during the call, or until the signal. @throws ReadStoreFault, EventStoreFault */
  async catchUp(signal: AbortSignal): Promise<void> {
    const { eventStore, projection } = this.options;
    for await (const page of logPages(eventStore, { after: this.reached, prefixes: projection.prefixes, limit: PAGE })) {
      if (signal.aborted) return;
      if (page.next > this.reached) await this.writer.write(page.events, page.next);
      this.reached = page.next;
      this.events += page.events.length;
      this.options.onPage(this.reached, this.events);
    }
  }
}
