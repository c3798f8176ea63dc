import { setTimeout as wait } from 'node:timers/promises';
import { ReadStoreFault, views } from '@tocsin/read-models';
import type { Projection, ReadStore } from '@tocsin/read-models';
import type { BackgroundPart } from '../../background';
import type { Logger } from '../../logging';

const FIRST_MS = 100;
const LONGEST_MS = 5_000;

/**
 * Makes every view known to this process's read store, whoever writes it: any service may read any view. While MongoDB is
 * away it tries again. Readiness waits for the first try only: a page has to leave and an answer be taken without any view.
 */
export class KnownViews implements BackgroundPart {
  private readonly stopping = new AbortController();
  private readonly untried = new Set(views);
  private running: Promise<unknown> | undefined;

  constructor(
    private readonly readStore: ReadStore,
    private readonly log: Logger,
    private readonly random: () => number,
  ) {}

  start(): void {
    this.running = Promise.all(views.map((view) => this.declare(view)));
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  settled(): boolean {
    return this.untried.size === 0;
  }

  waitsFor(): string | undefined {
    return this.untried.size === 0 ? undefined : 'an answer of the read store';
  }

  private async declare(view: Projection): Promise<void> {
    const { signal } = this.stopping;
    for (let waitMs = FIRST_MS; !signal.aborted; waitMs = Math.min(LONGEST_MS, waitMs * 2)) {
      try {
        await this.readStore.declare(view.name, view.collections);
        this.untried.delete(view);
        return;
      } catch (error) {
        if (!(error instanceof ReadStoreFault)) throw error;
        if (this.untried.delete(view)) this.log.warn({ err: error, view: view.name }, 'a view is waited for');
        await wait(waitMs * (0.5 + this.random() / 2), undefined, { signal }).catch(() => undefined);
      }
    }
  }
}
