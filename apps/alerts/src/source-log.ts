import type { ToolEvent } from '@tocsin/contracts';
import { Clock, fold, hourOf, isFullHour, sourceLogDecider, sourceLogStream } from '@tocsin/domain';
import type { AlertSourceId, Instant, SourceLog as Log, SourceLogEvent, WhyWithoutEffect } from '@tocsin/domain';
import { derivedEventId, eventOf, EventStore } from '@tocsin/event-store';
import { causeOf } from '@tocsin/messaging';
import type { Message } from '@tocsin/messaging';

interface Day {
  readonly stream: string;
  /** What is on record of this day, as far as this process knows. */
  log: Log;
  /** What came in an hour that is full. Lost in a restart, so that the hourly counts are lower bounds. */
  flood: { readonly hour: Instant; readonly counts: Partial<Record<WhyWithoutEffect, number>> } | undefined;
  loaded: Promise<void>;
}

/**
 * Writes down which events of a source had no effect, and why: the tool was answered 202 and hears nothing of it (B20). The
 * log is appended to at any revision: nothing is decided by it but how much is written, about which replicas need not agree.
 */
export class SourceLog {
  private readonly days = new Map<AlertSourceId, Day>();

  constructor(
    private readonly eventStore: EventStore,
    private readonly clock: Clock,
  ) {}

  /** In a flood this costs nothing but the counting. @throws EventStoreFault */
  async record(message: Message, { sourceId, receivedAt: at, eventType, alertKey }: ToolEvent, reason: WhyWithoutEffect): Promise<void> {
    const day = this.dayOf(sourceId, at);
    await day.loaded;
    if (isFullHour(day.log, at)) {
      day.flood ??= { hour: hourOf(at), counts: {} };
      day.flood.counts[reason] = (day.flood.counts[reason] ?? 0) + 1;
      return;
    }
    const { flood } = day;
    day.flood = undefined;
    const event = { sourceId, at, eventType, ...(alertKey === undefined ? {} : { alertKey }), reason };
    const events = sourceLogDecider.decide({ type: 'drop', event, ...(flood === undefined ? {} : { counted: flood }) }, day.log);
    // Before they are durable, so that of many at once no more than the limit are written.
    day.log = fold(sourceLogDecider, events, day.log);
    for (const each of events) await this.append(message, sourceLogStream(sourceId, at), each);
  }

  /** Of the newest day that was heard of; what comes late from the day before is measured by it, too. */
  private dayOf(sourceId: AlertSourceId, at: Instant): Day {
    const stream = sourceLogStream(sourceId, at);
    const known = this.days.get(sourceId);
    if (known !== undefined && known.stream >= stream) return known;
    const day: Day = { stream, log: sourceLogDecider.initial, flood: known?.flood, loaded: Promise.resolve() };
    day.loaded = this.load(day).catch((error: unknown) => {
      if (this.days.get(sourceId) === day) this.days.delete(sourceId);
      throw error;
    });
    this.days.set(sourceId, day);
    return day;
  }

  private async load(day: Day): Promise<void> {
    day.log = fold(sourceLogDecider, (await this.eventStore.readStream(day.stream)).map(eventOf<SourceLogEvent>));
  }

  private async append(message: Message, stream: string, { type, data }: SourceLogEvent): Promise<void> {
    await this.eventStore.append(stream, 'any', [
      {
        // Of the message and its type: delivered again with other counts before it, it is the same.
        id: derivedEventId(`${message.id}:${type}`, stream, 0),
        type,
        data,
        metadata: {
          schemaVersion: 1,
          time: this.clock.now(),
          actor: { type: 'source', sourceId: data.sourceId },
          ...causeOf(message),
        },
      },
    ]);
  }
}
