import { randomUUID } from 'node:crypto';
import { WrongExpectedRevision } from '../event-store';
import type { Client, RecordedWireEvent } from './client';
import { orMissing, troubleOf } from './client-faults';
import { DELETED_STREAMS, END_OF_STREAM } from './own-streams';
import type { Patience } from './patience';

/** What other processes deleted is known after this time at the latest. */
const FRESH_MS = 1_000;
/** By then the server has been scavenged, and has nothing of a deleted stream any more. */
const KEPT_SECONDS = 35 * 24 * 3_600;
const PAGE = 1_000;

interface Deletion {
  readonly stream: string;
  /** Of the stream's end, as text: larger than a JavaScript number may be. */
  readonly at: string;
}

/**
 * The server hides a deleted stream from those who read the stream, but shows its events in `$all` until it is scavenged. So
 * deletions are also written down in a stream of their own, which every process reads.
 */
export class DeletedStreams {
  private readonly endsAt = new Map<string, bigint>();
  private read = 0;
  private limited = false;
  private freshUntil = -Infinity;
  private refreshing: Promise<void> | undefined;

  constructor(
    private readonly client: Client,
    private readonly begin: () => Patience,
  ) {}

  /** Without the events of streams that were deleted since. @throws EventStoreFault */
  async without(events: readonly RecordedWireEvent[]): Promise<readonly RecordedWireEvent[]> {
    if (events.length === 0) return events;
    if (performance.now() >= this.freshUntil) await (this.refreshing ??= this.refresh().finally(() => (this.refreshing = undefined)));
    return this.endsAt.size === 0 ? events : events.filter(({ stream, at }) => at > (this.endsAt.get(stream) ?? -1n));
  }

  /**
   * Ends the stream, writes that down, hides it; a crash in between leaves it to the next call, which goes on where this one
   * was. @throws WrongExpectedRevision, EventStoreFault
   */
  async delete(stream: string, expected?: number): Promise<void> {
    const patience = this.begin();
    for (;;) {
      const last = await orMissing(patience.persist((deadlineMs) => this.client.readLast(stream, deadlineMs)));
      if (last === undefined) return;
      if (last.type !== END_OF_STREAM && expected !== undefined && last.revision !== expected) {
        throw new WrongExpectedRevision(stream, expected, last.revision);
      }
      const end = last.type === END_OF_STREAM ? last : await this.end(stream, last.revision, patience);
      if (end !== undefined) {
        await this.writeDown(stream, end.at, patience);
        if (await this.hide(stream, end.revision, patience)) return;
      }
      patience.orGiveUp();
    }
  }

  /** Undefined when somebody appended in between. */
  private async end(stream: string, revision: number, patience: Patience) {
    const mark = { id: randomUUID(), type: END_OF_STREAM, data: {}, metadata: {} };
    return unlessMoved(patience.persist((deadlineMs) => this.client.append(stream, revision, [mark], deadlineMs)));
  }

  private async writeDown(stream: string, at: bigint, patience: Patience): Promise<void> {
    const deletion: Deletion = { stream, at: String(at) };
    const event = { id: randomUUID(), type: 'StreamDeleted', data: deletion, metadata: {} };
    // Twice is as good as once.
    await patience.persist(async (deadlineMs) => {
      if (!this.limited) await this.client.limit(DELETED_STREAMS, { maxAge: KEPT_SECONDS }, deadlineMs);
      this.limited = true;
      await this.client.append(DELETED_STREAMS, 'any', [event], deadlineMs);
    });
    this.note(deletion);
  }

  private async hide(stream: string, revision: number, patience: Patience): Promise<boolean> {
    const hiding = patience.persist((deadlineMs) => this.client.softDelete(stream, revision, deadlineMs));
    return (await unlessMoved(hiding.then(() => true))) ?? false;
  }

  private async refresh(): Promise<void> {
    const asked = performance.now();
    const patience = this.begin();
    for (;;) {
      const reading = patience.persist((deadlineMs) => this.client.readStream(DELETED_STREAMS, this.read, PAGE, deadlineMs));
      const page = (await orMissing(reading)) ?? [];
      for (const { data, revision } of page) {
        this.note(data as Deletion);
        this.read = revision + 1;
      }
      if (page.length < PAGE) break;
    }
    this.freshUntil = asked + FRESH_MS;
  }

  private note({ stream, at }: Deletion): void {
    const known = this.endsAt.get(stream);
    const end = BigInt(at);
    if (known === undefined || known < end) this.endsAt.set(stream, end);
  }
}

async function unlessMoved<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    const kind = troubleOf(error)?.kind;
    if (kind === 'wrong-revision' || kind === 'ended') return undefined;
    throw error;
  }
}
