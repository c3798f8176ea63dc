import type { Instant } from './time';

export interface Timer {
  cancel(): void;
}

/**
 * Where time comes from. Business time only (due escalations, delays, expiries): deadlines of I/O, leases and back-off of
 * infrastructure use real monotonic time and never this. Tests wind it.
 */
export abstract class Clock {
  abstract now(): Instant;
  /** Calls `fire` once, at or after `at`; at once (asynchronously) when `at` has passed. Costs nothing while waiting. */
  abstract at(at: Instant, fire: () => void): Timer;
}
