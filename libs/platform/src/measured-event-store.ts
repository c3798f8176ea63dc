import { EventStore, EventStoreFault, WrongExpectedRevision } from '@tocsin/event-store';
import type {
  AllPage,
  AppendResult,
  ExpectedRevision,
  NewEvent,
  Position,
  ReadAllQuery,
  StoredEvent,
  Subscription,
} from '@tocsin/event-store';
import type { Histogram, Metrics } from './metrics';

/** Any event store, with the time that its appends take. */
export class MeasuredEventStore extends EventStore {
  private readonly duration: Histogram<'outcome'>;

  constructor(
    private readonly inner: EventStore,
    metrics: Metrics,
  ) {
    super();
    this.duration = metrics.histogram({
      name: 'tocsin_event_store_append_duration_seconds',
      help: 'Time until an append was durable, or had failed.',
      labels: ['outcome'],
    });
  }

  async append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendResult> {
    const startedAt = performance.now();
    let outcome = 'appended';
    try {
      return await this.inner.append(stream, expected, events);
    } catch (error) {
      outcome = error instanceof WrongExpectedRevision ? 'conflict' : error instanceof EventStoreFault ? error.reason : 'bug';
      throw error;
    } finally {
      this.duration.observe({ outcome }, (performance.now() - startedAt) / 1_000);
    }
  }

  readStream(stream: string, options?: { from?: number; limit?: number }): Promise<readonly StoredEvent[]> {
    return this.inner.readStream(stream, options);
  }

  readLast(stream: string): Promise<StoredEvent | undefined> {
    return this.inner.readLast(stream);
  }

  readAll(query: ReadAllQuery): Promise<AllPage> {
    return this.inner.readAll(query);
  }

  follow(
    from: Position,
    prefixes: readonly string[],
    onBatch: (page: AllPage) => Promise<void>,
    onEnd: (error: Error) => void,
  ): Subscription {
    return this.inner.follow(from, prefixes, onBatch, onEnd);
  }

  head(): Promise<Position> {
    return this.inner.head();
  }

  deleteStream(stream: string, expected?: number): Promise<void> {
    return this.inner.deleteStream(stream, expected);
  }

  keepOnlyLast(stream: string): Promise<void> {
    return this.inner.keepOnlyLast(stream);
  }

  loadCheckpoint(processor: string): Promise<Position> {
    return this.inner.loadCheckpoint(processor);
  }

  saveCheckpoint(processor: string, position: Position): Promise<void> {
    return this.inner.saveCheckpoint(processor, position);
  }
}
