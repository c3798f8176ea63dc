import type { Instant } from '../time';
import type { DayOfWeek } from './schedule';
import { laidOver, placeOf, type Place, type Span } from './spans';
import { DAY_MS, parseLocal, toInstant, type WallTime } from './time-zone';
import { DAYS_OF_WEEK, weeklyWindows, windowAt } from './weekly-windows';

/** Times on the clocks of the zone, `hh:mm`; `24:00` is the end of the day. */
export interface SupportDay {
  readonly start: string;
  readonly end: string;
}

/** A day that is missing is closed. */
export type SupportDays = Readonly<Partial<Record<DayOfWeek, SupportDay>>>;

/** Days that are not as their weekdays say, e.g. a holiday; `NONE` is a word for "as the weekdays say". */
export interface SupportHourException {
  readonly name: string;
  /** `YYYY-MM-DD` in the zone: the whole day, as the last one is. */
  readonly start: string;
  readonly end: string;
  readonly supportStatus: 'DURING' | 'OUTSIDE' | 'NONE';
}

/** When somebody is there. */
export interface SupportTimes {
  readonly timezone: string;
  readonly supportDays: SupportDays;
  /** Where two name the same day, the later one holds. */
  readonly exceptions: readonly SupportHourException[];
}

/** Whether an instant lies in support hours, and until when that is known; infinite: for ever. */
interface Stretch {
  readonly during: boolean;
  readonly until: number;
}

/** Midnight of a date on the wall; undefined when there is no such day. */
export const parseDate = (date: string): WallTime | undefined => parseLocal(`${date}T00:00`);

const midnight = (date: string): WallTime => {
  const wall = parseDate(date);
  if (wall === undefined) throw new RangeError(`not a date: ${date}`);
  return wall;
};

const exceptionSpans = ({ timezone, exceptions }: SupportTimes): readonly Span<SupportHourException['supportStatus']>[] => {
  const spans = exceptions.map(({ start, end, supportStatus }) => ({
    start: toInstant(timezone, midnight(start)),
    end: toInstant(timezone, (midnight(end) + DAY_MS) as WallTime),
    value: supportStatus,
  }));
  return laidOver(spans);
};

const readerOf = (times: SupportTimes): ((at: Instant) => Stretch) => {
  const { timezone, supportDays } = times;
  const exceptions = exceptionSpans(times);
  const open = DAYS_OF_WEEK.flatMap((dayOfWeek) => {
    const day = supportDays[dayOfWeek];
    return day === undefined ? [] : [{ from: { dayOfWeek, time: day.start }, to: { dayOfWeek, time: day.end } }];
  });
  const windows = weeklyWindows(open);
  const weekdays = (at: Instant): Place<true> => {
    if (windows !== undefined) return windowAt(windows, timezone, at);
    const always = { start: Number.NEGATIVE_INFINITY, end: Number.POSITIVE_INFINITY };
    return open.length === 0 ? always : { ...always, value: true };
  };
  return (at) => {
    const exception = placeOf(exceptions, at);
    if (exception.value === 'DURING' || exception.value === 'OUTSIDE')
      return { during: exception.value === 'DURING', until: exception.end };
    const place = weekdays(at);
    return { during: place.value === true, until: Math.min(place.end, exception.end) };
  };
};

/** By the clocks of the zone as they are then: over a change of them, too. */
export const isDuringSupportHours = (times: SupportTimes, at: Instant): boolean => readerOf(times)(at).during;

/** When support hours begin (`during`) or end next, later than `after`; undefined: they never do. */
export const nextSupportEdge = (times: SupportTimes, after: Instant, during: boolean): Instant | undefined => {
  const stretchAt = readerOf(times);
  let stretch = stretchAt(after);
  while (Number.isFinite(stretch.until)) {
    const edge = stretch.until as Instant;
    const next = stretchAt(edge);
    // Where days meet, or an exception says what the weekday says, nothing begins or ends.
    if (next.during !== stretch.during && next.during === during) return edge;
    stretch = next;
  }
  return undefined;
};
