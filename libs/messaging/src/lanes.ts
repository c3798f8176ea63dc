import { Rejection } from '@tocsin/domain';
import type { Instant } from '@tocsin/domain';
import { backOffMs, isWorthRetrying } from './back-off';
import type { BackOff } from './back-off';
import { LowWaterMark } from './low-water-mark';
import type { Place } from './low-water-mark';
import type { Message, MessageReceiver } from './message-bus';
import type { Outcome } from './outcome';
import { RepeatedFacts } from './repeated-facts';

export interface LanesOptions {
  readonly group: string;
  handle(message: Message): Promise<void>;
  /** Makes the message and its error durable elsewhere; the mark moves only after it resolved. */
  park(message: Message, error: unknown): Promise<void>;
  commit(partition: number, nextOffset: number): void;
  onOutcome(outcome: Outcome): void;
  random(): number;
  /** Lanes whose handler runs at the same time, at least one. A lane that waits for a retry is not one of them. Asked anew before each start. */
  readonly concurrency: number | (() => number);
  /** Messages held before `receive` makes the bus wait; one batch more than that can be held. */
  readonly bufferSize: number;
  readonly backOff: BackOff;
}

interface Partition {
  readonly number: number;
  readonly epoch: string;
  readonly mark: LowWaterMark;
  lost: boolean;
}

interface Item {
  readonly message: Message;
  readonly partition: Partition;
  readonly place: Place;
  tries: number;
  bugs: number;
  /** The bug that used up the tries. */
  given?: { readonly error: unknown };
}

interface Lane {
  readonly key: string;
  readonly queue: Item[];
  running: boolean;
  retry: NodeJS.Timeout | undefined;
}

const RETRIES_OF_A_BUG = 3;
const REVOKED_WAIT_MS = 5_000;

/**
 * Messages of one key run one after the other, in order; different keys never wait for each other, and one that fails
 * waits alone. What is not an error of infrastructure or a refusal is a bug: after bounded tries the message is parked and
 * the ones behind it go on. They are not parked with it: handlers decide by revision and must take any redelivery at any
 * later time anyway (P4), whereas holding back an alert's later facts, its acceptance among them, would page people who
 * have answered.
 *
 * Memory is bounded, so a fault that never ends does stop everything once the messages of the keys it concerns fill the
 * buffer; by then it is a fault of something all keys need.
 */
export class Lanes implements MessageReceiver {
  private readonly partitions = new Map<number, Partition>();
  private readonly lanes = new Map<string, Lane>();
  private readonly ready: Lane[] = [];
  private readonly repeated = new RepeatedFacts();
  private readonly watchers = new Set<() => void>();
  private held = 0;
  private running = 0;
  private stopping = false;

  constructor(private readonly options: LanesOptions) {}

  get idle(): boolean {
    return this.held === 0;
  }

  /** When the oldest message was published that is not done with; looks at each lane, so it is for scrapes. */
  oldestHeld(): Instant | undefined {
    let oldest: Instant | undefined;
    for (const { queue } of this.lanes.values()) {
      const time = queue[0]?.message.time;
      if (time !== undefined && (oldest === undefined || time < oldest)) oldest = time;
    }
    return oldest;
  }

  async receive(messages: readonly Message[]): Promise<void> {
    for (const message of messages) if (!this.stopping) this.take(message);
    this.startReady();
    await this.until(() => this.stopping || this.held < this.options.bufferSize);
  }

  /** Resolves when what had been started is finished, at most 5 s later; nothing of it is committed. */
  async revoked(partitions: readonly number[]): Promise<void> {
    const lost = new Set<Partition>();
    for (const number of partitions) {
      const partition = this.partitions.get(number);
      if (partition !== undefined) lost.add(this.lose(partition));
    }
    this.dropWaiting((item) => item.partition.lost);
    const stillRuns = (): boolean => [...this.lanes.values()].some((lane) => lane.running && lost.has((lane.queue[0] as Item).partition));
    await this.until(() => !stillRuns(), REVOKED_WAIT_MS);
  }

  /** Hands back what has not been started and resolves when the rest is finished, or at the deadline. */
  async stop(deadlineMs: number): Promise<void> {
    this.stopping = true;
    this.dropWaiting(() => true);
    await this.until(() => this.running === 0, deadlineMs);
    for (const partition of this.partitions.values()) this.lose(partition);
  }

  /** Resolves when nothing is held, or when stopping. */
  async settled(): Promise<void> {
    await this.until(() => this.stopping || this.idle);
  }

  private take(message: Message): void {
    const partition = this.partitionOf(message);
    // The bus went back, after a lost connection for instance: what it repeats is held here or finished.
    if (message.offset <= partition.mark.lastBegun) return;
    const key = message.key ?? `\u0000${message.epoch}/${message.partition}/${message.offset}`;
    let lane = this.lanes.get(key);
    if (lane === undefined) this.lanes.set(key, (lane = { key, queue: [], running: false, retry: undefined }));
    lane.queue.push({ message, partition, place: partition.mark.begin(message.offset), tries: 0, bugs: 0 });
    this.held++;
    if (lane.queue.length === 1) this.ready.push(lane);
  }

  private partitionOf(message: Message): Partition {
    const known = this.partitions.get(message.partition);
    if (known?.epoch === message.epoch) return known;
    if (known !== undefined) {
      this.lose(known);
      this.dropWaiting((item) => item.partition.lost);
    }
    const partition = { number: message.partition, epoch: message.epoch, mark: new LowWaterMark(), lost: false };
    this.partitions.set(message.partition, partition);
    return partition;
  }

