import type { HeldLease, Lease } from '@tocsin/event-store';
import type { BackgroundPart } from './background';

/** Whether this process still is the owner: to be asked right before an effect that must not be another's as well. */
export type IsOwner = () => boolean;

/** Makes a part whose work one process does at a time. */
export type Ownership = (name: string, make: (isOwner: IsOwner) => BackgroundPart) => BackgroundPart;

/** What every service may own that relays; the rest is a service's own. */
export const RELAY_PART = 'relay';
export const PARKED_COUNT = 'parked count';

/** Where there is one process it owns everything. */
export const soleOwner: Ownership = (_name, make) => make(() => true);

/** What was added runs only while the lease is held: in one replica at a time. One lease for all that is added. */
export class LeasedParts {
  private readonly parts: LeasedPart[] = [];
  private started = false;

  constructor(private readonly lease: Lease) {}

  readonly own: Ownership = (_name, make) => {
    const part = new LeasedPart(make, this);
    this.parts.push(part);
    return part;
  };

  /** The first part that is started begins to want the lease for all of them. */
  start(): void {
    if (this.started) return;
    this.started = true;
    this.lease.start((held, lost) => this.hold(held, lost));
  }

  /** The first part that is stopped gives the lease back, once all of them have ended. */
  async stop(): Promise<void> {
    await this.lease.stop();
    this.started = false;
  }

  private async hold(held: HeldLease, lost: AbortSignal): Promise<void> {
    // All at once: one that waits for its server must not keep the others waiting.
    await Promise.all(this.parts.map((part) => part.hold(held, lost)));
  }
}

class LeasedPart implements BackgroundPart {
  private running: BackgroundPart | undefined;

  constructor(
    private readonly make: (isOwner: IsOwner) => BackgroundPart,
    private readonly together: Pick<LeasedParts, 'start' | 'stop'>,
  ) {}

  async hold(held: HeldLease, lost: AbortSignal): Promise<void> {
    const part = this.make(() => held.isHeld());
    this.running = part;
    const ended = new Promise((resolve) => {
      if (lost.aborted) resolve(undefined);
      else lost.addEventListener('abort', resolve, { once: true });
    });
    await Promise.race([part.start(), ended]);
    await ended;
    await part.stop();
    this.running = undefined;
  }

  start(): void {
    this.together.start();
  }

  stop(): Promise<void> {
    return this.together.stop();
  }

  settled(): Promise<void> | boolean {
    return this.running?.settled() ?? true;
  }

  async lag(): Promise<number> {
    return (await this.running?.lag?.()) ?? 0;
  }

  waitsFor(): string | undefined {
    return this.running?.waitsFor?.();
  }
}
