import type { UserId } from '../ids';
import type { Instant } from '../time';
import { parseRotation } from './iso-duration';
import type { GapReason, OnCallReason } from './responder-reason';
import { turnAt, type Rotation } from './rotation';
import type { Schedule, ScheduleLayer, StaticShift } from './schedule';
import { laidOver, placeOf, type Place, type Span } from './spans';
import { localToInstant, wallTime } from './time-zone';
import { weeklyWindows, windowAt, type WeeklyWindows } from './weekly-windows';

export interface OnCall {
  readonly userId: UserId;
  readonly reason: OnCallReason;
}

/**
 * A stretch of time over which the answer is the same; it may go on in the next stretch. Bounds are infinite where nothing
 * comes before or after.
 */
export interface Stretch {
  readonly start: number;
  readonly end: number;
  readonly onCall?: OnCall;
  /** Set when nobody is on call: why, at the instant that was asked for. */
  readonly gap?: GapReason;
}

/** Answers for one schedule, with everything that does not depend on the instant worked out beforehand. */
export interface Timeline {
  at(at: Instant, options?: TimelineOptions): Stretch;
}

export interface TimelineOptions {
  readonly excludeOverrides?: boolean;
}

/** Schedules are never changed in place, so the object itself is the key. */
const timelines = new WeakMap<Schedule, Timeline>();

export const timelineOf = (schedule: Schedule): Timeline => {
  const known = timelines.get(schedule);
  if (known) return known;
  const timeline = buildTimeline(schedule);
  timelines.set(schedule, timeline);
  return timeline;
};

interface Plan {
  at(at: Instant): Stretch;
  /** When it first puts somebody on call, or may do so. */
  readonly begins: number;
}

const buildTimeline = (schedule: Schedule): Timeline => {
  const overrides = laidOver(
    schedule.overrides.map(({ id, userId, start, end }): Span<OnCall> => ({
      start,
      end,
      value: { userId, reason: { type: 'override', overrideId: id, start, end } },
    })),
  );
  const plans: readonly Plan[] =
    schedule.type === 'STATIC'
      ? schedule.plans.map((plan) => staticPlan(schedule.timezone, plan.shifts))
      : schedule.plans.map((plan) => recurringPlan(schedule.timezone, plan.layers));
  // The first plan also answers for the time before the schedule was made: a layer's own start says when it begins.
  const planSpans = schedule.plans.map((plan, i) => ({
    start: i === 0 ? Number.NEGATIVE_INFINITY : plan.from,
    end: schedule.plans[i + 1]?.from ?? Number.POSITIVE_INFINITY,
  }));
  // What is yet to come of a later plan is not the start of the schedule, once an earlier plan had begun.
  const hasBegun = plans.map((_, index) => plans.slice(0, index).some((earlier, i) => earlier.begins < planSpans[i]!.end));
  return {
    at(at, { excludeOverrides = false } = {}) {
      const override: Place<OnCall> = excludeOverrides ? everywhere : placeOf(overrides, at);
      if (override.value) return { start: override.start, end: override.end, onCall: override.value };
      const index = planSpans.findLastIndex((span) => span.start <= at);
      const plan = plans[index];
      if (!plan) return { ...override, gap: 'no-layer-active' };
      const stretch = within(within(plan.at(at), planSpans[index]!), override);
      return stretch.gap === 'not-started' && hasBegun[index]
        ? { ...stretch, gap: schedule.type === 'STATIC' ? 'no-shift' : 'no-layer-active' }
        : stretch;
    },
  };
};

const everywhere = { start: Number.NEGATIVE_INFINITY, end: Number.POSITIVE_INFINITY };

const within = (stretch: Stretch, bounds: { readonly start: number; readonly end: number }): Stretch => ({
  ...stretch,
  start: Math.max(stretch.start, bounds.start),
  end: Math.min(stretch.end, bounds.end),
});

/** Shifts do not overlap on the wall. Where a skipped hour moves one into the next, the later one holds. */
const staticPlan = (zone: string, shifts: readonly StaticShift[]): Plan => {
  const spans = laidOver(
    shifts
      .toSorted((a, b) => wallTime(a.start) - wallTime(b.start))
      .map((shift): Span<OnCall> => {
        const start = localToInstant(zone, shift.start);
        const end = localToInstant(zone, shift.end);
        return { start, end, value: { userId: shift.userId, reason: { type: 'shift', start, end } } };
      }),
  );
  return {
    begins: spans[0]?.start ?? everywhere.end,
    at(at) {
      const { start, end, value } = placeOf(spans, at);
      if (value) return { start, end, onCall: value };
      const gap: GapReason =
        spans.length === 0 ? 'no-shift' : start === everywhere.start ? 'not-started' : end === everywhere.end ? 'ended' : 'no-shift';
      return { start, end, gap };
    },
  };
};

/** The last layer of the list that has somebody wins. Those below it are not even asked. */
const recurringPlan = (zone: string, layers: readonly ScheduleLayer[]): Plan => {
  const fromTheTop = layers.map((layer, index) => layerTimeline(zone, layer, index)).toReversed();
  return {
    begins: Math.min(...fromTheTop.map((layer) => layer.begins)),
    at(at) {
      let bounds: { readonly start: number; readonly end: number } = everywhere;
      const gaps = new Set<GapReason>();
      for (const layer of fromTheTop) {
        const stretch = within(layer.at(at), bounds);
        if (stretch.onCall) return stretch;
        if (stretch.gap) gaps.add(stretch.gap);
        bounds = { start: stretch.start, end: stretch.end };
      }
      return { ...bounds, gap: gapOf(gaps) };
    },
  };
};

/** A layer that is only restricted says most; all that are over, or all that are to come, say the same as one; a mixture says neither. */
const gapOf = (gaps: ReadonlySet<GapReason>): GapReason => {
  if (gaps.has('restricted')) return 'restricted';
  const [only] = gaps;
  return gaps.size === 1 && only ? only : 'no-layer-active';
};

const layerTimeline = (zone: string, layer: ScheduleLayer, index: number): Plan => {
  const users = layer.users;
  if (users.length === 0) return { begins: everywhere.end, at: () => ({ ...everywhere, gap: 'no-layer-active' }) };
  const period = parseRotation(layer.rotation);
  if (!period) throw new RangeError(`not a rotation: ${layer.rotation}`);
  const startsOn = wallTime(layer.startsOn);
  const startsAt = localToInstant(zone, layer.startsOn);
  const endsAt = layer.endsOn === undefined ? everywhere.end : localToInstant(zone, layer.endsOn);
  const lifetime = { start: startsAt, end: endsAt };
  const rotation: Rotation = { zone, startsOn, startsAt, period };
  const windows: WeeklyWindows | undefined = weeklyWindows(layer.restrictions);
  return {
    begins: startsAt,
    at(at) {
      if (at < startsAt) return { start: everywhere.start, end: startsAt, gap: 'not-started' };
      if (at >= endsAt) return { start: endsAt, end: everywhere.end, gap: 'ended' };
      const window: Place<true> = windows ? windowAt(windows, zone, at) : { ...everywhere, value: true };
      if (!window.value) return within({ ...window, gap: 'restricted' }, lifetime);
      const turn = turnAt(rotation, at);
      const shift = within(within(turn, window), lifetime);
      const { start, end } = shift as { start: Instant; end: Instant };
      const userId = users[turn.index % users.length]!;
      return {
        start,
        end,
        onCall: { userId, reason: { type: 'layer', layer: index, ...(layer.name !== undefined && { layerName: layer.name }), start, end } },
      };
    },
  };
};
