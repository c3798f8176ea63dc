import { instant, type Clock, type Instant } from '@tocsin/domain';
import { START, upcast, type AllPage, type EventStore, type Position, type StoredEvent } from '@tocsin/event-store';
import { Backoff } from './backoff';
import { DuePlan, Ended } from './due-plan';
import type { Firing } from './due-plan';
import { TimerStorage } from './timer-storage';
import type { ReadStore } from './read-store';

export type DueTimersLog =
  | { readonly message: 'timer failed'; readonly timers: string; readonly id: string; readonly error: unknown }
  | { readonly message: 'timers read the whole log' | 'timers wait for the log'; readonly timers: string; readonly error: unknown }
  | { readonly message: 'timers are not stored'; readonly timers: string; readonly error: unknown };

export interface DueTimersOptions {
  /** Unique per process kind; the stored timers are the collection `timers-<name>`. */
  readonly name: string;
  readonly prefixes: readonly string[];
  readonly eventStore: EventStore;
  readonly readStore: ReadStore;
  readonly clock: Clock;
  /** What an event says of its process's next due time; undefined = nothing, { dueAt: null } = nothing pending any more. */
  due(event: StoredEvent): { readonly id: string; readonly dueAt: Instant | null } | undefined;
  /**
   * Called at least once for each due time, so it must be idempotent: after a restart it is called again for what no event
   * has moved on. Several at once, never two for one id. When it rejects it is tried again for ever.
   */
  onDue(id: string, dueAt: Instant, firing: Firing): Promise<void>;
  /**
   * Asked right before each `onDue`, and by whoever has waited in it: whoever lost the timers to another replica while it slept fires nothing more. It may be
   * theirs again a moment later, by a renewal that came late; so what did not fire stays due.
   */
  readonly isOwner?: () => boolean;
  /** Called once after each start, when all is known: every id something is pending for. What it rejects with is logged. */
  onBegin?(ids: readonly string[], firing: Firing): Promise<void>;
  /** Calls of `onDue` at once (default 64). */
  readonly concurrency?: number;
  /** Change it when `due` answers differently for old events: all timers are then read from the log again (default 1). */
  readonly version?: number;
  readonly log?: (entry: DueTimersLog) => void;
}

const PAGE = 1000;

class NotOwner extends Error {}

/** It stays due, and fires in the next life or where the timers are now. */
const isNoFailure = (error: unknown): boolean => error instanceof NotOwner || error instanceof Ended;

/**
 * Durable timers as a projection of the log. What is due fires from memory as soon as the log says so; storing the pending
 * ones only spares a restart from reading the log, so nothing waits for it and it may fail for as long as it likes.
 *
 * A due time whose `onDue` resolved does not fire again in this process until an event plans the id anew, be it for the same
 * instant; the timer stays stored until an event moves it, and fires once more after a restart.
 */
export class DueTimers {
  private readonly plan: DuePlan;
  private readonly storage: TimerStorage;
  private reached: Position = START;
  private atHead = false;
  private inFlight = 0;
  private stopping = new AbortController();
  private running: Promise<void> | undefined;
  private beginning: Promise<void> | undefined;

  constructor(private readonly options: DueTimersOptions) {
    const { name: timers, readStore, log } = options;
    this.plan = new DuePlan({
      clock: options.clock,
      concurrency: options.concurrency ?? 64,
      onDue: async (id, dueAt, firing) => {
        const assertOpen = (): void => {
          firing.assertOpen();
          this.assertOwner();
        };
        assertOpen();
        await options.onDue(id, dueAt, { ...firing, assertOpen });
      },
      onError: (id, error) => {
        if (!isNoFailure(error)) log?.({ message: 'timer failed', timers, id, error });
      },
    });
    this.storage = new TimerStorage(timers, options.version ?? 1, readStore, (error) =>
      log?.({ message: 'timers are not stored', timers, error }),
    );
  }

  /** Begins in the background. Nothing fires before the log has been read to its end once: it may have called it off. */
  start(): void {
    if (this.running !== undefined) return;
    this.stopping = new AbortController();
    this.running = this.run(this.stopping.signal);
  }

