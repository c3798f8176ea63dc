import { topics } from '@tocsin/contracts';
import { Clock } from '@tocsin/domain';
import type { Instant, Timer } from '@tocsin/domain';
import { EventStoreInBetween } from '@tocsin/event-store';
import type { EventStore, Subscription } from '@tocsin/event-store';
import { MessageBusInBetween } from '@tocsin/messaging';
import type {
  BusConnection,
  CompactedFollower,
  Message,
  MessageBus,
  MessageReceiver,
  OutgoingMessage,
  TopicDefinition,
} from '@tocsin/messaging';
import { soleOwner } from '@tocsin/platform';
import type { Ownership } from '@tocsin/platform';
import { Crash } from '../crash-point';

/** Where a life ends: before or after the n-th call of a name, counted from 1. */
export interface End {
  readonly call: string;
  readonly nth: number;
  readonly when: 'before' | 'after';
}

/**
 * One process from its start to its end, as its ports see it. Each call that has an effect outside is named and counted; at one of
 * them the process ends. From then on nothing that is still running in it has an effect: whatever it calls fails.
 *
 * Calls that only read are not counted. What is on record is the same before and after one, so that a crash there is a crash
 * between the calls around it.
 */
export class Life {
  readonly over: Promise<void>;
  isOver = false;
  /** The newest fact that it has published. */
  published: string | undefined;
  private counted: string[] = [];
  private planned: End | undefined;
  private told: () => void = () => undefined;

  constructor() {
    this.over = new Promise((resolve) => (this.told = resolve));
  }

  /** The side of the call on which it is to end. */
  get endsAfter(): boolean {
    return this.planned?.when === 'after';
  }

  /** Counts from here on. */
  watch(end: End | undefined): void {
    this.counted = [];
    this.planned = end;
  }

  /** Names of the calls that were counted, in their order. */
  get calls(): readonly string[] {
    return this.counted;
  }

  async around<T>(name: string, call: () => Promise<T>): Promise<T> {
    this.goesOn();
    const end = this.count(name);
    if (end === 'before') this.end();
    this.goesOn();
    const result = await call();
    if (end === 'after') this.end();
    // Or at another call, meanwhile.
    this.goesOn();
    return result;
  }

  /** What cannot fail is not done any more. */
  aroundAtOnce(name: string, call: () => void): void {
    if (this.isOver) return;
    const end = this.count(name);
    if (end !== 'before') call();
    if (end !== undefined) this.end();
  }

  /** @throws Crash */
  goesOn(): void {
    if (this.isOver) throw new Crash(`the process has ended`);
  }

  private end(): void {
    this.isOver = true;
    this.told();
  }

  private count(name: string): End['when'] | undefined {
    this.counted.push(name);
    const { planned } = this;
    if (planned === undefined || planned.call !== name) return undefined;
    return this.counted.filter((each) => each === name).length === planned.nth ? planned.when : undefined;
  }
}

type Arguments<Method extends Exclude<keyof EventStore, 'deletions'>> = Parameters<EventStore[Method]>;

export class MortalStore extends EventStoreInBetween {
  constructor(
    inner: EventStore,
    private readonly life: Life,
  ) {
    super(inner);
  }

  override append(...args: Arguments<'append'>) {
    const [stream, , events] = args;
    const name = `append ${stream.split('-')[0]} ${events.map(({ type }) => type).join(' and ')}`;
    return this.life.around(name, () => super.append(...args));
  }

  override async readStream(...args: Arguments<'readStream'>) {
    this.life.goesOn();
    return super.readStream(...args);
  }

  override async readLast(...args: Arguments<'readLast'>) {
    this.life.goesOn();
    return super.readLast(...args);
  }

  override async readAll(...args: Arguments<'readAll'>) {
    this.life.goesOn();
    return super.readAll(...args);
  }

  override async head() {
    this.life.goesOn();
    return super.head();
  }

  override follow(...args: Arguments<'follow'>): Subscription {
    return this.life.isOver ? { close: async () => undefined } : super.follow(...args);
  }

  /** Of the relay, a moment after it published. Whether that is on record is decided where a life ends, and not by the machine. */
  override async saveCheckpoint(...args: Arguments<'saveCheckpoint'>) {
    this.life.goesOn();
    return super.saveCheckpoint(...args);
  }
}

export class MortalBus extends MessageBusInBetween {
  constructor(
    inner: MessageBus,
    private readonly life: Life,
  ) {
    super(inner);
  }

  override async declare(topics: readonly TopicDefinition[]): Promise<void> {
    this.life.goesOn();
    return super.declare(topics);
  }

  override publish(topic: string, messages: readonly OutgoingMessage[]): Promise<void> {
    return this.life.around(`publish ${topic}`, async () => {
      await super.publish(topic, messages);
      if (topic === topics.alertFacts) this.life.published = messages.at(-1)?.fact?.position;
    });
  }

  override async connect(topic: string, group: string, receiver: MessageReceiver): Promise<BusConnection> {
    this.life.goesOn();
    const connection = await super.connect(topic, group, receiver);
    return {
      commit: (partition, nextOffset) => {
        const commit = (): void => connection.commit(partition, nextOffset);
        // Others listen in this process as well, and have no part in pages.
        if (group === 'notifications') this.life.aroundAtOnce(`commit ${topic}`, commit);
        else if (!this.life.isOver) commit();
      },
      lag: () => connection.lag(),
      close: () => connection.close(),
    };
  }

  override async followCompacted(topic: string, onMessage: (message: Message) => void): Promise<CompactedFollower> {
    this.life.goesOn();
    return super.followCompacted(topic, onMessage);
  }

  override async lostTopics(): Promise<readonly string[]> {
    this.life.goesOn();
    return super.lostTopics();
  }
}

export class MortalClock extends Clock {
  constructor(
    private readonly inner: Clock,
    private readonly life: Life,
  ) {
    super();
  }

  now(): Instant {
    return this.inner.now();
  }

  at(at: Instant, fire: () => void): Timer {
    return this.inner.at(at, () => this.life.aroundAtOnce('timer', fire));
  }
}

/** Nobody waits for a part whose process has ended. */
export const mortalParts =
  (life: Life): Ownership =>
  (name, make) => {
    const part = soleOwner(name, make);
    return new Proxy(part, {
      get: (target, property) => {
        const value = target[property as keyof typeof target];
        if (typeof value !== 'function') return value;
        return (...given: never[]): unknown => {
          if (property === 'settled') life.goesOn();
          return (value as (...all: never[]) => unknown).apply(target, given);
        };
      },
    });
  };
