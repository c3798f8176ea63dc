import type { Instant } from '@tocsin/domain';
import type { Upcasts } from '@tocsin/event-store';
import { backOffMs, isWorthRetrying, pause, USUAL_BACK_OFF } from './back-off';
import type { BackOff, Pause } from './back-off';
import { Lanes } from './lanes';
import { MessageBusFault } from './message-bus';
import type { BusConnection, Message, MessageBus } from './message-bus';
import { newestFact } from './newest-fact';
import type { Outcome } from './outcome';
import type { Parking } from './parking';

export interface ConsumerOptions {
  readonly bus: MessageBus;
  readonly topic: string;
  readonly group: string;
  /**
   * Gets facts in their newest shape. Resolves when the effect is durable. A thrown `Rejection` is an answer (acknowledged), except `too-many-conflicts`: that and
   * a fault worth retrying are tried again for ever; anything else is tried three times more and then parked.
   */
  handle(message: Message): Promise<void>;
  readonly parking: Parking;
  readonly random: () => number;
  readonly onOutcome?: (outcome: Outcome) => void;
  /** The bus could not be reached and will be tried again. */
  readonly onConnectFault?: (error: unknown) => void;
  /** Messages of different keys handled at once (default 64); a function is asked before each start. */
  readonly concurrency?: number | (() => number);
  readonly bufferSize?: number;
  readonly backOff?: BackOff;
  /** Those of this version, unless it is a test. */
  readonly upcasts?: Upcasts;
}

/** How often an idle consumer looks whether its commits have arrived; only while somebody waits for that. */
const LAG_LOOK_MS = 5;

/**
 * One group's reading of one topic: every message handled at least once, those of one key in order, each finished before
 * it is committed. Lanes, retries and parking are in `lanes.ts`.
 */
export class Consumer {
  private readonly lanes: Lanes;
  private connection: BusConnection | undefined;
  /** Marks reached while `connect` had not answered yet. */
  private readonly early = new Map<number, number>();
  private starting: Promise<void> | undefined;
  private stopped: Promise<void> | undefined;
  private wait: Pause | undefined;

  constructor(private readonly options: ConsumerOptions) {
    const toNewest = newestFact(options.upcasts);
    this.lanes = new Lanes({
      group: options.group,
      // Not before: what is parked stays as it came.
      handle: async (message) => options.handle(toNewest(message)),
      park: (message, error) => options.parking.park(message, options.group, error),
      commit: (partition, nextOffset) => this.commit(partition, nextOffset),
      onOutcome: options.onOutcome ?? (() => undefined),
      random: options.random,
      concurrency: options.concurrency ?? 64,
      bufferSize: options.bufferSize ?? 1_024,
      backOff: options.backOff ?? USUAL_BACK_OFF,
    });
  }

  /** `topic/group` */
  get name(): string {
    return `${this.options.topic}/${this.options.group}`;
  }

  get topic(): string {
    return this.options.topic;
  }

  get group(): string {
    return this.options.group;
  }

  /** When the oldest message was published that is held here and not done with. */
  oldestHeld(): Instant | undefined {
    return this.lanes.oldestHeld();
  }

  get connected(): boolean {
    return this.connection !== undefined && this.stopped === undefined;
  }

  /** Resolves when connected, however long the bus is away, or when stopped. @throws MessageBusFault that is not worth retrying */
  start(): Promise<void> {
    return (this.starting ??= this.connect());
  }

  /** Starts nothing more, gives what runs until the deadline to finish, commits, leaves the group. */
  stop(deadlineMs = 10_000): Promise<void> {
    return (this.stopped ??= this.leave(deadlineMs));
  }

  /** Published and not yet committed by this group. @throws MessageBusFault, also while not connected */
  async lag(): Promise<number> {
    if (this.connection === undefined) throw new MessageBusFault('unavailable', true);
    return this.connection.lag();
  }

  /** Resolves when everything published before the call is finished, and at once when stopped. @throws MessageBusFault */
  async settled(): Promise<void> {
    while (this.stopped === undefined) {
      await this.lanes.settled();
      if (this.stopped !== undefined || ((await this.lag()) === 0 && this.lanes.idle)) return;
      await pause(LAG_LOOK_MS).over;
    }
  }

  private async connect(): Promise<void> {
    const { bus, topic, group } = this.options;
    for (let tries = 1; this.stopped === undefined; tries++) {
      try {
        const connection = await bus.connect(topic, group, this.lanes);
        for (const [partition, nextOffset] of this.early) connection.commit(partition, nextOffset);
        this.early.clear();
        this.connection = connection;
        return;
      } catch (error) {
        if (!isWorthRetrying(error)) throw error;
        this.options.onConnectFault?.(error);
        this.wait = pause(backOffMs(tries, this.options.random, this.options.backOff));
        await this.wait.over;
      }
    }
  }

  private async leave(deadlineMs: number): Promise<void> {
    this.wait?.end();
    await this.lanes.stop(deadlineMs);
    // An attempt to connect that was under way may still succeed: then there is something to leave.
    await this.starting?.catch(() => undefined);
    await this.connection?.close();
  }

  private commit(partition: number, nextOffset: number): void {
    if (this.connection === undefined) this.early.set(partition, nextOffset);
    else this.connection.commit(partition, nextOffset);
  }
}
