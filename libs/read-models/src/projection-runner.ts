import { START, type AllPage, type EventStore, type Position } from '@tocsin/event-store';
import { Backoff } from './backoff';
import { PositionWaiters } from './position-waiters';
import type { Projection } from './projection';
import { ReadStoreFault, type ReadStore } from './read-store';
import { ViewWriter } from './view-writer';

export type ProjectionLog =
  | { readonly message: 'projection degraded'; readonly view: string; readonly error: Error }
  | { readonly message: 'projection recovered'; readonly view: string }
  | {
      readonly message: 'projection rebuilding';
      readonly view: string;
      readonly reason: 'new or changed' | 'asked for' | 'ahead of the log';
    }
  | {
      readonly message: 'event parked';
      readonly view: string;
      readonly stream: string;
      readonly position: Position;
      readonly error: Error;
    };

export interface ProjectionRunnerOptions {
  readonly projection: Projection;
  readonly eventStore: EventStore;
  readonly readStore: ReadStore;
  readonly log?: (entry: ProjectionLog) => void;
  /** Events read and written at once while catching up (default 500). */
  readonly batchSize?: number;
  /** Documents kept in memory (default 2000). */
  readonly cachedDocuments?: number;
}

export type ProjectionState = 'stopped' | 'catching up' | 'live' | 'degraded';

export interface RebuildProgress {
  readonly position: Position;
  /** The end of the log when the rebuild began. */
  readonly head: Position;
  readonly events: number;
}

/** Pages without an event for this view store its checkpoint no more often than this. */
const EMPTY_CHECKPOINT_MS = 1000;

/**
 * Keeps one view equal to the log: follows the log from the view's own checkpoint and writes documents and checkpoint
 * together. What passes by itself (a store that is away) is waited for; an event that cannot be digested blocks its own
 * stream in this view, and no other.
 */
export class ProjectionRunner {
  private readonly view: string;
  private readonly writer: ViewWriter;
  private readonly waiters = new PositionWaiters();
  private reached: Position = START;
  private activity: ProjectionState = 'stopped';
  private degradedBefore = false;
  private atHead = false;
  private inFlight = 0;
  private stopping = new AbortController();
  private running: Promise<void> | undefined;
  private storedAt = 0;
  private laterCheckpoint: NodeJS.Timeout | undefined;
  private asked = false;
  private onPage: ((events: number) => void) | undefined;

  constructor(private readonly options: ProjectionRunnerOptions) {
    this.view = options.projection.name;
    this.writer = new ViewWriter(options.projection, options.readStore, options.cachedDocuments ?? 2000, (event, error) =>
      options.log?.({ message: 'event parked', view: this.view, stream: event.stream, position: event.position, error }),
    );
  }

  /** Begins, or goes on, in the background; stores that are away are waited for. */
  start(): void {
    if (this.running !== undefined) return;
    this.stopping = new AbortController();
    this.running = this.run(this.stopping.signal);
  }

  /** Resolves when the batch in hand is done and no other will follow. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
    this.running = undefined;
    clearTimeout(this.laterCheckpoint);
    this.laterCheckpoint = undefined;
    this.activity = 'stopped';
    this.atHead = false;
  }

  state(): ProjectionState {
    return this.activity;
  }

  /** Everything up to here is in the view. */
  position(): Position {
    return this.reached;
  }

  /** Resolves true when the view has passed `position`, false when `timeoutMs` (real time) ran out first. */
  waitFor(position: Position, timeoutMs: number): Promise<boolean> {
    return this.waiters.wait(this.view, position, timeoutMs);
  }

  /** At the end of the log as far as it has been told, with nothing in hand. Whoever just wrote waits for that position first. */
  settled(): boolean {
    return this.atHead && this.inFlight === 0;
  }

  /** Streams that this view does not follow because of an event it could not digest; a rebuild tries them again. */
  blockedStreams(): number {
    return this.writer.parked.blockedStreams;
  }

  /**
   * Empties the view and plays the whole log again; resolves when it has passed what was the log's end at the start, or
   * when it was stopped. @throws ReadStoreFault, EventStoreFault when it could not begin; it goes on following then.
   */
  async rebuild(progress?: (progress: RebuildProgress) => void): Promise<void> {
    await this.stop();
    try {
      const head = await this.options.eventStore.head();
      await this.writer.open();
      await this.writer.empty();
      this.moveTo(undefined);
      let events = 0;
      this.onPage = (handled) => {
        events += handled;
        progress?.({ position: this.reached, head, events });
      };
      this.asked = true;
      this.start();
      while (!this.stopping.signal.aborted && !(await this.waitFor(head, 1000)));
    } finally {
      this.onPage = undefined;
      if (!this.asked) this.start();
      this.asked = false;
    }
  }

