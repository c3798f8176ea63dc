import { isConfigurationChange } from '@tocsin/domain';
import type { Instant } from '@tocsin/domain';
import { START, upcast } from '@tocsin/event-store';
import type { AllPage, EventStore, Position, StoredEvent, Subscription } from '@tocsin/event-store';
import { backOffMs, isWorthRetrying, pause, USUAL_BACK_OFF } from './back-off';
import type { BackOff, Pause } from './back-off';
import { MessageBusFault } from './message-bus';
import type { MessageBus, OutgoingMessage } from './message-bus';
import type { Parking } from './parking';
import { completion, isComplete, pagesUpTo, positionBefore } from './topic-completion';

export interface RelayRoute {
  /** Stream category with its dash: `alert-`. */
  readonly prefix: string;
  readonly topic: string;
  /** A `ResourceDeleted` becomes the tombstone of its stream. */
  readonly compacted?: boolean;
}

export interface RelayOptions {
  readonly eventStore: EventStore;
  readonly bus: MessageBus;
  readonly routes: readonly RelayRoute[];
  /** Names the checkpoint. One relay of a name at a time, by lease. */
  readonly name: string;
  /** Asked right before each publishing and saving: one that lost its lease while it slept would bring an old state after a new one. */
  readonly isOwner?: () => boolean;
  readonly parking: Parking;
  readonly random: () => number;
  readonly clock: { now(): Instant };
  /** Everything that is retried or parked passes here. */
  readonly onFault?: (fault: {
    readonly doing: 'load-checkpoint' | 'complete-topics' | 'publish' | 'save-checkpoint' | 'follow';
    readonly error: unknown;
  }) => void;
  readonly backOff?: BackOff;
  readonly checkpointEveryMs?: number;
}

interface Waiter {
  readonly position: Position;
  done(reached: boolean): void;
}

/** A checkpoint can itself move the log's end; saving one for every page without facts would never come to rest. */
const EMPTY_PAGES_PER_CHECKPOINT = 500;
const LAST_CHECKPOINT_MS = 5_000;

class RelayStopped extends Error {}

/**
 * Copies facts from the event store to the bus, per topic in the order of the log. At least once: after a crash between
 * publishing and the checkpoint the facts since then come again, with the same message ids and revisions. It decides
 * nothing and never skips; a fault of either side makes it wait, and only it.
 */
export class Relay {
  private reached: Position | undefined;
  private saved: Position | undefined;
  private subscription: Subscription | undefined;
  private starting: Promise<void> | undefined;
  private stopped: Promise<void> | undefined;
  private readonly waits = new Set<Pause>();
  private readonly waiters = new Set<Waiter>();
  private emptyPages = 0;
  private saving: Promise<void> | undefined;

  constructor(private readonly options: RelayOptions) {}

  /** Everything up to here is on the bus; undefined until the checkpoint is loaded. */
  position(): Position | undefined {
    return this.reached;
  }

  /** Resolves when it follows, however long the event store is away, or when stopped. */
  start(): Promise<void> {
    return (this.starting ??= this.begin());
  }

  /** Ends after the batch in hand, unless the bus is away, and saves where it stands. */
  stop(): Promise<void> {
    return (this.stopped ??= this.end());
  }

  /** Whether everything up to the position was on the bus within the time. */
  waitFor(position: Position, timeoutMs: number): Promise<boolean> {
    return this.reach(position, timeoutMs);
  }

  /** Resolves when everything appended before the call is on the bus, or when stopped. @throws EventStoreFault */
  async settled(): Promise<void> {
    await this.reach(await this.options.eventStore.head());
  }

  private async begin(): Promise<void> {
    const { eventStore, name } = this.options;
    try {
      this.saved = await this.persist('load-checkpoint', () => eventStore.loadCheckpoint(name));
      await this.persist('complete-topics', () => this.completeTopics());
      this.reached = this.saved;
    } catch (error) {
      if (error instanceof RelayStopped) return;
      throw error;
    }
    this.follow(this.reached);
  }

