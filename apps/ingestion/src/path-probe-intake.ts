import { timingSafeEqual } from 'node:crypto';
import { topics } from '@tocsin/contracts';
import type { PathProbe } from '@tocsin/contracts';
import type { Clock } from '@tocsin/domain';
import type { MessageBus } from '@tocsin/messaging';
import { newUuid } from '@tocsin/platform';
import type { PathProbes } from '@tocsin/platform';

const SLUG = 'path-probe';

/** Where probes come in: over HTTP like every event, under a key that this process made and tells nobody. */
export class PathProbeIntake {
  private readonly key = newUuid();

  constructor(
    private readonly bus: MessageBus,
    private readonly clock: Clock,
    private readonly probes: PathProbes,
  ) {}

  get path(): string {
    return `/api/events/${SLUG}/${this.key}`;
  }

  isFor(slug: string, key: string): boolean {
    return slug === SLUG && key.length === this.key.length && timingSafeEqual(Buffer.from(key), Buffer.from(this.key));
  }

  /** Durable when it resolves. @throws MessageBusFault */
  async take(probe: PathProbe): Promise<string> {
    const id = newUuid();
    await this.bus.publish(topics.toolEvents, [
      {
        id,
        key: `path-probe-${probe.lane}`,
        type: 'PathProbe',
        schemaVersion: 1,
        time: this.clock.now(),
        correlationId: id,
        causationId: id,
        data: this.probes.seenHere(probe),
      },
    ]);
    return id;
  }
}
