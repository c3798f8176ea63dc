import type { ToolEvent } from '@tocsin/contracts';
import { hourOf, isFullHour, plusMinutes, Rejection, sourceLogDecider, sourceLogStream } from '@tocsin/domain';
import type {
  AlertSourceId,
  Clock,
  DroppedCounts,
  Instant,
  SourceLog as Log,
  SourceLogCommand,
  SourceLogEvent,
  Timer,
  WhyWithoutEffect,
} from '@tocsin/domain';
import { CommandHandler } from '@tocsin/event-store';
import type { EventStore, Handled } from '@tocsin/event-store';
import { causeOf } from '@tocsin/messaging';
import type { Message } from '@tocsin/messaging';
import type { BackgroundPart, Logger } from '@tocsin/platform';

/** What came in an hour that is full, as far as this process was given it. */
interface Flood {
  /** What is told of all has its cause. */
  readonly first: Message;
  readonly sourceId: AlertSourceId;
  readonly hour: Instant;
  counts: DroppedCounts;
  readonly timer: Timer;
}

export interface SourceLogParts {
  readonly eventStore: EventStore;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Writes down which events of a source had no effect, and why: the tool was answered 202 and hears nothing of it (B20). A
 * hundred of an hour one by one, whichever replicas have them; each replica counts what is beyond, and tells its counts when
 * the hour is over, and when it stops. What is lost is what was counted by one that is killed: the counts are lower bounds.
 */
export class SourceLog implements BackgroundPart {
  private readonly streams: CommandHandler<SourceLogCommand, Log, SourceLogEvent>;
  /** Of each source, the last hour that is known to be full: in a flood an event costs nothing but the counting. */
  private readonly full = new Map<AlertSourceId, Instant>();
  private readonly floods = new Map<string, Flood>();
  private readonly telling = new Set<Promise<void>>();
  private stopped = false;

  constructor(private readonly parts: SourceLogParts) {
    this.streams = new CommandHandler({ store: parts.eventStore, decider: sourceLogDecider });
  }

  /** @throws EventStoreFault */
  async record(message: Message, { sourceId, receivedAt: at, eventType, alertKey }: ToolEvent, reason: WhyWithoutEffect): Promise<void> {
    const hour = hourOf(at);
    if (this.full.get(sourceId) !== hour) {
      const event = { sourceId, at, eventType, ...(alertKey === undefined ? {} : { alertKey }), reason };
      const { state, events } = await this.append(message, { type: 'drop', event });
      if (isFullHour(state, at)) this.full.set(sourceId, hour);
      if (events.length > 0 || !isFullHour(state, at)) return;
    }
    this.count(message, sourceId, hour, { [reason]: 1 });
  }

  start(): void {
    // It begins with the first event that it is given.
  }

  async stop(): Promise<void> {
    this.stopped = true;
    for (const key of this.floods.keys()) this.tell(key);
    await Promise.all(this.telling);
  }

  settled(): boolean {
    return this.telling.size === 0;
  }

  private count(first: Message, sourceId: AlertSourceId, hour: Instant, counts: DroppedCounts): void {
    const key = `${sourceId} ${hour}`;
    const known = this.floods.get(key);
    if (known === undefined) {
      const timer = this.parts.clock.at(this.toldAt(hour), () => this.tell(key));
      this.floods.set(key, { first, sourceId, hour, counts, timer });
    } else known.counts = sum(known.counts, counts);
  }

  /** What comes later than its hour is not told one by one either. */
  private toldAt(hour: Instant): Instant {
    const over = plusMinutes(hour, 60);
    const soon = plusMinutes(this.parts.clock.now(), 1);
    return over > soon ? over : soon;
  }

  private tell(key: string): void {
    const flood = this.floods.get(key);
    if (flood === undefined) return;
    this.floods.delete(key);
    flood.timer.cancel();
    const { first, sourceId, hour, counts } = flood;
    const told = this.append(first, { type: 'count', counted: { sourceId, at: hour, counts } })
      .catch((error: unknown) => {
        this.parts.log.warn({ err: error, sourceId }, 'counts of events without effect could not be recorded');
        if (!this.stopped) this.count(first, sourceId, hour, counts);
      })
      .then(() => void this.telling.delete(told));
    this.telling.add(told);
  }

  private async append(message: Message, command: SourceLogCommand): Promise<Handled<Log>> {
    const { sourceId, at } = command.type === 'drop' ? command.event : command.counted;
    for (;;) {
      try {
        return await this.streams.handle(sourceLogStream(sourceId, at), command, {
          commandId: `${message.id}:${command.type}`,
          actor: { type: 'source', sourceId },
          time: this.parts.clock.now(),
          ...causeOf(message),
        });
      } catch (error) {
        // Each lost race is an event more on record, and a full hour has no races.
        if (!(error instanceof Rejection) || error.code !== 'too-many-conflicts') throw error;
      }
    }
  }
}

const sum = (one: DroppedCounts, other: DroppedCounts): DroppedCounts => {
  const reasons = [...new Set([...Object.keys(one), ...Object.keys(other)])] as WhyWithoutEffect[];
  return Object.fromEntries(reasons.map((reason) => [reason, (one[reason] ?? 0) + (other[reason] ?? 0)]));
};
