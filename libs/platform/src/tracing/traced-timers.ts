import { EventStoreFault } from '@tocsin/event-store';
import type { EventStore } from '@tocsin/event-store';
import type { Platform } from '../platform';

/** What a stream's timer sets off, as part of the trace that began the stream; just that when nothing is traced. */
export const inTraceOfStream = <More extends readonly unknown[]>(
  { tracing, eventStore }: Pick<Platform, 'tracing' | 'eventStore'>,
  name: string,
  onDue: (stream: string, ...more: More) => Promise<void>,
): ((stream: string, ...more: More) => Promise<void>) => {
  if (tracing === undefined) return onDue;
  return async (stream, ...more) =>
    tracing.enter(
      { name: `timer ${name}`, kind: 'internal', attributes: { 'tocsin.stream': stream } },
      await beginningOf(eventStore, stream),
      () => onDue(stream, ...more),
    );
};

const beginningOf = async (eventStore: EventStore, stream: string): Promise<string | undefined> => {
  try {
    const [first] = await eventStore.readStream(stream, { limit: 1 });
    return first?.metadata.traceParent;
  } catch (error) {
    // The timer goes off nevertheless, in a trace of its own.
    if (error instanceof EventStoreFault) return undefined;
    throw error;
  }
};
