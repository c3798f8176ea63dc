import type { PathProbe } from '@tocsin/contracts';
import type { Clock, Instant } from '@tocsin/domain';
import { derivedEventId } from '@tocsin/event-store';
import type { EventStore, StoredEvent } from '@tocsin/event-store';
import type { Cause } from '@tocsin/messaging';

/** How far a probe has come, in the order of the path. */
export type ProbeStep = 'event-taken' | 'level-planned' | 'level-due' | 'level-resolved' | 'page-planned' | 'page-due';

/** The event `PathProbed`: of a stream of them only the last counts. */
export interface PathProbed {
  readonly step: ProbeStep;
  readonly probe: PathProbe;
}

/** One stream for each lane and service; which of them the relay copies, its routes say. */
const categories: Readonly<Record<ProbeStep, `probe${string}-`>> = {
  'event-taken': 'probealert-',
  'level-planned': 'probeescalation-',
  'level-due': 'probeescalation-',
  'level-resolved': 'probealert-',
  'page-planned': 'probenotification-',
  'page-due': 'probenotification-',
};

/** Steps that a timer goes on from. */
const waitForTimer: ReadonlySet<ProbeStep> = new Set(['level-planned', 'page-planned']);

const FORGET_EVERY = 16;

/** Where the timers of a service find the probes that wait for them. */
export const probeCategory = (step: ProbeStep): string => categories[step];

export const isProbeStream = (stream: string): boolean => Object.values(categories).some((category) => stream.startsWith(category));

/** For the timers that real levels and pages wait for: a probe is due at once. */
export const probeDueOf = ({ stream, data, metadata }: StoredEvent): { readonly id: string; readonly dueAt: Instant | null } => ({
  id: stream,
  dueAt: waitForTimer.has((data as PathProbed).step) ? metadata.time : null,
});

/** Puts on record how far probes have come. Each service hands them on as it does with what they stand for. */
export class PathProbes {
  constructor(
    private readonly parts: {
      readonly eventStore: EventStore;
      readonly clock: Clock;
      /** What stands in the way of others in this process. */
      obstructions(): readonly string[];
    },
  ) {}

  /** The probe, with what it saw here. */
  seenHere(probe: PathProbe): PathProbe {
    return { ...probe, saw: [...new Set([...probe.saw, ...this.parts.obstructions()])] };
  }

  /** Again changes nothing. @throws EventStoreFault */
  async record(step: ProbeStep, given: PathProbe, cause: Cause): Promise<PathProbe> {
    const { eventStore, clock } = this.parts;
    const stream = `${categories[step]}${given.lane}`;
    const probe = this.seenHere(given);
    const { revision } = await eventStore.append(stream, 'any', [
      {
        id: derivedEventId(cause.causationId, stream, 0),
        type: 'PathProbed',
        data: { step, probe } satisfies PathProbed,
        metadata: { schemaVersion: 1, time: clock.now(), actor: { type: 'system', part: 'path probe' }, ...cause },
      },
    ]);
    if (revision % FORGET_EVERY === 0) await eventStore.keepOnlyLast(stream);
    return probe;
  }

  /** Takes what waits in this stream a step further; undefined when nothing does any more. @throws EventStoreFault */
  async goOn(stream: string, step: ProbeStep): Promise<PathProbe | undefined> {
    const last = await this.parts.eventStore.readLast(stream);
    const probed = last?.data as PathProbed | undefined;
    if (last === undefined || probed === undefined || !waitForTimer.has(probed.step)) return undefined;
    const { correlationId, traceParent } = last.metadata;
    return this.record(step, probed.probe, {
      causationId: last.id,
      correlationId,
      ...(traceParent === undefined ? {} : { traceParent }),
    });
  }
}
