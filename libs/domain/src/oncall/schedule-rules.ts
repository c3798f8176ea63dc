import type { EscalationPolicy } from '../configuration/resources';
import type { ScheduleId } from '../ids';
import type { ConfigurationLookup } from '../configuration/configuration-lookup';
import { naming, refuseWhileNamed } from '../configuration/refusals';
import { plusMs, type Instant } from '../time';
import { checkRequest, invalid, refuseOverlaps } from './schedule-checks';
import {
  GAP_SEARCH_MS,
  type RecurringScheduleRequest,
  type ScheduleReferences,
  type ScheduleRequest,
  type StaticScheduleRequest,
} from './schedule-request';
import type { Schedule, ScheduleLayer, StaticShift } from './schedule';
import { gapsBetween } from './shifts';
import { instantToLocal, localToInstant, wallTime } from './time-zone';

export interface ScheduleChange {
  readonly now: Instant;
  readonly references: ScheduleReferences;
  /** Refuse a schedule that leaves nobody on call at some time of the coming year. */
  readonly abortOnGaps?: boolean;
}

type RecurringSchedule = Extract<Schedule, { type: 'RECURRING' }>;
type StaticSchedule = Extract<Schedule, { type: 'STATIC' }>;

export const createSchedule = (id: ScheduleId, request: ScheduleRequest, change: ScheduleChange): Schedule => {
  checkRequest(request, change.references);
  const { now } = change;
  const common = {
    id,
    name: request.name,
    timezone: request.timezone,
    teamIds: ascending(request.teamIds),
    overrides: [],
    createdAt: now,
    updatedAt: now,
  };
  const schedule: Schedule =
    request.type === 'RECURRING'
      ? { ...common, type: 'RECURRING', plans: [{ from: now, layers: request.layers }] }
      : { ...common, ...staticSettings(request), plans: [{ from: now, shifts: comingShifts(request, [], now) }] };
  if (change.abortOnGaps) refuseGaps(schedule, now);
  return schedule;
};

/** Takes effect at `now`: what was in force before stays as it was, and answers about the past do not change (10.7). */
export const replaceSchedule = (schedule: Schedule, request: ScheduleRequest, change: ScheduleChange): Schedule => {
  if (request.type !== schedule.type) throw invalid('type', 'the type of a schedule cannot be changed', 'create a new schedule');
  if (request.timezone.toLowerCase() !== schedule.timezone.toLowerCase())
    throw invalid('timezone', 'the time zone of a schedule cannot be changed', 'create a new schedule');
  checkRequest(request, change.references);
  const replaced =
    schedule.type === 'RECURRING'
      ? replaceRecurring(schedule, request as RecurringScheduleRequest, change.now)
      : replaceStatic(schedule, request as StaticScheduleRequest, change.now);
  if (change.abortOnGaps) refuseGaps(replaced, change.now);
  return replaced;
};

const replaceRecurring = (schedule: RecurringSchedule, request: RecurringScheduleRequest, now: Instant): Schedule => ({
  ...schedule,
  name: request.name,
  teamIds: ascending(request.teamIds),
  plans: continued(schedule.plans, { from: now, layers: request.layers }, sameLayers),
  updatedAt: now,
});

const replaceStatic = (
  { id, timezone, overrides, createdAt, plans }: StaticSchedule,
  request: StaticScheduleRequest,
  now: Instant,
): Schedule => ({
  id,
  timezone,
  overrides,
  createdAt,
  ...staticSettings(request),
  name: request.name,
  teamIds: ascending(request.teamIds),
  plans: continued(plans, { from: now, shifts: comingShifts(request, plans, now) }, sameShifts),
  updatedAt: now,
});

/** A schedule that a policy pages stays. @throws Rejection `still-in-use` */
export const refusePagedSchedule = (
  schedule: Schedule,
  policies: readonly EscalationPolicy[],
  seen?: Pick<ConfigurationLookup, 'hidden'>,
): void => {
  const paging = policies.filter(({ rules }) =>
    rules.some(({ targets }) => targets.some((target) => target.type === 'schedule' && target.scheduleId === schedule.id)),
  );
  refuseWhileNamed({ named: `schedule ${schedule.id}`, how: 'is paged by', by: naming('policy', 'escalation-policy', paging) }, seen);
};

const staticSettings = ({ showGaps, defaultShiftDuration }: StaticScheduleRequest) =>
  ({ type: 'STATIC', showGaps, ...(defaultShiftDuration !== undefined && { defaultShiftDuration }) }) as const;

