import { LogFault } from '@tocsin/embedded-log';
import type { EmbeddedLog } from '@tocsin/embedded-log';
import { checkAppend } from '../append-check';
import { EventStore, EventStoreFault, START, WrongExpectedRevision } from '../event-store';
import type { AllPage, AppendResult, ExpectedRevision, NewEvent, Position, ReadAllQuery, StoredEvent, Subscription } from '../event-store';
import { EmbeddedSubscription } from './embedded-subscription';
import { toPosition } from '../position-digits';
import { fromPosition, toAppend, toStored } from './stored-events';

/** The event store of the embedded profile. It does not own the log: close the subscriptions, then the log. */
export class EmbeddedEventStore extends EventStore {
  constructor(private readonly log: EmbeddedLog) {
    super();
  }

  override get deletions(): number {
    return this.log.events.deletions;
  }

  async append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendResult> {
    checkAppend(stream, events);
    const rows = events.map(toAppend);
    const outcome = await this.faulting(() => this.log.events.append(stream, expected, rows));
    if (outcome.kind === 'conflict') throw new WrongExpectedRevision(stream, expected, outcome.actual);
    if (outcome.kind !== 'appended') throw new TypeError(`an append was answered with ${outcome.kind}`);
    return { revision: outcome.revision, position: toPosition(outcome.position) };
  }

  async readStream(stream: string, options: { from?: number; limit?: number } = {}): Promise<readonly StoredEvent[]> {
    const limit = options.limit ?? Infinity;
    let from = options.from ?? 0;
    const events: StoredEvent[] = [];
    for (;;) {
      const page = await this.faulting(() => this.log.events.readStreamPage(stream, from, limit - events.length));
      for (const event of page.events) events.push(toStored(event));
      if (!page.full || events.length >= limit) return events;
      from = (page.events.at(-1)?.revision ?? from) + 1;
      // A long stream must not keep an intake answer waiting: others have a turn between its pages.
      await this.log.events.turns.next();
    }
  }

  async readLast(stream: string): Promise<StoredEvent | undefined> {
    const last = await this.faulting(() => this.log.events.readLast(stream));
    return last === undefined ? undefined : toStored(last);
  }

  async readAll({ after, prefixes, limit }: ReadAllQuery): Promise<AllPage> {
    const page = await this.faulting(() => this.log.events.readPage(fromPosition(after), new Set(prefixes), limit));
    return { events: page.events.map(toStored), next: toPosition(page.next), atHead: page.atHead };
  }

  follow(
    from: Position,
    prefixes: readonly string[],
    onBatch: (page: AllPage) => Promise<void>,
    onEnd: (error: Error) => void,
  ): Subscription {
    return new EmbeddedSubscription(this, this.log.events, { from, prefixes, onBatch, onEnd });
  }

  async head(): Promise<Position> {
    return toPosition(this.log.events.head);
  }

  async deleteStream(stream: string, expected?: number): Promise<void> {
    const outcome = await this.faulting(() => this.log.events.deleteStream(stream, expected ?? 'any'));
    if (outcome.kind === 'conflict') throw new WrongExpectedRevision(stream, expected ?? 'any', outcome.actual);
  }

  async keepOnlyLast(stream: string): Promise<void> {
    await this.faulting(() => this.log.events.keepOnlyLast(stream));
  }

  async loadCheckpoint(processor: string): Promise<Position> {
    const position = await this.faulting(() => this.log.events.loadCheckpoint(processor));
    return position === undefined ? START : (position as Position);
  }

  async saveCheckpoint(processor: string, position: Position): Promise<void> {
    await this.faulting(() => this.log.events.saveCheckpoint(processor, position));
  }

  private async faulting<T>(call: () => T | Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (cause) {
      if (cause instanceof LogFault) throw new EventStoreFault(cause.reason, cause.retriable, { cause });
      if (this.log.closed) throw new EventStoreFault('closed', false, { cause });
      if (isSqliteError(cause)) throw new EventStoreFault('unavailable', true, { cause });
      throw cause;
    }
  }
}

const isSqliteError = (cause: unknown): boolean =>
  typeof cause === 'object' && cause !== null && 'code' in cause && cause.code === 'ERR_SQLITE_ERROR';
