import { Temporal } from 'temporal-polyfill';
import { instant, type Instant } from '../time';
import type { LocalDateTime } from './schedule';

/**
 * What a clock on the wall shows, as the milliseconds that would pass in UTC until it shows that. Days and weeks are plain
 * arithmetic on it; only `toInstant` and `toWallTime` know that hours are skipped and repeated.
 */
export type WallTime = number & { readonly __brand: 'WallTime' };

export const DAY_MS = 86_400_000;
export const WEEK_MS = 7 * DAY_MS;

/** Local date-times outside these years are refused: they are mistakes, and arithmetic stays far from its limits. */
const FIRST_YEAR = 1970;
const LAST_YEAR = 2199;

/** Whether an instant lies in the years that schedules are kept for. */
export const isPlannable = (at: Instant): boolean => at >= Date.UTC(FIRST_YEAR, 0, 1) && at < Date.UTC(LAST_YEAR + 1, 0, 1);

const LOCAL = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d))?$/;

/** A name of the IANA database, or `UTC`. Fixed offsets such as `+01:00` are refused: they would be wrong half of the year. */
export const isTimeZone = (name: string): boolean => {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    return offsetMs(name, instant(0)) !== undefined;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
};

/** Undefined when it is not `YYYY-MM-DDThh:mm[:ss]` or no such day exists. */
export const parseLocal = (text: string): WallTime | undefined => {
  const parts = LOCAL.exec(text);
  if (!parts) return undefined;
  const [year, month, day, hour, minute, second] = parts.slice(1).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (year < FIRST_YEAR || year > LAST_YEAR || hour > 23 || minute > 59 || second > 59) return undefined;
  const wall = Date.UTC(year, month - 1, day, hour, minute, second);
  // The 30th of February rolls over into March; what is written back then differs.
  return new Date(wall).toISOString().startsWith(text.slice(0, 10)) ? (wall as WallTime) : undefined;
};

/** The wall time of a stored, validated local date-time. */
export const wallTime = (local: LocalDateTime): WallTime => {
  const wall = parseLocal(local);
  if (wall === undefined) throw new RangeError(`not a local date-time: ${local}`);
  return wall;
};

/** `YYYY-MM-DDThh:mm:ss`. */
export const formatLocal = (wall: WallTime): LocalDateTime => new Date(wall).toISOString().slice(0, 19) as LocalDateTime;

export const toWallTime = (zone: string, at: Instant): WallTime => (at + offsetMs(zone, at)) as WallTime;

/** The rule that calendars call "compatible": a skipped time is moved forward by what was skipped, a repeated one is its first occurrence. */
export const toInstant = (zone: string, wall: WallTime): Instant => {
  // No offset reaches 24 hours, so the right instant lies between these two; at most one change of offset lies there too.
  const before = offsetMs(zone, (wall - DAY_MS) as Instant);
  const after = offsetMs(zone, (wall + DAY_MS) as Instant);
  const first = (wall - Math.max(before, after)) as Instant;
  if (first + offsetMs(zone, first) === wall) return first;
  const second = (wall - Math.min(before, after)) as Instant;
  if (second + offsetMs(zone, second) === wall) return second;
  return (wall - before) as Instant;
};

export const localToInstant = (zone: string, local: LocalDateTime): Instant => toInstant(zone, wallTime(local));
export const instantToLocal = (zone: string, at: Instant): LocalDateTime => formatLocal(toWallTime(zone, at));

/**
 * Offsets are asked for dozens of times per question "who is on call?", and Temporal needs some 20 µs for each. Between two
 * changes the offset is constant, so the changes of a zone are kept, a stretch of 512 days at a time, from the first question on.
 */
interface Stretch {
  readonly from: number;
  readonly offsetMs: number;
}
const CHUNK_MS = 512 * DAY_MS;
const MOST_CHUNKS = 20_000;
const chunksOfZone = new Map<string, Map<number, readonly Stretch[]>>();
let chunksKept = 0;

const offsetMs = (zone: string, at: Instant): number => {
  const index = Math.floor(at / CHUNK_MS);
  const stretches = chunksOfZone.get(zone)?.get(index) ?? loadChunk(zone, index);
  for (let i = stretches.length - 1; i > 0; i -= 1) {
    const stretch = stretches[i]!;
    if (at >= stretch.from) return stretch.offsetMs;
  }
  return stretches[0]!.offsetMs;
};

const loadChunk = (zone: string, index: number): readonly Stretch[] => {
  const end = (index + 1) * CHUNK_MS;
  const stretches: Stretch[] = [];
  let next: Temporal.ZonedDateTime | null = Temporal.Instant.fromEpochMilliseconds(index * CHUNK_MS).toZonedDateTimeISO(zone);
  while (next && next.epochMilliseconds < end) {
    stretches.push({ from: next.epochMilliseconds, offsetMs: next.offsetNanoseconds / 1e6 });
    next = next.getTimeZoneTransition('next');
  }
  if (chunksKept >= MOST_CHUNKS) {
    chunksOfZone.clear();
    chunksKept = 0;
  }
  const chunks = chunksOfZone.get(zone) ?? new Map<number, readonly Stretch[]>();
  chunksOfZone.set(zone, chunks.set(index, stretches));
  chunksKept += 1;
  return stretches;
};