  private lose(partition: Partition): Partition {
    partition.lost = true;
    this.partitions.delete(partition.number);
    return partition;
  }

  private startReady(): void {
    const { concurrency } = this.options;
    while (this.running < (typeof concurrency === 'number' ? concurrency : Math.max(1, concurrency()))) {
      const lane = this.ready.shift();
      if (lane === undefined) return;
      void this.run(lane, lane.queue[0] as Item);
    }
  }

  private async run(lane: Lane, item: Item): Promise<void> {
    lane.running = true;
    this.running++;
    const startedAt = performance.now();
    const ended = await this.attempt(item);
    const outcome: Outcome = {
      message: item.message,
      group: this.options.group,
      tries: item.tries,
      durationMs: performance.now() - startedAt,
      ...ended,
    };
    lane.running = false;
    this.running--;
    if (outcome.outcome !== 'retrying') this.finish(lane, item, outcome.outcome === 'handled' || outcome.outcome === 'refused');
    else if (this.stopping || item.partition.lost) this.leave(lane);
    else this.retryAfter(lane, outcome.waitMs);
    this.startReady();
    this.changed();
    this.options.onOutcome(outcome);
  }

  private async attempt(item: Item): Promise<Ended> {
    const { message } = item;
    const { group } = this.options;
    if (item.given !== undefined) return this.park(item, item.given.error);
    if (message.onlyGroup !== undefined && message.onlyGroup !== group) return { outcome: 'not-for-this-group' };
    // What is delivered to this group again on purpose is older than what followed it, and wanted all the same.
    if (message.onlyGroup === undefined && this.repeated.includes(message)) return { outcome: 'repeated' };
    item.tries++;
    try {
      await this.options.handle(message);
      return { outcome: 'handled' };
    } catch (error) {
      if (isAnswer(error)) return { outcome: 'refused', error };
      if (!isLostRace(error) && !isWorthRetrying(error) && ++item.bugs > RETRIES_OF_A_BUG) {
        item.given = { error };
        return this.park(item, error);
      }
      return this.retrying(item, error);
    }
  }

  private async park(item: Item, error: unknown): Promise<Ended> {
    try {
      await this.options.park(item.message, error);
      return { outcome: 'parked', error };
    } catch (parkingError) {
      item.tries++;
      return this.retrying(item, parkingError);
    }
  }

  private retrying(item: Item, error: unknown): Ended {
    return { outcome: 'retrying', error, waitMs: backOffMs(item.tries, this.options.random, this.options.backOff) };
  }

  private finish(lane: Lane, item: Item, acted: boolean): void {
    if (acted || item.given !== undefined) this.repeated.add(item.message);
    const nextOffset = item.partition.mark.finish(item.place);
    this.leave(lane);
    if (nextOffset !== undefined && !item.partition.lost) this.options.commit(item.partition.number, nextOffset);
  }

  /** The lane's first message is over; the one behind it is next. */
  private leave(lane: Lane): void {
    lane.queue.shift();
    this.held--;
    if (lane.queue.length === 0) this.lanes.delete(lane.key);
    else this.ready.push(lane);
  }

  private retryAfter(lane: Lane, waitMs: number): void {
    lane.retry = setTimeout(() => {
      lane.retry = undefined;
      this.ready.push(lane);
      this.startReady();
    }, waitMs);
  }

  private dropWaiting(isDropped: (item: Item) => boolean): void {
    for (const lane of this.lanes.values()) {
      const first = lane.queue[0];
      const kept = lane.queue.filter((item, index) => (index === 0 && lane.running) || !isDropped(item));
      if (kept.length === lane.queue.length) continue;
      this.held -= lane.queue.length - kept.length;
      lane.queue.splice(0, lane.queue.length, ...kept);
      if (kept[0] !== first) this.putBack(lane);
    }
    this.startReady();
    this.changed();
  }

  /** The first message was dropped while it waited for its turn or for a retry. */
  private putBack(lane: Lane): void {
    const wasWaiting = lane.retry !== undefined;
    clearTimeout(lane.retry);
    lane.retry = undefined;
    if (lane.queue.length === 0) {
      this.lanes.delete(lane.key);
      if (!wasWaiting) this.ready.splice(this.ready.indexOf(lane), 1);
    } else if (wasWaiting) {
      this.ready.push(lane);
    }
  }

  private changed(): void {
    for (const watch of this.watchers) watch();
  }

  /** Resolves when the condition holds, or after `deadlineMs`. */
  private until(condition: () => boolean, deadlineMs?: number): Promise<void> {
    if (condition()) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        this.watchers.delete(watch);
        clearTimeout(timer);
        resolve();
      };
      const watch = (): void => {
        if (condition()) done();
      };
      const timer = deadlineMs === undefined ? undefined : setTimeout(done, deadlineMs);
      this.watchers.add(watch);
    });
  }
}

const isLostRace = (error: unknown): boolean => error instanceof Rejection && error.code === 'too-many-conflicts';

/** Whoever asks over HTTP is told of a lost race and asks again; nobody asks a message again, so that its effect would be lost. */
const isAnswer = (error: unknown): error is Rejection => error instanceof Rejection && !isLostRace(error);

type Ended =
  | { readonly outcome: 'handled' | 'repeated' | 'not-for-this-group' }
  | { readonly outcome: 'refused'; readonly error: Error }
  | { readonly outcome: 'retrying'; readonly error: unknown; readonly waitMs: number }
  | { readonly outcome: 'parked'; readonly error: unknown };
