import { EventStoreFault, EventStoreInBetween, WrongExpectedRevision } from '@tocsin/event-store';
import type { AppendResult, EventStore, ExpectedRevision, NewEvent } from '@tocsin/event-store';
import type { Histogram, Metrics } from './metrics';

/** Any event store, with the time that its appends take. */
export class MeasuredEventStore extends EventStoreInBetween {
  private readonly duration: Histogram<'outcome'>;

  constructor(inner: EventStore, metrics: Metrics) {
    super(inner);
    this.duration = metrics.histogram({
      name: 'tocsin_event_store_append_duration_seconds',
      help: 'Time until an append was durable, or had failed.',
      labels: ['outcome'],
    });
  }

  override async append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendResult> {
    const startedAt = performance.now();
    let outcome = 'appended';
    try {
      return await super.append(stream, expected, events);
    } catch (error) {
      outcome = error instanceof WrongExpectedRevision ? 'conflict' : error instanceof EventStoreFault ? error.reason : 'bug';
      throw error;
    } finally {
      this.duration.observe({ outcome }, (performance.now() - startedAt) / 1_000);
    }
  }
}