  /**
   * A compacted topic without its mark is new: to a relay that has a checkpoint as well, so the bus has been lost, or this is
   * another one. It gets everything that belongs there before anybody believes what it has; of the facts, those come again that
   * a group might not have handled.
   */
  private async completeTopics(): Promise<void> {
    const { bus, eventStore, routes, name, clock } = this.options;
    const incomplete: string[] = [];
    for (const topic of new Set(routes.flatMap((route) => (route.compacted === true ? [route.topic] : []))))
      if (!(await isComplete(bus, topic))) incomplete.push(topic);
    if (incomplete.length === 0) return;
    const compacted = routes.filter(({ topic }) => incomplete.includes(topic)).map(({ prefix }) => prefix);
    for await (const events of pagesUpTo(eventStore, compacted, await eventStore.head())) await this.publishEvents(events);
    if (this.saved !== undefined && this.saved > START) {
      const others = routes.filter((route) => route.compacted !== true).map(({ prefix }) => prefix);
      const from = await positionBefore(eventStore, others, clock.now(), this.saved);
      if (this.options.isOwner?.() === false) throw new Error('another relay has taken over');
      // Before the mark: a relay that finds it trusts its checkpoint.
      await eventStore.saveCheckpoint(name, from);
      this.saved = from;
    }
    for (const topic of incomplete) await this.publish(topic, [completion(topic, clock.now())]);
  }

  private follow(from: Position): void {
    const prefixes = this.options.routes.map(({ prefix }) => prefix);
    this.subscription = this.options.eventStore.follow(
      from,
      prefixes,
      (page) => this.copy(page),
      (error) => {
        if (this.stopped !== undefined) return;
        this.options.onFault?.({ doing: 'follow', error });
        void this.delay(1).then(() => {
          if (this.stopped === undefined) this.follow(this.reached ?? from);
        });
      },
    );
  }

  private async copy(page: AllPage): Promise<void> {
    await this.publishEvents(page.events);
    this.moveTo(page);
  }

  private async publishEvents(events: readonly StoredEvent[]): Promise<void> {
    const byTopic = new Map<string, OutgoingMessage[]>();
    for (const stored of events) {
      const event = upcast(stored);
      const route = this.options.routes.find(({ prefix }) => event.stream.startsWith(prefix));
      if (route === undefined) continue;
      // A compacted topic keeps the last of a stream: that must stay one that says what the whole resource is.
      if (route.compacted === true && !isConfigurationChange(event)) continue;
      const messages = byTopic.get(route.topic);
      if (messages === undefined) byTopic.set(route.topic, [toMessage(event, route)]);
      else messages.push(toMessage(event, route));
    }
    await Promise.all([...byTopic].map(([topic, messages]) => this.publish(topic, messages)));
  }

  /** Returns when all of it is on the bus or, for what the bus can never take, parked. */
  private async publish(topic: string, messages: readonly OutgoingMessage[]): Promise<void> {
    const tooLarge = await this.persist('publish', async () => {
      if (this.options.isOwner?.() === false) throw new Error('another relay has taken over');
      try {
        await this.options.bus.publish(topic, messages);
        return undefined;
      } catch (error) {
        if (error instanceof MessageBusFault && error.reason === 'too-large') return error;
        throw error;
      }
    });
    const [first] = messages;
    if (tooLarge === undefined || first === undefined) return;
    if (messages.length > 1) {
      const half = messages.length >> 1;
      await this.publish(topic, messages.slice(0, half));
      await this.publish(topic, messages.slice(half));
      return;
    }
    this.options.onFault?.({ doing: 'publish', error: tooLarge });
    const delivered = { ...first, topic, epoch: 'not-published', partition: 0, offset: Number(first.fact?.revision) };
    await this.persist('publish', () => this.options.parking.park(delivered, `relay:${this.options.name}:${first.key}`, tooLarge));
  }

