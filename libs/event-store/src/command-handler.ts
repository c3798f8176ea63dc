import { rejected } from '@tocsin/domain';
import type { Actor, Decider, Instant } from '@tocsin/domain';
import { derivedEventId } from './event-id';
import { EventStore, EventStoreFault, START, WrongExpectedRevision } from './event-store';
import type { AppendResult, ExpectedRevision, NewEvent, Position, StoredEvent } from './event-store';
import { RecentlyUsed, weightOf } from './recently-used';
import { eventOf } from './upcasts';

/** Who asks, why and when. `commandId` makes the command idempotent: the same id on the same stream acts once. */
export interface CommandContext {
  readonly commandId: string;
  readonly causationId: string;
  readonly correlationId: string;
  readonly actor: Actor;
  readonly time: Instant;
  readonly traceParent?: string;
  readonly remoteAddress?: string;
}

export interface Loaded<State> {
  readonly state: State;
  /** -1 while the stream does not exist. */
  readonly revision: number;
  /** Of the stream's last event; START while it does not exist. */
  readonly position: Position;
}

export interface Handled<State> extends Loaded<State> {
  /**
   * What this call appended; empty when nothing changed or when the command had been handled before. Not empty when another
   * handler, here or in another process, handled the same command, and this one had not heard of it.
   */
  readonly events: readonly NewEvent[];
}

interface Cached<State> extends Loaded<State> {
  /** Of the stream's events. One set per stream, which grows: what is in it is in the stream, whoever read it. */
  readonly eventIds: Set<string>;
  /** Of the store, before it was asked. */
  readonly deletions: number;
}

interface Decision<State> {
  readonly current: Cached<State>;
  readonly events: readonly NewEvent[];
}

export interface CommandHandlerOptions<Command, State, Event> {
  readonly store: EventStore;
  readonly decider: Decider<Command, State, Event>;
  /** Version written into new events of these types; 1 where nothing is said. */
  readonly schemaVersions?: Readonly<Record<string, number>>;
  /** Streams whose folded state is kept by revision, and about how many bytes of it. */
  readonly cachedStreams?: number;
  readonly cachedBytes?: number;
}

const CACHED_BYTES = 8_388_608;
const EVENT_ID_WEIGHT = 80;
const CONFLICT_TRIES = 5;
const UNKNOWN_OUTCOME_TRIES = 3;
/** A store that stalls answers each try late: whoever waits for the command is told in time that it cannot be done now. */
const UNKNOWN_OUTCOME_WITHIN_MS = 5_000;

/**
 * Reads, folds, decides, appends at the expected revision; decides from what it remembers where the store makes that exact. A
 * conflict reloads and decides again, five times, then refuses with `too-many-conflicts`. An append whose outcome is unknown is
 * repeated with the same event ids, which is exact. Commands on one stream wait for each other inside this process, so that
 * conflicts come from other replicas only.
 */
export class CommandHandler<Command, State, Event extends { readonly type: string; readonly data: unknown }> {
  private readonly cache: RecentlyUsed<Cached<State>>;
  private readonly tails = new Map<string, Promise<unknown>>();

  constructor(private readonly options: CommandHandlerOptions<Command, State, Event>) {
    this.cache = new RecentlyUsed({ count: options.cachedStreams ?? 2_000, weight: options.cachedBytes ?? CACHED_BYTES });
  }

  /** @throws Rejection, EventStoreFault */
  async handle(stream: string, command: Command | ((state: State) => Command), context: CommandContext): Promise<Handled<State>> {
    return this.inTurn(stream, () => this.decideAndAppend(stream, command, context));
  }

  /** The state as of now, read from the store. @throws EventStoreFault */
  async load(stream: string): Promise<Loaded<State>> {
    return this.inTurn(stream, () => this.refresh(stream));
  }

  /**
   * The state as this process knew it last; as of now when it knew none. For whoever has loaded it a moment ago and decides by
   * `handle` next, which finds out whether it is still so. @throws EventStoreFault
   */
  async recall(stream: string): Promise<Loaded<State>> {
    const known = this.cache.get(stream);
    // Of a stream that was not there nothing was known.
    return known !== undefined && known.revision >= 0 ? known : this.load(stream);
  }

  /**
   * Begins a stream without reading first; one that is there stays as it is. When this very command had begun it before, what is on
   * record may be what was decided the first time, so nothing is remembered of it. `command` is asked for unless the stream is known.
   * @throws Rejection, EventStoreFault
   */
  async create(stream: string, command: () => Promise<Command>, context: CommandContext): Promise<void> {
    return this.inTurn(stream, async () => {
      if ((this.fromMemory(stream)?.revision ?? -1) >= 0) return;
      const decided = this.options.decider.decide(await command(), this.options.decider.initial);
      const events = decided.map((event, index) => this.toNewEvent(event, derivedEventId(context.commandId, stream, index), context));
      this.cache.delete(stream);
      try {
        await this.appendSurely(stream, 'no_stream', events);
      } catch (error) {
        if (!(error instanceof WrongExpectedRevision)) throw error;
      }
    });
  }

