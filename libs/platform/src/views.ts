import type { EventStore } from '@tocsin/event-store';
import type { ProjectionRunner, ReadStore } from '@tocsin/read-models';

/**
 * How far the views are, for reads that must see what was just written (BEHAVIOUR B1). The runner in this process knows at
 * once; a view that another replica keeps is asked of the read store.
 */
export class Views {
  private readonly runners = new Map<string, ProjectionRunner>();

  constructor(
    private readonly eventStore: EventStore,
    private readonly readStore: ReadStore,
  ) {}

  add(view: string, runner: ProjectionRunner): ProjectionRunner {
    this.runners.set(view, runner);
    return runner;
  }

  /** Whether the view had passed the position within the time. */
  async waitFor(view: string, position: string, timeoutMs: number): Promise<boolean> {
    const runner = this.runners.get(view);
    return runner === undefined || runner.state() === 'stopped'
      ? this.readStore.waitFor(view, position, timeoutMs)
      : runner.waitFor(position as Parameters<typeof runner.waitFor>[0], timeoutMs);
  }

  /** Whether the view had passed everything recorded before the call within the time. @throws EventStoreFault */
  async upToDate(view: string, timeoutMs: number): Promise<boolean> {
    return this.waitFor(view, await this.eventStore.head(), timeoutMs);
  }
}