/** Appends a plan. One that was never in force is dropped: the clock may give two changes the same instant, or step back. */
const continued = <Plan extends { readonly from: Instant }>(
  plans: readonly Plan[],
  plan: Plan,
  same: (a: Plan, b: Plan) => boolean,
): readonly Plan[] => {
  const inForce = plans.filter((earlier) => earlier.from < plan.from);
  const last = inForce.at(-1);
  return last && same(last, plan) ? inForce : [...inForce, plan];
};

/** Written the same way counts as the same; JSON keeps the order of lists, and the keys are put in one order here. */
const sameLayers = (a: { readonly layers: readonly ScheduleLayer[] }, b: { readonly layers: readonly ScheduleLayer[] }): boolean =>
  asText(a.layers) === asText(b.layers);
const asText = (layers: readonly ScheduleLayer[]): string =>
  JSON.stringify(
    layers.map((layer) => [
      layer.name ?? null,
      layer.startsOn,
      layer.endsOn ?? null,
      layer.users,
      layer.rotation,
      (layer.restrictions ?? []).map(({ from, to }) => [from.dayOfWeek, from.time, to.dayOfWeek, to.time]),
    ]),
  );
const sameShifts = (a: { readonly shifts: readonly StaticShift[] }, b: { readonly shifts: readonly StaticShift[] }): boolean =>
  a.shifts.length === b.shifts.length && a.shifts.every((shift, i) => sameText(shift, b.shifts[i]!));
const sameText = (a: StaticShift, b: StaticShift): boolean => a.userId === b.userId && a.start === b.start && a.end === b.end;

/**
 * The shifts of the new plan in order. One that has begun is kept as it was, whether or not the request repeats it; one that
 * has ended is history, so that a client may send back what it once read, and only an unknown one is refused.
 */
const comingShifts = (request: StaticScheduleRequest, plans: StaticSchedule['plans'], now: Instant): readonly StaticShift[] => {
  refuseOverlaps(request.shifts);
  const zone = request.timezone;
  const known = new Set(plans.flatMap((plan) => plan.shifts.map(shiftKey)));
  const running = (plans.at(-1)?.shifts ?? []).filter(
    (shift) => localToInstant(zone, shift.start) <= now && localToInstant(zone, shift.end) > now,
  );
  const kept: StaticShift[] = [];
  request.shifts.forEach((shift, i) => {
    if (localToInstant(zone, shift.end) <= now) {
      if (!known.has(shiftKey(shift)))
        throw invalid(`shifts[${i}]`, 'the shift lies in the past', 'leave it out: the past cannot be planned');
      return;
    }
    const other = running.find((begun) => shiftKey(begun) !== shiftKey(shift) && overlaps(begun, shift));
    if (other)
      throw invalid(`shifts[${i}]`, `the shift that began at ${other.start} cannot be changed`, 'leave it as it is and add an override');
    kept.push(shift);
  });
  const forgotten = running.filter((begun) => !kept.some((shift) => shiftKey(shift) === shiftKey(begun)));
  return [...forgotten, ...kept].toSorted((a, b) => wallTime(a.start) - wallTime(b.start));
};

/** With or without seconds, it is the same shift. */
const shiftKey = ({ userId, start, end }: StaticShift): string => `${userId} ${wallTime(start)} ${wallTime(end)}`;
const overlaps = (a: StaticShift, b: StaticShift): boolean => wallTime(a.start) < wallTime(b.end) && wallTime(b.start) < wallTime(a.end);

/** That it has not begun yet, or will end one day, is no gap in it. */
const refuseGaps = (schedule: Schedule, now: Instant): void => {
  const gap = gapsBetween(schedule, now, plusMs(now, GAP_SEARCH_MS), { excludeOverrides: true }).find(
    ({ gap: why }) => why !== 'not-started' && why !== 'ended',
  );
  if (!gap) return;
  const field = schedule.type === 'RECURRING' ? 'scheduleLayers' : 'shifts';
  const [start, end] = [gap.start, gap.end].map((edge) => instantToLocal(schedule.timezone, edge));
  throw invalid(field, `nobody is on call from ${start} to ${end}`, 'put somebody on call there, or save without abort-on-gaps');
};

const ascending = <Id extends number>(ids: readonly Id[]): readonly Id[] => [...new Set(ids)].toSorted((a, b) => a - b);
