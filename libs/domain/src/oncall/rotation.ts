import { plusMs, type Instant } from '../time';
import type { RotationPeriod } from './iso-duration';
import { DAY_MS, toInstant, toWallTime, type WallTime } from './time-zone';

export interface Rotation {
  readonly zone: string;
  readonly startsOn: WallTime;
  readonly startsAt: Instant;
  readonly period: RotationPeriod;
}

/** The `index`-th turn, `[start, end)`; the first has index 0. */
export interface Turn {
  readonly index: number;
  readonly start: Instant;
  readonly end: Instant;
}

/** Reached by arithmetic, never by counting from the start: a rotation may be ten years old and change hourly. */
export const turnAt = (rotation: Rotation, at: Instant): Turn => {
  const { zone, startsOn, startsAt, period } = rotation;
  if (period.unit === 'exact') {
    const index = Math.floor((at - startsAt) / period.ms);
    const start = plusMs(startsAt, index * period.ms);
    return { index, start, end: plusMs(start, period.ms) };
  }
  const length = period.days * DAY_MS;
  const startOf = (index: number): Instant => toInstant(zone, (startsOn + index * length) as WallTime);
  // The wall tells the turn, but for the hours around a change of the clocks, where the hand-over may be moved past `at`.
  let index = Math.floor((toWallTime(zone, at) - startsOn) / length);
  while (startOf(index) > at) index -= 1;
  while (startOf(index + 1) <= at) index += 1;
  return { index, start: startOf(index), end: startOf(index + 1) };
};