  private moveTo(page: AllPage): void {
    this.reached = page.next;
    for (const waiter of [...this.waiters]) if (waiter.position <= page.next) waiter.done(true);
    this.emptyPages = page.events.length > 0 ? EMPTY_PAGES_PER_CHECKPOINT : this.emptyPages + 1;
    if (this.emptyPages >= EMPTY_PAGES_PER_CHECKPOINT) this.saving ??= this.saveSoon();
  }

  private async saveSoon(): Promise<void> {
    await this.delay(undefined, this.options.checkpointEveryMs ?? 250);
    this.saving = undefined;
    if (this.stopped !== undefined) return;
    this.emptyPages = 0;
    try {
      await this.save();
    } catch (error) {
      // The next page tries again; until then a crash only repeats more.
      this.options.onFault?.({ doing: 'save-checkpoint', error });
      this.emptyPages = EMPTY_PAGES_PER_CHECKPOINT;
      if (this.stopped === undefined) this.saving ??= this.saveSoon();
    }
  }

  private async save(): Promise<void> {
    const position = this.reached;
    if (position === undefined || position === this.saved) return;
    // Where it stood before it slept may be far behind where the new owner stands.
    if (this.options.isOwner?.() === false) return;
    await this.options.eventStore.saveCheckpoint(this.options.name, position);
    this.saved = position;
  }

  private async end(): Promise<void> {
    for (const wait of this.waits) wait.end();
    await this.starting;
    await this.subscription?.close();
    const deadline = pause(LAST_CHECKPOINT_MS);
    await Promise.race([this.save().catch((error: unknown) => this.options.onFault?.({ doing: 'save-checkpoint', error })), deadline.over]);
    deadline.end();
    for (const waiter of [...this.waiters]) waiter.done(false);
  }

  /** Tries until it goes well or the relay stops. What is not a fault is retried too: a relay that skips would lose facts. */
  private async persist<T>(doing: 'load-checkpoint' | 'complete-topics' | 'publish', work: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await work();
      } catch (error) {
        this.options.onFault?.({ doing, error });
        if (this.stopped !== undefined) throw new RelayStopped('stopped while retrying', { cause: error });
        await this.delay(isWorthRetrying(error) ? tries : tries + 3);
        if (this.stopped !== undefined) throw new RelayStopped('stopped while retrying', { cause: error });
      }
    }
  }

  private async delay(
    tries: number | undefined,
    ms = backOffMs(tries ?? 1, this.options.random, this.options.backOff ?? USUAL_BACK_OFF),
  ): Promise<void> {
    const wait = pause(ms);
    this.waits.add(wait);
    await wait.over;
    this.waits.delete(wait);
  }

  private reach(position: Position, timeoutMs?: number): Promise<boolean> {
    if (this.reached !== undefined && this.reached >= position) return Promise.resolve(true);
    if (this.stopped !== undefined) return Promise.resolve(false);
    return new Promise((resolve) => {
      const waiter: Waiter = {
        position,
        done: (reached) => {
          clearTimeout(timer);
          this.waiters.delete(waiter);
          resolve(reached);
        },
      };
      const timer = timeoutMs === undefined ? undefined : setTimeout(() => waiter.done(false), timeoutMs);
      this.waiters.add(waiter);
    });
  }
}

const toMessage = (event: StoredEvent, route: RelayRoute): OutgoingMessage => {
  const { schemaVersion, time, actor, correlationId, causationId, traceParent } = event.metadata;
  return {
    id: event.id,
    key: event.stream,
    type: event.type,
    schemaVersion,
    time,
    correlationId,
    causationId,
    ...(traceParent === undefined ? {} : { traceParent }),
    actor,
    fact: { stream: event.stream, revision: event.revision, position: event.position },
    data: route.compacted === true && event.type === 'ResourceDeleted' ? null : event.data,
  };
};
