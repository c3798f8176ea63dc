import type { Clock, IdKind } from '@tocsin/domain';
import { WrongExpectedRevision } from '@tocsin/event-store';
import type { EventStore } from '@tocsin/event-store';
import { v4 as uuidV4, v5 as uuidV5 } from 'uuid';

const NAMESPACE = '0d5f7a52-3f6b-5b0a-8a55-6a9b8f0c2d17';

export const newUuid = (): string => uuidV4();

/** The same parts always give the same id, in any process. */
export const derivedUuid = (...parts: readonly (string | number)[]): string => uuidV5(JSON.stringify(parts), NAMESPACE);

/** How many ids are taken at a time. What a process has taken and not used when it stops is never used. */
const blockSizes: Readonly<Partial<Record<IdKind, number>>> = { alert: 100, notification: 500 };
const USUAL_BLOCK_SIZE = 10;

/** Of the kinds a first start makes with fixed ids, up to this one are never allocated. */
export const LAST_FIXED_ID = 10;
const neverFixed: ReadonlySet<IdKind> = new Set(['alert', 'notification']);

export interface IdAllocatorOptions {
  readonly eventStore: EventStore;
  readonly clock: Clock;
  readonly blockSizes?: Readonly<Partial<Record<IdKind, number>>>;
}

/**
 * Ids of resources: unique per kind over all replicas, roughly increasing, small. A block is taken by an event in
 * `idblock-<kind>` at its expected revision, so of two replicas that want the same block one gets it and the other the next.
 */
export class IdAllocator {
  private readonly sequences = new Map<IdKind, Sequence>();

  constructor(private readonly options: IdAllocatorOptions) {}

  /** Waits for the event store only when a block has run out and the next is not there yet. @throws EventStoreFault */
  next(kind: IdKind): Promise<number> {
    let sequence = this.sequences.get(kind);
    if (sequence === undefined) this.sequences.set(kind, (sequence = new Sequence(kind, this.options)));
    return sequence.next();
  }
}

interface Block {
  next: number;
  readonly last: number;
}

class Sequence {
  private readonly blocks: Block[] = [];
  private fetching: Promise<void> | undefined;
  private readonly size: number;

  constructor(
    private readonly kind: IdKind,
    private readonly options: IdAllocatorOptions,
  ) {
    this.size = options.blockSizes?.[kind] ?? blockSizes[kind] ?? USUAL_BLOCK_SIZE;
  }

  async next(): Promise<number> {
    for (;;) {
      const id = this.take();
      if (id !== undefined) {
        // A failure here is nobody's: whoever finds no id asks again and is told.
        if (this.left() < this.size / 2) this.fetch().catch(() => undefined);
        return id;
      }
      await this.fetch();
    }
  }

  private take(): number | undefined {
    const [block] = this.blocks;
    if (block === undefined) return undefined;
    const id = block.next++;
    if (block.next > block.last) this.blocks.shift();
    return id;
  }

  private left(): number {
    return this.blocks.reduce((sum, { next, last }) => sum + last - next + 1, 0);
  }

  private fetch(): Promise<void> {
    this.fetching ??= this.takeBlock().finally(() => (this.fetching = undefined));
    return this.fetching;
  }

  private async takeBlock(): Promise<void> {
    const stream = `idblock-${this.kind}`;
    const correlationId = newUuid();
    // Every conflict is a block that somebody else got, so this ends.
    for (;;) {
      const before = await this.options.eventStore.readLast(stream);
      const from = before === undefined ? this.first() : (before.data as { readonly to: number }).to + 1;
      const to = from + this.size - 1;
      const metadata = {
        schemaVersion: 1,
        time: this.options.clock.now(),
        actor: { type: 'system', part: 'ids' },
        correlationId,
        causationId: correlationId,
      } as const;
      try {
        await this.options.eventStore.append(stream, before?.revision ?? 'no_stream', [
          { id: newUuid(), type: 'IdBlockTaken', data: { from, to }, metadata },
        ]);
        this.blocks.push({ next: from, last: to });
        return;
      } catch (error) {
        if (!(error instanceof WrongExpectedRevision)) throw error;
      }
    }
  }

  private first(): number {
    return neverFixed.has(this.kind) ? 1 : LAST_FIXED_ID + 1;
  }
}
