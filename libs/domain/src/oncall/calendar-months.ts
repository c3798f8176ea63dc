import type { Instant } from '../time';
import { DAY_MS, toInstant, toWallTime, type WallTime } from './time-zone';

/** When a month begins in the zone: `months` after the one that its clocks show at `at`. */
export const startOfMonth = (zone: string, at: Instant, months: number): Instant => {
  const wall = new Date(toWallTime(zone, at));
  return toInstant(zone, Date.UTC(wall.getUTCFullYear(), wall.getUTCMonth() + months, 1) as WallTime);
};

/** The same day and time of another month; the last day of a month that has no such day. */
export const plusMonths = (zone: string, at: Instant, months: number): Instant => {
  const wall = toWallTime(zone, at);
  const here = new Date(wall);
  const first = Date.UTC(here.getUTCFullYear(), here.getUTCMonth() + months, 1);
  const last = Date.UTC(here.getUTCFullYear(), here.getUTCMonth() + months + 1, 1) - DAY_MS;
  const day = Math.min(first + (here.getUTCDate() - 1) * DAY_MS, last);
  return toInstant(zone, (day + (((wall % DAY_MS) + DAY_MS) % DAY_MS)) as WallTime);
};
