import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import type { EventStore } from '@tocsin/event-store';
import { soleOwner } from './ownership';
import type { IsOwner, Ownership } from './ownership';

/** Something that works on by itself: a consumer, the relay, a projection, timers. */
export interface BackgroundPart {
  start(): Promise<void> | void;
  /** Finishes or hands back what it has in hand. */
  stop(): Promise<void>;
  /** True, or resolved, when everything that was there at the time of the call is done. */
  settled(): Promise<void> | boolean;
  /** What was handed to it and is not done yet. */
  lag?(): Promise<number>;
  /** What it waits for, while it cannot do its work. */
  waitsFor?(): string | undefined;
}

const LOOK_AGAIN_MS = 2;

/** All moving parts of one process: started in the order they were added, stopped the other way round. */
export class Background {
  private readonly parts: (readonly [name: string, part: BackgroundPart])[] = [];

  constructor(private readonly ownership: Ownership = soleOwner) {}

  add<Part extends BackgroundPart>(name: string, part: Part): Part {
    this.parts.push([name, part]);
    return part;
  }

  /** What only one replica may do at a time; `make` gives a part for each time this process becomes the owner. */
  addOwned(name: string, make: (isOwner: IsOwner) => BackgroundPart): void {
    this.add(name, this.ownership(name, make));
  }

  async start(): Promise<void> {
    for (const [, part] of this.parts) await part.start();
  }

  async stop(): Promise<void> {
    for (const [, part] of [...this.parts].reverse()) await part.stop();
  }

  /** What each part waits for, by name; empty when all can work. */
  waiting(): Readonly<Record<string, string>> {
    return Object.fromEntries(
      this.parts.flatMap(([name, part]) => {
        const reason = part.waitsFor?.();
        return reason === undefined ? [] : [[name, reason]];
      }),
    );
  }

  /**
   * Resolves when nothing moves any more: every part has settled one after the other, the log did not grow meanwhile and
   * nothing was handed on. For tests with a clock that is wound, where each step must have had its effect before the next
   * timer fires.
   */
  async settle(eventStore: EventStore): Promise<void> {
    for (;;) {
      const before = await eventStore.head();
      let moved = false;
      for (const [, part] of this.parts) moved = (await this.settlePart(part)) || moved;
      const lags = await Promise.all(this.parts.map(([, part]) => part.lag?.() ?? 0));
      if (!moved && lags.every((lag) => lag === 0) && (await eventStore.head()) === before) return;
      // Where all is answered from memory, nothing else would ever get its turn: a thread's answer, a socket, a timer.
      await nextTurn();
    }
  }

  /** Whether the part had to be waited for. */
  private async settlePart(part: BackgroundPart): Promise<boolean> {
    let waited = false;
    for (;;) {
      const settled = part.settled();
      if (typeof settled !== 'boolean') {
        await settled;
        return waited;
      }
      if (settled) return waited;
      waited = true;
      await delay(LOOK_AGAIN_MS);
    }
  }
}
