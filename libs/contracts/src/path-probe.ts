import type { Instant } from '@tocsin/domain';

/**
 * `PathProbe` version 1, topics `tool-events` and `resolutions`: goes where an event goes, up to the call of a provider, and is
 * nobody's alert. What comes through at the end shows that the path is open.
 */
export interface PathProbe {
  /** When its round left: all of one round have the same. */
  readonly round: Instant;
  /** How many there are in the round. */
  readonly of: number;
  /** Probes of one lane take the same way through the bus; of two in one lane the later counts. */
  readonly lane: number;
  /** What stood in the way of others, where it came by. */
  readonly saw: readonly string[];
}
