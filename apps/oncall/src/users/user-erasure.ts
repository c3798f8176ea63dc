import { RELAY } from '@tocsin/contracts';
import { erasureStream, verificationStream } from '@tocsin/domain';
import type { Clock, ConfigurationEvent, ErasureEvent, UserId } from '@tocsin/domain';
import { derivedEventId, START, upcast } from '@tocsin/event-store';
import type { AllPage, EventStore, Position, StoredEvent, Subscription } from '@tocsin/event-store';
import type { ConfigurationReader } from '@tocsin/messaging';
import type { BackgroundPart, Logger } from '@tocsin/platform';
import { auditEntriesOfErased } from '@tocsin/read-models';
import type { UserDeletion } from './user-deletion';

const CHECKPOINT = 'user-erasure';
const LOOK_AGAIN_MS = 250;

/**
 * Removes the stream of each deleted person, in which alone their data is (B33), and what is on record of their codes, once the end
 * of it has reached the bus: a stream removed before would leave the last state of the person on the compacted topic for ever. It
 * follows the log from a checkpoint that moves only behind finished erasures, so that a crash at any point repeats the step and loses none.
 */
export class UserErasure implements BackgroundPart {
  private subscription: Subscription | undefined;
  private reached: Position = START;
  private starting: Promise<void> | undefined;
  private stopped = false;
  private waiting: string | undefined;
  private readonly wakers = new Set<() => void>();

  constructor(
    private readonly parts: {
      readonly eventStore: EventStore;
      readonly configuration: ConfigurationReader;
      readonly deletion: UserDeletion;
      readonly clock: Clock;
      readonly log: Logger;
    },
  ) {}

  start(): void {
    this.starting ??= this.begin();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    for (const wake of this.wakers) wake();
    await this.starting;
    await this.subscription?.close();
  }

  /** Everything appended before the call was looked at and, where somebody was deleted, is erased. */
  async settled(): Promise<void> {
    const head = await this.parts.eventStore.head();
    while (this.reached < head && !this.stopped) await this.pause();
  }

  waitsFor(): string | undefined {
    return this.waiting;
  }

  private async begin(): Promise<void> {
    const from = await this.persistently(() => this.parts.eventStore.loadCheckpoint(CHECKPOINT));
    if (from !== undefined) this.follow(from);
  }

  private follow(from: Position): void {
    this.reached = from;
    this.subscription = this.parts.eventStore.follow(
      from,
      ['user-'],
      (page) => this.take(page),
      (error) => {
        if (this.stopped) return;
        this.parts.log.error({ err: error }, 'user erasure begins again');
        void this.pause().then(() => (this.stopped ? undefined : this.follow(this.reached)));
      },
    );
  }

  private async take(page: AllPage): Promise<void> {
    const ends = page.events.filter(({ type }) => type === 'ResourceDeleted');
    for (const event of ends) await this.persistently(() => this.erase(event));
    // A page that was left unfinished by a stop is taken again at the next start.
    if (this.stopped) return;
    if (page.events.length > 0) await this.persistently(() => this.parts.eventStore.saveCheckpoint(CHECKPOINT, page.next));
    this.reached = page.next;
    for (const wake of this.wakers) wake();
  }

  private async erase(end: StoredEvent): Promise<void> {
    const { eventStore, deletion, log } = this.parts;
    const { id } = end.data as Extract<ConfigurationEvent, { type: 'ResourceDeleted' }>['data'];
    await this.relayed(end);
    if (this.stopped) return;
    await deletion.release(id as UserId, { requestId: end.id, actor: end.metadata.actor });
    await this.keepAuditLog(id as UserId, end);
    await eventStore.deleteStream(verificationStream(id));
    await eventStore.deleteStream(end.stream);
    log.info({ userId: id }, 'user erased');
  }

  private async keepAuditLog(userId: UserId, end: StoredEvent): Promise<void> {
    const { eventStore, clock } = this.parts;
    const events = await eventStore.readStream(end.stream);
    // Erased before: a crash kept that from being remembered.
    if (events.length === 0) return;
    const stream = erasureStream(userId);
    const erased: ErasureEvent = {
      type: 'UserErased',
      data: { userId, at: clock.now(), history: auditEntriesOfErased(userId, events.map(upcast)) },
    };
    const { correlationId } = end.metadata;
    const metadata = { schemaVersion: 1, time: clock.now(), actor: { type: 'system', part: 'user erasure' } as const };
    await eventStore.append(stream, 'no_stream', [
      { ...erased, id: derivedEventId(end.id, stream, 0), metadata: { ...metadata, correlationId, causationId: end.id } },
    ]);
  }

  /** Until the end of the stream is on the bus, so that nobody publishes anything of it after. */
  private async relayed(end: StoredEvent): Promise<void> {
    const { eventStore, configuration } = this.parts;
    while (!this.stopped) {
      if (await configuration.waitFor(end.stream, end.revision, LOOK_AGAIN_MS)) return;
      // After a restart the topic may have dropped the tombstone that was seen before it.
      if ((await eventStore.loadCheckpoint(RELAY)) >= end.position) return;
    }
  }

  /** For ever, or until it is stopped. */
  private async persistently<T>(work: () => Promise<T>): Promise<T | undefined> {
    while (!this.stopped) {
      try {
        const done = await work();
        this.waiting = undefined;
        return done;
      } catch (error) {
        if (this.waiting === undefined) this.parts.log.warn({ err: error }, 'user erasure waits');
        this.waiting = error instanceof Error ? error.message : String(error);
        await this.pause();
      }
    }
    return undefined;
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.wakers.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, LOOK_AGAIN_MS);
      this.wakers.add(wake);
    });
  }
}
