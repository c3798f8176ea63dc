import { START, type AllPage, type EventStore, type Position, type StoredEvent } from '@tocsin/event-store';
import { Backoff } from './backoff';
import { logPages } from './log-pages';
import { collectionsOf } from './parked-events';
import { PositionWaiters } from './position-waiters';
import type { Projection } from './projection';
import { ReadStoreFault, type ReadStore } from './read-store';
import { ViewRebuild, type RebuildProgress } from './view-rebuild';
import { ViewWriter, type WrittenView } from './view-writer';

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
  private endGathering: () => void = () => undefined;
  private rebuilding: { readonly stopping: AbortController; readonly ended: Promise<void> } | undefined;

  constructor(private readonly options: ProjectionRunnerOptions) {
    const { projection, readStore } = options;
    const view = (this.view = projection.name);
    const documents = {
      getMany: readStore.getMany.bind(readStore),
      find: readStore.find.bind(readStore),
      apply: (...batch: Parameters<WrittenView['apply']>) => readStore.apply(view, ...batch),
      checkpoint: () => readStore.checkpoint(view),
    };
    this.writer = new ViewWriter(projection, documents, options.cachedDocuments ?? 2000, (event, error) => this.tellParked(event, error));
  }

  /** Begins, or goes on, in the background; stores that are away are waited for. */
  start(): void {
    if (this.running !== undefined) return;
    this.stopping = new AbortController();
    this.running = this.run(this.stopping.signal);
  }

  /** Resolves when the batch in hand is done and no other will follow. A rebuild that is going on is given up. */
  async stop(): Promise<void> {
    this.rebuilding?.stopping.abort();
    await this.rebuilding?.ended;
    await this.halt();
  }

  private async halt(): Promise<void> {
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
    const answer = this.waiters.wait(this.view, position, timeoutMs);
    if (this.waiters.awaited(this.view)) this.endGathering();
    return answer;
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
   * Plays the whole log into a copy of the view, which is followed and read as before meanwhile, and puts the copy in its
   * place. Resolves when that is done, or when it was stopped; in any case the view is followed then, unless it was stopped.
   * @throws ReadStoreFault, EventStoreFault when either store was away: everything is as it was, try again.
   */
  async rebuild(progress?: (progress: RebuildProgress) => void): Promise<void> {
    if (this.rebuilding !== undefined) throw new Error(`the view ${this.view} is being rebuilt`);
    const stopping = new AbortController();
    const work = this.rebuildBeside(stopping.signal, progress);
    this.rebuilding = { stopping, ended: work.catch(() => undefined) };
    try {
      await work;
    } finally {
      this.rebuilding = undefined;
      if (!stopping.signal.aborted) this.start();
    }
  }

  private async rebuildBeside(signal: AbortSignal, progress?: (progress: RebuildProgress) => void): Promise<void> {
    const { projection, eventStore, readStore, log } = this.options;
    log?.({ message: 'projection rebuilding', view: this.view, reason: 'asked for' });
    const head = await eventStore.head();
    if (this.running === undefined) await readStore.declare(this.view, collectionsOf(projection));
    const copy = await readStore.beginRebuild(this.view);
    try {
      const rebuild = new ViewRebuild({
        projection,
        eventStore,
        copy,
        onParked: (event, error) => this.tellParked(event, error),
        onPage: (position, events) => progress?.({ position, head, events }),
      });
      await rebuild.catchUp(signal);
      if (!signal.aborted) await copy.prepare();
      // The log may have grown by much meanwhile; what is left after this takes no time.
      await rebuild.catchUp(signal);
      if (!signal.aborted) await this.halt();
      for (let done = false; !done && !signal.aborted;) {
        await rebuild.catchUp(signal);
        // Another process that writes the view, too, may have been faster; the log has an end for both.
        done = !signal.aborted && (await copy.replace());
      }
    } finally {
      await copy.discard().catch(() => undefined);
    }
  }

  private tellParked(event: StoredEvent, error: Error): void {
    this.options.log?.({ message: 'event parked', view: this.view, stream: event.stream, position: event.position, error });
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
    const { projection, readStore, eventStore } = this.options;
    await readStore.declare(this.view, collectionsOf(projection));
    const stored = (await this.writer.open()) as Position | undefined;
    const head = await eventStore.head();
    // The log was restored from an older copy: what the view knows beyond its end never happened.
    const ahead = stored !== undefined && stored > head;
    if (ahead) {
      await readStore.reset(this.view);
      await this.writer.open();
    }
    if (ahead || (stored === undefined && head > START)) {
      const reason = ahead ? 'ahead of the log' : 'new or changed';
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

  private async catchUp(signal: AbortSignal): Promise<void> {
    const { eventStore, projection, batchSize = 500 } = this.options;
    for await (const page of logPages(eventStore, { after: this.reached, prefixes: projection.prefixes, limit: batchSize })) {
      if (signal.aborted) return;
      await this.handle(page, signal);
    }
  }

  private follow(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const { eventStore, projection } = this.options;
      const onPage = async (page: AllPage): Promise<void> => {
        await this.handle(page, signal);
        if (page.atHead && page.events.length > 0) await this.gather(signal);
      };
      const subscription = eventStore.follow(this.reached, projection.prefixes, onPage, reject);
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
      this.waiters.reach(this.view, page.next);
    } finally {
      this.inFlight -= 1;
    }
  }

  /** What comes meanwhile shares one batch. Ends at once when somebody waits for the view. */
  private async gather(signal: AbortSignal): Promise<void> {
    const { gatherMs } = this.options.readStore;
    if (gatherMs === 0 || signal.aborted || this.waiters.awaited(this.view)) return;
    let timer: NodeJS.Timeout | undefined;
    let end: () => void = () => undefined;
    await new Promise<void>((resolve) => {
      this.endGathering = end = resolve;
      timer = setTimeout(resolve, gatherMs);
      signal.addEventListener('abort', end, { once: true });
    });
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
    this.endGathering = () => undefined;
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