  private async decideAndAppend(
    stream: string,
    command: Command | ((state: State) => Command),
    context: CommandContext,
  ): Promise<Handled<State>> {
    for (let attempt = 0; ; attempt++) {
      const decision =
        attempt === 0 ? this.decideFromMemory(stream, command, context) : this.decide(await this.refresh(stream), stream, command, context);
      if (decision === undefined) continue;
      const { current, events } = decision;
      if (events.length === 0) return { ...current, events };
      try {
        const result = await this.appendSurely(stream, current.revision < 0 ? 'no_stream' : current.revision, events);
        const isNext = result.revision === current.revision + events.length;
        // Else the command had been handled and others have followed, or the stream began again: memory lacks what lies between.
        return isNext ? this.remember(stream, current, events, result) : { ...(await this.refresh(stream)), events };
      } catch (error) {
        if (!(error instanceof WrongExpectedRevision)) {
          // It may have been taken: whoever asks again is told what is there.
          this.cache.delete(stream);
          throw error;
        }
        if (attempt >= CONFLICT_TRIES) throw rejected('too-many-conflicts', `${stream} is being changed by others; try again`);
      }
    }
  }

  private decide(
    current: Cached<State>,
    stream: string,
    command: Command | ((state: State) => Command),
    context: CommandContext,
  ): Decision<State> {
    const firstId = derivedEventId(context.commandId, stream, 0);
    if (current.eventIds.has(firstId)) return { current, events: [] };
    const asked = typeof command === 'function' ? (command as (state: State) => Command)(current.state) : command;
    const decided = this.options.decider.decide(asked, current.state);
    const idOf = (index: number): string => (index === 0 ? firstId : derivedEventId(context.commandId, stream, index));
    return { current, events: decided.map((event, index) => this.toNewEvent(event, idOf(index), context)) };
  }

  /** What an append may rest on: whether it is still so, the append at its revision says. */
  private fromMemory(stream: string): Cached<State> | undefined {
    const cached = this.cache.get(stream);
    return cached?.deletions === this.options.store.deletions ? cached : undefined;
  }

  /** Without reading first. Undefined where nothing would be appended, which says nothing about now. */
  private decideFromMemory(
    stream: string,
    command: Command | ((state: State) => Command),
    context: CommandContext,
  ): Decision<State> | undefined {
    const remembered = this.fromMemory(stream);
    if (remembered === undefined) return undefined;
    try {
      const decision = this.decide(remembered, stream, command, context);
      return decision.events.length === 0 ? undefined : decision;
    } catch {
      // A refusal must be one of the state as it is now, and a bug comes again.
      return undefined;
    }
  }

  private async appendSurely(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendResult> {
    const giveUpAt = performance.now() + UNKNOWN_OUTCOME_WITHIN_MS;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.options.store.append(stream, expected, events);
      } catch (error) {
        if (!(error instanceof EventStoreFault) || !error.retriable || attempt >= UNKNOWN_OUTCOME_TRIES || performance.now() >= giveUpAt)
          throw error;
      }
    }
  }

  private remember(
    stream: string,
    before: Cached<State>,
    events: readonly NewEvent[],
    { revision, position }: AppendResult,
  ): Handled<State> {
    const { eventIds, deletions } = before;
    let { state } = before;
    for (const event of events) {
      state = this.options.decider.evolve(state, event as unknown as Event);
      eventIds.add(event.id);
    }
    this.keep(stream, { state, revision, position, eventIds, deletions });
    return { state, revision, position, events };
  }

  /** What was cached and what was appended since. The last event known is read again: it is gone when the stream was deleted. */
  private async refresh(stream: string): Promise<Cached<State>> {
    const { deletions } = this.options.store;
    const cached = this.cache.get(stream);
    const isKnown = cached !== undefined && cached.revision >= 0;
    const read = await this.options.store.readStream(stream, { from: isKnown ? cached.revision : 0 });
    const goesOn = isKnown && read[0]?.position === cached.position;
    if (goesOn && read.length === 1 && cached.deletions === deletions) return cached;
    const current = goesOn
      ? this.evolve({ ...cached, deletions }, read.slice(1))
      : this.evolve(nothing(this.options.decider.initial, deletions), isKnown ? await this.options.store.readStream(stream) : read);
    this.keep(stream, current);
    return current;
  }

  private evolve(from: Cached<State>, events: readonly StoredEvent[]): Cached<State> {
    let { state, revision, position } = from;
    const { eventIds, deletions } = from;
    for (const event of events) {
      state = this.options.decider.evolve(state, eventOf<Event>(event));
      revision = event.revision;
      position = event.position;
      eventIds.add(event.id);
    }
    return { state, revision, position, eventIds, deletions };
  }

  private keep(stream: string, current: Cached<State>): void {
    this.cache.keep(stream, current, weightOf(current.state) + current.eventIds.size * EVENT_ID_WEIGHT);
  }

  private toNewEvent(event: Event, id: string, context: CommandContext): NewEvent {
    return {
      id,
      type: event.type,
      data: event.data,
      metadata: {
        schemaVersion: this.options.schemaVersions?.[event.type] ?? 1,
        time: context.time,
        actor: context.actor,
        correlationId: context.correlationId,
        causationId: context.causationId,
        ...(context.traceParent === undefined ? {} : { traceParent: context.traceParent }),
        ...(context.remoteAddress === undefined ? {} : { remoteAddress: context.remoteAddress }),
      },
    };
  }

  private async inTurn<T>(stream: string, work: () => Promise<T>): Promise<T> {
    const before = this.tails.get(stream);
    const run = before === undefined ? work() : before.then(work, work);
    this.tails.set(stream, run);
    try {
      return await run;
    } finally {
      if (this.tails.get(stream) === run) this.tails.delete(stream);
    }
  }
}

const nothing = <State>(initial: State, deletions: number): Cached<State> => ({
  state: initial,
  revision: -1,
  position: START,
  eventIds: new Set(),
  deletions,
});
