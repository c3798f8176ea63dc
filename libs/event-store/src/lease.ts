import { randomUUID } from 'node:crypto';
import type { Instant } from '@tocsin/domain';
import { EventStoreFault, WrongExpectedRevision } from './event-store';
import type { EventStore, NewEvent, StoredEvent } from './event-store';

/** Elapsed time of this process alone, and a way to wait; clocks of different machines are never compared. */
export interface LeaseTime {
  /** Milliseconds, monotonic; goes on while the process is stopped. */
  now(): number;
  /** Resolves after that time, or at once when the signal is aborted. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

export interface LeaseOptions {
  readonly eventStore: EventStore;
  /** The stream is `lease-<name>`. */
  readonly name: string;
  /** Tells owners apart in the log; a process that starts again is another one. */
  readonly owner: string;
  /** For the events' metadata only. */
  readonly clock: { now(): Instant };
  readonly time?: LeaseTime;
  /** From 0 to below 1. */
  readonly random: () => number;
  /** How long a lease that nobody renews stays its owner's. The owner itself stops earlier. */
  readonly ttlMs?: number;
  /** How often whoever wants it looks whether it is free; a sixth of the time to live unless told. */
  readonly lookEveryMs?: number;
  readonly onFault?: (error: unknown) => void;
}

/** While it is held. */
export interface HeldLease {
  /** Grows with every owner: whoever has a smaller one has lost it. */
  readonly epoch: number;
  /** To be asked right before an effect: a process that was stopped for a while finds out here, before it does harm. */
  isHeld(): boolean;
}

export type Hold = (lease: HeldLease, lost: AbortSignal) => Promise<void>;

type LeaseEvent =
  | { readonly type: 'LeaseTaken'; readonly data: LeaseData }
  | { readonly type: 'LeaseRenewed'; readonly data: LeaseData }
  | { readonly type: 'LeaseReleased'; readonly data: LeaseData };

interface LeaseData {
  readonly owner: string;
}

const TTL_MS = 6_000;
/** Of the time to live: how often the owner renews, how long it trusts what it has, how often others look. */
const RENEW_AFTER = 1 / 3;
const TRUST_FOR = 5 / 6;
const LOOK_EVERY = 1 / 6;

const realTime: LeaseTime = {
  now: () => performance.now(),
  wait: (ms, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const end = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      signal.addEventListener('abort', end);
    }),
};

/**
 * One owner at a time over all replicas, by appends at the expected revision to one stream. An owner renews; whoever wants
 * the lease takes it when the stream has not moved for the whole time to live as they themselves have watched it, or at once
 * when it was released. The owner trusts it for a part of that time only, counted from before its last renewal was sent, so
 * it has stopped before anybody else begins, whatever the clocks of the machines say.
 */
export class Lease {
  private readonly stream: string;
  private readonly time: LeaseTime;
  private readonly ttlMs: number;
  private readonly lookEveryMs: number;
  private trustedUntil = -Infinity;
  private stopping = new AbortController();
  private running: Promise<void> | undefined;

  constructor(private readonly options: LeaseOptions) {
    this.stream = `lease-${options.name}`;
    this.time = options.time ?? realTime;
    this.ttlMs = options.ttlMs ?? TTL_MS;
    this.lookEveryMs = options.lookEveryMs ?? this.ttlMs * LOOK_EVERY;
  }

  /**
   * Waits for the lease, for ever and again after each loss. `hold` runs while it is held: the signal is aborted at the
   * loss, and the lease is wanted again only after `hold` has ended.
   */
  start(hold: Hold): void {
    if (this.running !== undefined) return;
    this.stopping = new AbortController();
    this.running = this.run(hold, this.stopping.signal);
  }

