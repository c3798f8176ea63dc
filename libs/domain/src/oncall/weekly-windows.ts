import { plusMs, type Instant } from '../time';
import type { DayOfWeek, ScheduleLayer, TimeOfWeek } from './schedule';
import { DAY_MS, toInstant, toWallTime, WEEK_MS, type WallTime } from './time-zone';
import type { Place } from './spans';

export const DAYS_OF_WEEK: readonly DayOfWeek[] = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'];
const TIME = /^([01]\d|2[0-4]):([0-5]\d)(?::00)?$/;

/** A wall time that is a Monday, 00:00: the first one of 1970. */
const A_MONDAY = 4 * DAY_MS;

/** Milliseconds on the wall since Monday 00:00; `to` may lie in the week after. */
interface Window {
  readonly from: number;
  readonly to: number;
}

/** Disjoint, not touching, in order of `from`, which lies in the first week. */
export type WeeklyWindows = readonly Window[];

/** Undefined when it is no time of a week. `24:00` is the end of its day. */
export const parseTimeOfWeek = (time: TimeOfWeek): number | undefined => {
  const day = DAYS_OF_WEEK.indexOf(time.dayOfWeek);
  const parts = TIME.exec(time.time);
  if (day < 0 || !parts) return undefined;
  const minutes = Number(parts[1]) * 60 + Number(parts[2]);
  return minutes > 1440 ? undefined : day * DAY_MS + minutes * 60_000;
};

/**
 * The restrictions of a layer as windows of the week; undefined when they leave nothing out. A restriction whose end is not
 * after its start runs over the end of the week; from a time to the same time is the whole week. Those that overlap or meet on
 * the wall are one, so that an edge in a skipped hour does not tear them apart.
 */
export const weeklyWindows = (restrictions: ScheduleLayer['restrictions']): WeeklyWindows | undefined => {
  if (!restrictions || restrictions.length === 0) return undefined;
  const windows = restrictions.map(({ from, to }) => windowOf(from, to)).toSorted((a, b) => a.from - b.from);
  const merged: Window[] = [];
  for (const window of windows) {
    const last = merged.at(-1);
    if (last && window.from <= last.to) merged[merged.length - 1] = { from: last.from, to: Math.max(last.to, window.to) };
    else merged.push(window);
  }
  // The last one may reach into the next week and meet the first ones there.
  while (merged.length > 1 && merged.at(-1)!.to >= merged[0]!.from + WEEK_MS) {
    const first = merged.shift()!;
    const last = merged.pop()!;
    merged.push({ from: last.from, to: Math.max(last.to, first.to + WEEK_MS) });
  }
  return merged.length === 1 && merged[0]!.to - merged[0]!.from >= WEEK_MS ? undefined : merged;
};

const windowOf = (fromTime: TimeOfWeek, toTime: TimeOfWeek): Window => {
  const begin = parseTimeOfWeek(fromTime);
  const to = parseTimeOfWeek(toTime);
  if (begin === undefined || to === undefined) throw new RangeError(`not a time of the week: ${JSON.stringify([fromTime, toTime])}`);
  // Sunday 24:00 is Monday 00:00.
  const from = begin % WEEK_MS;
  return { from, to: to > from ? to : to + WEEK_MS };
};

/**
 * How many windows around the one that the wall shows are looked at. Near a change of the clocks it is all of a week: an edge
 * in the skipped hour may be moved past any number of neighbours.
 */
const reachAt = (windows: WeeklyWindows, zone: string, at: Instant): number => {
  const isSteady = toWallTime(zone, plusMs(at, DAY_MS)) - toWallTime(zone, plusMs(at, -DAY_MS)) === 2 * DAY_MS;
  return isSteady ? 2 : Math.max(2, windows.length);
};

/**
 * The window that `at` lies in (`value` is true), or the gap between two. The edges are wall times like any other: one that
 * is skipped is moved forward, one that is repeated is its first occurrence, so that windows which meet leave no gap. Should
 * two overlap for that reason, the later one holds.
 */
export const windowAt = (windows: WeeklyWindows, zone: string, at: Instant): Place<true> => {
  const current = ordinalAt(windows, toWallTime(zone, at));
  const reach = reachAt(windows, zone, at);
  let start = Number.NEGATIVE_INFINITY;
  let end = Number.POSITIVE_INFINITY;
  let inside = false;
  for (let ordinal = current - reach; ordinal <= current + reach; ordinal += 1) {
    const window = occurrence(windows, zone, ordinal);
    if (window.end <= window.start) continue;
    if (window.start > at) end = Math.min(end, window.start);
    else if (window.end <= at) start = Math.max(start, window.end);
    else {
      inside = true;
      start = window.start;
      end = window.end;
    }
  }
  return inside ? { start, end, value: true } : { start, end };
};

/** Counts windows through all weeks. */
const ordinalAt = (windows: WeeklyWindows, wall: WallTime): number => {
  const week = Math.floor((wall - A_MONDAY) / WEEK_MS);
  const inWeek = wall - A_MONDAY - week * WEEK_MS;
  let ordinal = week * windows.length - 1;
  for (const window of windows) if (window.from <= inWeek) ordinal += 1;
  return ordinal;
};

const occurrence = (windows: WeeklyWindows, zone: string, ordinal: number): { readonly start: Instant; readonly end: Instant } => {
  const week = Math.floor(ordinal / windows.length);
  const window = windows[ordinal - week * windows.length]!;
  const monday = A_MONDAY + week * WEEK_MS;
  return { start: toInstant(zone, (monday + window.from) as WallTime), end: toInstant(zone, (monday + window.to) as WallTime) };
};
