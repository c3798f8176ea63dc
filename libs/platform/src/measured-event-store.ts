import { EventStoreFault, EventStoreInBetween, WrongExpectedRevision } from '@tocsin/event-store';
import type {
  AllPage,
  AppendResult,
  EventStore,
  ExpectedRevision,
  NewEvent,
  Position,
  StoredEvent,
  Subscription,
} from '@tocsin/event-store';
import type { Histogram, Metrics } from './metrics';
import { traced } from './tracing/tracing';
import type { Tracing } from './tracing/tracing';

/** Any event store, with the time that its appends take, and with its calls as steps of what is traced. */
export class MeasuredEventStore extends EventStoreInBetween {
  private readonly duration: Histogram<'outcome'>;

  constructor(
    inner: EventStore,
    metrics: Metrics,
    private readonly tracing?: Tracing,
  ) {
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
      const attributes = { 'tocsin.stream': stream, 'tocsin.events': events.length };
      return await traced(this.tracing, { name: 'event store append', kind: 'client', attributes }, () =>
        super.append(stream, expected, this.withTrace(events)),
      );
    } catch (error) {
      outcome = error instanceof WrongExpectedRevision ? 'conflict' : error instanceof EventStoreFault ? error.reason : 'bug';
      throw error;
    } finally {
      this.duration.observe({ outcome }, (performance.now() - startedAt) / 1_000);
    }
  }

  override readStream(stream: string, options?: { from?: number; limit?: number }): Promise<readonly StoredEvent[]> {
    return this.read('read stream', stream, () => super.readStream(stream, options));
  }

  override readLast(stream: string): Promise<StoredEvent | undefined> {
    return this.read('read last', stream, () => super.readLast(stream));
  }

  override follow(
    from: Position,
    prefixes: readonly string[],
    onBatch: (page: AllPage) => Promise<void>,
    onEnd: (error: Error) => void,
  ): Subscription {
    const { tracing } = this;
    if (tracing === undefined) return super.follow(from, prefixes, onBatch, onEnd);
    // What is made of an event, a view say, belongs to the trace that recorded it.
    const inTheirTraces = (page: AllPage): Promise<void> =>
      tracing.onBehalfOf(
        page.events.flatMap(({ metadata }) => metadata.traceParent ?? []),
        () => onBatch(page),
      );
    return super.follow(from, prefixes, inTheirTraces, onEnd);
  }

  /** What comes of these events later, here or elsewhere, continues the trace. */
  private withTrace(events: readonly NewEvent[]): readonly NewEvent[] {
    const traceParent = this.tracing?.traceParent();
    return traceParent === undefined ? events : events.map((event) => ({ ...event, metadata: { ...event.metadata, traceParent } }));
  }

  private read<T>(operation: string, stream: string, work: () => Promise<T>): Promise<T> {
    return this.tracing === undefined
      ? work()
      : this.tracing.step({ name: `event store ${operation}`, kind: 'client', attributes: { 'tocsin.stream': stream } }, work);
  }
}
