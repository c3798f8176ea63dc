import { setTimeout as pause } from 'node:timers/promises';
import { PositionWaiters } from '../position-waiters';
import type { ViewPosition } from '../read-store';

const FIRST_LOOK_MS = 4;
const LONGEST_PAUSE_MS = 50;

/**
 * Positions of views that another process may be writing. Somebody who waits is answered at once by what this process writes,
 * and otherwise by looking: soon, then less often, one look for all who wait for a view, and none when nobody waits.
 */
export class PositionWatch extends PositionWaiters {
  private readonly looking = new Set<string>();
  private closed = false;

  constructor(private readonly look: (view: string) => Promise<ViewPosition | undefined>) {
    super();
  }

  override wait(view: string, position: ViewPosition, timeoutMs: number): Promise<boolean> {
    const answer = super.wait(view, position, timeoutMs);
    if (this.awaited(view) && !this.looking.has(view)) void this.watch(view);
    return answer;
  }

  override close(): void {
    this.closed = true;
    super.close();
  }

  private async watch(view: string): Promise<void> {
    this.looking.add(view);
    let pauseMs = FIRST_LOOK_MS;
    while (this.awaited(view) && !this.closed) {
      // A server that is away is looked for again; who waits gives up in their own time.
      const reached = await this.look(view).catch(() => undefined);
      if (reached !== undefined) this.reach(view, reached);
      if (!this.awaited(view)) break;
      await pause(pauseMs, undefined, { ref: false });
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    }
    this.looking.delete(view);
  }
}
