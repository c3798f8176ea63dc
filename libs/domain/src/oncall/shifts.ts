import type { UserId } from '../ids';
import { invalidSetting } from '../configuration/refusals';
import { instant, type Instant } from '../time';
import type { GapReason, OnCallReason } from './responder-reason';
import type { Schedule } from './schedule';
import { isPlannable } from './time-zone';
import { timelineOf, type OnCall, type Stretch, type Timeline, type TimelineOptions } from './timeline';

/**
 * A person's turn as people see it, `[start, end)`: what higher layers and overrides leave of it. The same person's next
 * turn is a shift of its own, also when nobody else takes turns, so that a shift keeps its start and end for ever.
 */
export interface OnCallShift {
  readonly userId: UserId;
  readonly start: Instant;
  readonly end: Instant;
  readonly reason: OnCallReason;
}

export interface ScheduleGap {
  readonly start: Instant;
  readonly end: Instant;
  /** Why nobody is on call when the gap begins. */
  readonly gap: GapReason;
}

/** Longest window that is expanded at once. An hourly rotation has some 18,000 shifts in it. */
export const LONGEST_WINDOW_MS = 731 * 86_400_000;

/**
 * All shifts that lie at least partly in `[from, until)`, in order, without overlaps, each with its whole length. Together
 * they say the same as `whoIsOnCall` at every instant of the window.
 */
export const shiftsBetween = (schedule: Schedule, from: Instant, until: Instant, options: TimelineOptions = {}): readonly OnCallShift[] => {
  refuseWindow(from, until);
  const timeline = timelineOf(schedule);
  const shifts: OnCallShift[] = [];
  for (let at: number = from; at < until;) {
    const stretch = wholeStretch(timeline, instant(at), options);
    if (stretch.onCall) shifts.push(asShift(stretch, stretch.onCall));
    at = stretch.end;
  }
  return shifts;
};

/** The gaps in `[from, until)`, cut to it: a gap may be endless. */
export const gapsBetween = (schedule: Schedule, from: Instant, until: Instant, options: TimelineOptions = {}): readonly ScheduleGap[] => {
  refuseWindow(from, until);
  const timeline = timelineOf(schedule);
  const gaps: ScheduleGap[] = [];
  for (let at: number = from; at < until;) {
    const { end, gap } = wholeStretch(timeline, instant(at), options);
    if (gap) gaps.push({ start: instant(at), end: instant(Math.min(end, until)), gap });
    at = end;
  }
  return gaps;
};

/** `next` is the shift that begins first after `at`, and after the current one if there is one. */
export const currentAndNextShift = (schedule: Schedule, at: Instant): { readonly current?: OnCallShift; readonly next?: OnCallShift } => {
  const timeline = timelineOf(schedule);
  const now = wholeStretch(timeline, at, {});
  const next = nextShift(timeline, now);
  return { ...(now.onCall && { current: asShift(now, now.onCall) }), ...(next && { next }) };
};

/** When the next shift after `after` begins: the next hand-over, or the end of a gap. Undefined when none is to come. */
export const nextShiftStart = (schedule: Schedule, after: Instant): Instant | undefined => {
  const timeline = timelineOf(schedule);
  return nextShift(timeline, wholeStretch(timeline, after, {}))?.start;
};

/** However far away: a timeline names the end of each gap, so that nothing is searched and no horizon is needed. */
const nextShift = (timeline: Timeline, stretch: Stretch): OnCallShift | undefined => {
  if (stretch.end === Number.POSITIVE_INFINITY) return undefined;
  const next = wholeStretch(timeline, instant(stretch.end), {});
  if (next.onCall) return asShift(next, next.onCall);
  return stretch.onCall ? nextShift(timeline, next) : undefined;
};

/** Joins the stretches that say the same: a new plan that changes nothing about a shift does not cut it. */
const wholeStretch = (timeline: Timeline, at: Instant, options: TimelineOptions): Stretch => {
  const here = timeline.at(at, options);
  let { start, end } = here;
  while (start !== Number.NEGATIVE_INFINITY) {
    const before = timeline.at(instant(start - 1), options);
    if (!saysTheSame(before, here)) break;
    start = before.start;
  }
  while (end !== Number.POSITIVE_INFINITY) {
    const after = timeline.at(instant(end), options);
    if (!saysTheSame(after, here)) break;
    end = after.end;
  }
  return { ...here, start, end };
};

const saysTheSame = (a: Stretch, b: Stretch): boolean => (a.onCall && b.onCall ? sameOnCall(a.onCall, b.onCall) : !a.onCall && !b.onCall);

/** A layer may be renamed in the middle of a shift; that is no hand-over. */
const sameOnCall = (a: OnCall, b: OnCall): boolean => {
  if (a === b) return true;
  if (a.userId !== b.userId || a.reason.start !== b.reason.start || a.reason.end !== b.reason.end) return false;
  if (a.reason.type === 'override') return b.reason.type === 'override' && a.reason.overrideId === b.reason.overrideId;
  if (a.reason.type === 'layer') return b.reason.type === 'layer' && a.reason.layer === b.reason.layer;
  return b.reason.type === 'shift';
};

const asShift = ({ start, end }: Stretch, onCall: OnCall): OnCallShift => ({ ...onCall, start: instant(start), end: instant(end) });

const refuseWindow = (from: Instant, until: Instant): void => {
  if (!isPlannable(from)) throw invalidSetting('from', 'the window begins too early or too late; ask for the years 1970 to 2199');
  if (until - from <= LONGEST_WINDOW_MS) return;
  throw invalidSetting('until', 'the window is longer than two years; ask for at most two years at a time');
};