  /** Ends what is held and gives it back, so that another owner begins at once. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
    this.running = undefined;
  }

  private async run(hold: Hold, stopping: AbortSignal): Promise<void> {
    while (!stopping.aborted) {
      const epoch = await this.acquire(stopping);
      if (epoch === undefined) return;
      await this.own(epoch, hold, stopping);
    }
  }

  /** The epoch; undefined when it was stopped first. */
  private async acquire(stopping: AbortSignal): Promise<number | undefined> {
    let seen: { readonly revision: number; readonly since: number } | undefined;
    while (!stopping.aborted) {
      try {
        const last = await this.options.eventStore.readLast(this.stream);
        const now = this.time.now();
        if (last !== undefined && last.revision !== seen?.revision) seen = { revision: last.revision, since: now };
        const isExpired = seen !== undefined && now - seen.since >= this.ttlMs;
        if (last === undefined || last.type === 'LeaseReleased' || this.isOurs(last) || isExpired) {
          const epoch = await this.append(last?.revision ?? 'no_stream', this.event('LeaseTaken'));
          if (epoch !== undefined) return epoch;
        }
      } catch (error) {
        this.tolerate(error);
      }
      await this.time.wait(this.lookEveryMs * (0.75 + this.options.random() / 2), stopping);
    }
    return undefined;
  }

  /** Taken by an append whose answer was lost, or no longer trusted: either way nobody else has it. */
  private isOurs(last: StoredEvent): boolean {
    return (last.data as LeaseData).owner === this.options.owner;
  }

  private async own(epoch: number, hold: Hold, stopping: AbortSignal): Promise<void> {
    const lost = new AbortController();
    let isAnothers = false;
    // An owner that is told to stop still is one, until everything has ended.
    const isHeld = (): boolean => !isAnothers && this.time.now() < this.trustedUntil;
    const holding = hold({ epoch, isHeld }, lost.signal);
    const revision = await this.keep(epoch, stopping);
    isAnothers = revision === undefined;
    lost.abort();
    await holding;
    // Given back only after everything has stopped. Whoever lost it has nothing to give.
    if (revision === undefined) return;
    await this.append(revision, this.event('LeaseReleased')).catch((error: unknown) => this.tolerate(error));
  }

  /** Until it is stopped: the last revision; or until it is lost: undefined. */
  private async keep(epoch: number, stopping: AbortSignal): Promise<number | undefined> {
    let revision: number | undefined = epoch;
    while (revision !== undefined) {
      await this.time.wait(this.ttlMs * RENEW_AFTER, stopping);
      if (stopping.aborted) return revision;
      revision = await this.renew(revision);
    }
    return undefined;
  }

  /** The same event until its outcome is known, for as long as the lease is trusted. Undefined when it is lost. */
  private async renew(revision: number): Promise<number | undefined> {
    const event = this.event('LeaseRenewed');
    const settled = new AbortController();
    const tooLate = this.time.wait(this.trustedUntil - this.time.now(), settled.signal).then(() => undefined);
    try {
      while (this.time.now() < this.trustedUntil) {
        try {
          return await Promise.race([this.append(revision, event), tooLate]);
        } catch (error) {
          this.tolerate(error);
        }
        await Promise.race([this.time.wait(this.ttlMs * RENEW_AFTER * this.options.random(), settled.signal), tooLate]);
      }
      return undefined;
    } finally {
      settled.abort();
    }
  }

  /** Its revision; undefined when the stream has moved on: somebody else was faster. @throws EventStoreFault */
  private async append(expected: number | 'no_stream', event: NewEvent): Promise<number | undefined> {
    const sentAt = this.time.now();
    try {
      const { revision } = await this.options.eventStore.append(this.stream, expected, [event]);
      if (expected === 'no_stream') await this.options.eventStore.keepOnlyLast(this.stream);
      // Before it was sent nobody can have begun to count.
      this.trustedUntil = sentAt + this.ttlMs * TRUST_FOR;
      return revision;
    } catch (error) {
      if (error instanceof WrongExpectedRevision) return undefined;
      throw error;
    }
  }

  private event(type: LeaseEvent['type']): NewEvent<LeaseEvent['type'], LeaseData> {
    const { owner, name, clock } = this.options;
    const id = randomUUID();
    return {
      id,
      type,
      data: { owner },
      metadata: {
        schemaVersion: 1,
        time: clock.now(),
        actor: { type: 'system', part: `lease ${name}` },
        correlationId: owner,
        causationId: id,
      },
    };
  }

  private tolerate(error: unknown): void {
    if (!(error instanceof EventStoreFault)) throw error;
    this.options.onFault?.(error);
  }
}