  /** Nothing new fires; resolves when what runs has ended and what is known has been stored, if it can be. */
  async stop(): Promise<void> {
    this.stopping.abort(new Ended('nothing new begins'));
    // First of all: nothing fires any more while the others come to their end.
    const ended = this.plan.end();
    await this.running;
    this.running = undefined;
    this.atHead = false;
    await this.beginning;
    this.beginning = undefined;
    await ended;
    await this.storage.close();
    this.plan.clear();
  }

  /** At the log's end as far as it has been told, nothing due that has not fired, nothing running or to be tried again. */
  settled(): boolean {
    return this.atHead && this.inFlight === 0 && this.plan.quiet();
  }

  /** Everything up to here has been planned. */
  position(): Position {
    return this.reached;
  }

  /** Due times that have not fired, or not successfully. */
  pending(): number {
    return this.plan.pending();
  }

  /** The earliest of them: how late the timers are, when it has passed. */
  oldestDue(): Instant | undefined {
    return this.plan.oldestDue();
  }

  private async run(signal: AbortSignal): Promise<void> {
    await this.load();
    const backoff = new Backoff();
    while (!signal.aborted) {
      try {
        await this.catchUp(signal);
        backoff.reset();
        if (signal.aborted) return;
        this.storage.complete(this.plan.entries(), this.reached);
        this.plan.begin();
        this.beginning ??= this.begin(this.stopping);
        await this.follow(signal);
      } catch (error) {
        if (signal.aborted) return;
        this.atHead = false;
        this.options.log?.({ message: 'timers wait for the log', timers: this.options.name, error });
        await backoff.wait(signal);
      }
    }
  }

  private async begin({ signal }: AbortController): Promise<void> {
    const assertOpen = (): void => {
      signal.throwIfAborted();
      this.assertOwner();
    };
    this.inFlight += 1;
    try {
      await this.options.onBegin?.(
        [...this.plan.entries()].map(([id]) => id),
        { aside: (waiting) => waiting, ended: signal, assertOpen },
      );
    } catch (error) {
      if (isNoFailure(error)) return;
      this.options.log?.({ message: 'timer failed', timers: this.options.name, id: 'all', error });
    } finally {
      this.inFlight -= 1;
    }
  }

  private assertOwner(): void {
    if (this.options.isOwner?.() === false) throw new NotOwner();
  }

  /** Pending timers only: a million alerts that are over cost a start nothing. */
  private async load(): Promise<void> {
    try {
      const stored = await this.storage.load(await this.options.eventStore.head().catch(() => undefined));
      for (const { id, dueAt } of stored.timers) this.plan.plan(id, instant(dueAt));
      this.reached = (stored.position as Position | undefined) ?? START;
    } catch (error) {
      // Pages must leave while the read models are away; the log has everything, it only takes longer.
      this.options.log?.({ message: 'timers read the whole log', timers: this.options.name, error });
      this.reached = START;
    }
  }

  private async catchUp(signal: AbortSignal): Promise<void> {
    const { eventStore, prefixes } = this.options;
    while (!signal.aborted) {
      const page = await eventStore.readAll({ after: this.reached, prefixes, limit: PAGE });
      this.take(page);
      if (page.atHead) return;
    }
  }

  private follow(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const { eventStore, prefixes } = this.options;
      const subscription = eventStore.follow(this.reached, prefixes, async (page) => this.take(page), reject);
      const close = (): void => void subscription.close().then(resolve, reject);
      if (signal.aborted) close();
      else signal.addEventListener('abort', close, { once: true });
    });
  }

  private take(page: AllPage): void {
    this.inFlight += 1;
    try {
      for (const event of page.events) {
        if (event.position <= this.reached) continue;
        const due = this.options.due(upcast(event));
        if (due === undefined) continue;
        this.plan.plan(due.id, due.dueAt);
        this.storage.change(due.id, due.dueAt);
      }
      this.reached = page.next;
      this.atHead = page.atHead;
      this.plan.fire();
      this.storage.moved(page.next);
    } finally {
      this.inFlight -= 1;
    }
  }
}