  private async run(signal: AbortSignal): Promise<void> {
    const backoff = new Backoff();
    while (!signal.aborted) {
      try {
        this.activity = 'catching up';
        await this.open();
        await this.catchUp(signal);
        backoff.reset();
        await this.follow(signal);
      } catch (error) {
        if (signal.aborted) return;
        this.degrade(error);
        await backoff.wait(signal);
      }
    }
  }

  private async open(): Promise<void> {
    const stored = (await this.writer.open()) as Position | undefined;
    const head = await this.options.eventStore.head();
    // The log was restored from an older copy: what the view knows beyond its end never happened.
    const ahead = stored !== undefined && stored > head;
    if (ahead) await this.writer.empty();
    if (ahead || (stored === undefined && head > START)) {
      const reason = ahead ? 'ahead of the log' : this.asked ? 'asked for' : 'new or changed';
      this.options.log?.({ message: 'projection rebuilding', view: this.view, reason });
    }
    this.moveTo(ahead ? undefined : stored);
  }

  private moveTo(position: Position | undefined): void {
    this.atHead = false;
    this.reached = position ?? START;
    this.waiters.set(this.view, undefined);
    this.waiters.reach(this.view, this.reached);
  }

  /** Large pages, each read while the one before is being written. */
  private async catchUp(signal: AbortSignal): Promise<void> {
    const { eventStore, projection, batchSize = 500 } = this.options;
    const read = (after: Position): Promise<AllPage> => eventStore.readAll({ after, prefixes: projection.prefixes, limit: batchSize });
    let page = await read(this.reached);
    while (!signal.aborted) {
      const following = page.atHead ? undefined : read(page.next);
      // Should the page in hand fail first, nobody asks for this one any more; else its failure is met in its turn.
      following?.catch(() => undefined);
      await this.handle(page, signal);
      if (following === undefined) return;
      page = await following;
    }
  }

  private follow(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const { eventStore, projection } = this.options;
      const subscription = eventStore.follow(this.reached, projection.prefixes, (page) => this.handle(page, signal), reject);
      const close = (): void => void subscription.close().then(resolve, reject);
      if (signal.aborted) close();
      else signal.addEventListener('abort', close, { once: true });
    });
  }

  private async handle(page: AllPage, signal: AbortSignal): Promise<void> {
    this.inFlight += 1;
    try {
      const events = page.events.filter(({ position }) => position > this.reached);
      if (events.length > 0) await this.persistently(() => this.writer.write(events, page.next), signal);
      else if (page.next > this.reached) this.storeCheckpointSoon();
      this.reached = page.next;
      this.atHead = page.atHead;
      if (page.atHead || this.activity === 'degraded') this.activity = page.atHead ? 'live' : 'catching up';
      this.onPage?.(events.length);
      this.waiters.reach(this.view, page.next);
    } finally {
      this.inFlight -= 1;
    }
  }

  /** For ever, or until it is told to stop; then the batch is left for the next start. */
  private async persistently(work: () => Promise<void>, signal: AbortSignal): Promise<void> {
    const backoff = new Backoff();
    for (;;) {
      signal.throwIfAborted();
      try {
        await work();
        this.storedAt = performance.now();
        if (this.degradedBefore) this.options.log?.({ message: 'projection recovered', view: this.view });
        this.degradedBefore = false;
        return;
      } catch (error) {
        if (!(error instanceof ReadStoreFault)) throw error;
        this.degrade(error);
        await backoff.wait(signal);
      }
    }
  }

  private degrade(error: unknown): void {
    this.activity = 'degraded';
    this.atHead = false;
    if (this.degradedBefore) return;
    this.degradedBefore = true;
    const known = error instanceof Error ? error : new Error(String(error));
    this.options.log?.({ message: 'projection degraded', view: this.view, error: known });
  }

  /** So that a restart does not look again at all that was of no interest; never more often than needed, and never in the way. */
  private storeCheckpointSoon(): void {
    if (this.laterCheckpoint !== undefined) return;
    const waitMs = Math.max(0, this.storedAt + EMPTY_CHECKPOINT_MS - performance.now());
    this.laterCheckpoint = setTimeout(() => {
      this.laterCheckpoint = undefined;
      this.storedAt = performance.now();
      // What is lost here is looked at once more after a restart; the next event's write tells whether the store is away.
      void this.writer.moveCheckpoint(this.reached).catch(() => undefined);
    }, waitMs);
    this.laterCheckpoint.unref();
  }
}
