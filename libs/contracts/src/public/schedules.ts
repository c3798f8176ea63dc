import { instantToLocal, peopleOnCall, peoplesShifts, plusMonths, startOfMonth, toIso, writtenShifts } from '@tocsin/domain';
import type { Instant, OnCallShift, PeopleThere, Schedule, ScheduleLayer, ScheduleOverride, TimeOfWeek, UserId } from '@tocsin/domain';
import type { ResourceLookup } from './lookup';
import { publicTeamRels, publicUser, publicUserRel } from './people';
import type { PublicTeamRel, PublicUser, PublicUserRel } from './people';
import type { PublicScheduleRel } from './routing';

/** `start` and `end` in UTC. */
export interface PublicShift<User extends PublicUserRel = PublicUser | PublicUserRel> {
  readonly user: User;
  readonly start: string;
  readonly end: string;
}

export interface PublicOverride extends PublicShift {
  /** Additive: what `DELETE .../overrides/{id}` takes. */
  readonly id: number;
}

export interface PublicScheduleLayer {
  readonly name?: string;
  /** As it was written, in the schedule's time zone; `endsOn` too. */
  readonly startsOn: string;
  readonly endsOn?: string;
  readonly users: readonly PublicUserRel[];
  readonly rotation: string;
  readonly restrictionType?: 'TIMES_OF_WEEK';
  readonly restrictions?: readonly { readonly from: TimeOfWeek; readonly to: TimeOfWeek }[];
}

export interface PublicSchedule {
  readonly id: number;
  readonly name: string;
  readonly timezone: string;
  readonly type: string;
  readonly scheduleLayers?: readonly PublicScheduleLayer[];
  /** In the schedule's time zone, without an offset. */
  readonly shifts?: readonly PublicShift<PublicUserRel>[];
  readonly showGaps?: boolean;
  readonly defaultShiftDuration?: string;
  readonly currentShift?: PublicShift<PublicUserRel>;
  readonly nextShift?: PublicShift<PublicUserRel>;
  readonly teams: readonly PublicTeamRel[];
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** What adding an override answers; the schedule whole for clients that post it. */
export interface PublicAddedOverride extends PublicScheduleRel {
  readonly override: PublicOverride;
}

export interface PublicScheduleWithOverride extends PublicSchedule {
  readonly override: PublicOverride;
}

export const SCHEDULE_INCLUDES = ['scheduleLayers', 'shifts', 'currentShift', 'nextShift', 'past'] as const;
export type ScheduleInclude = (typeof SCHEDULE_INCLUDES)[number];

const SHIFTS_MONTHS = 3;

/** The window that shifts are shown in unless another is asked for: three months, from the start of the last one on. */
export const usualShiftWindow = (zone: string, now: Instant): { readonly from: Instant; readonly until: Instant } => {
  const from = startOfMonth(zone, now, -1);
  return { from, until: plusMonths(zone, from, SHIFTS_MONTHS) };
};

/**
 * What is planned is shown as it was written, without an offset; what follows from it (`currentShift`, `nextShift`) in UTC.
 * `shifts` leaves out what is over unless `past` is asked for.
 */
export const publicSchedule = (
  schedule: Schedule,
  include: ReadonlySet<ScheduleInclude>,
  now: Instant,
  lookup: ResourceLookup,
): PublicSchedule => {
  const people = peopleIn(lookup, now);
  const onCall = include.has('currentShift') || include.has('nextShift') ? peopleOnCall(schedule, people) : {};
  return {
    id: schedule.id,
    name: schedule.name,
    timezone: schedule.timezone,
    type: schedule.type,
    ...(include.has('scheduleLayers') && schedule.type === 'RECURRING' ? { scheduleLayers: layersOf(schedule, lookup) } : {}),
    ...(include.has('shifts') ? { shifts: shiftsOf(schedule, include.has('past'), people, lookup) } : {}),
    ...(schedule.type === 'STATIC' ? { showGaps: schedule.showGaps } : {}),
    ...(schedule.type === 'STATIC' && schedule.defaultShiftDuration !== undefined
      ? { defaultShiftDuration: schedule.defaultShiftDuration }
      : {}),
    ...(include.has('currentShift') && onCall.current !== undefined ? { currentShift: publicShiftRel(onCall.current, lookup) } : {}),
    ...(include.has('nextShift') && onCall.next !== undefined ? { nextShift: publicShiftRel(onCall.next, lookup) } : {}),
    teams: publicTeamRels(schedule.teamIds, lookup),
    createdAt: toIso(schedule.createdAt),
    updatedAt: toIso(schedule.updatedAt),
  };
};

/** With the whole person, as the answers of `shifts`, `overrides` and `user-on-call` have it. */
export const publicShift = (
  { userId, start, end }: Pick<OnCallShift, 'userId' | 'start' | 'end'>,
  lookup: ResourceLookup,
): PublicShift => ({
  user: publicPerson(userId, lookup),
  start: toIso(start),
  end: toIso(end),
});

export const publicOverride = (override: ScheduleOverride, lookup: ResourceLookup): PublicOverride => ({
  id: override.id,
  ...publicShift(override, lookup),
});

export const publicPerson = (userId: UserId, lookup: ResourceLookup): PublicUser | PublicUserRel => {
  const user = lookup.get('user', userId);
  return user === undefined ? publicUserRel(userId, lookup) : publicUser(user);
};

/** Who is there, for the rules about shifts. */
export const peopleIn = (lookup: ResourceLookup, now: Instant): PeopleThere => ({
  now,
  userExists: (id) => (lookup.get('user', id) ?? lookup.hidden?.('user', id)) !== undefined,
});

const publicShiftRel = ({ userId, start, end }: OnCallShift, lookup: ResourceLookup): PublicShift<PublicUserRel> => ({
  user: publicUserRel(userId, lookup),
  start: toIso(start),
  end: toIso(end),
});

const layersOf = (schedule: Extract<Schedule, { type: 'RECURRING' }>, lookup: ResourceLookup): readonly PublicScheduleLayer[] =>
  (schedule.plans.at(-1)?.layers ?? []).map((layer) => publicLayer(layer, lookup));

const publicLayer = (
  { name, startsOn, endsOn, users, rotation, restrictions }: ScheduleLayer,
  lookup: ResourceLookup,
): PublicScheduleLayer => ({
  ...(name === undefined ? {} : { name }),
  startsOn,
  ...(endsOn === undefined ? {} : { endsOn }),
  users: users.map((id) => publicUserRel(id, lookup)),
  rotation,
  ...(restrictions === undefined || restrictions.length === 0 ? {} : { restrictionType: 'TIMES_OF_WEEK', restrictions }),
});

const shiftsOf = (
  schedule: Schedule,
  past: boolean,
  people: PeopleThere,
  lookup: ResourceLookup,
): readonly PublicShift<PublicUserRel>[] => {
  const { timezone } = schedule;
  if (schedule.type === 'STATIC')
    return writtenShifts(schedule, people.now, past).map(({ userId, start, end }) => ({ user: publicUserRel(userId, lookup), start, end }));
  const usual = usualShiftWindow(timezone, people.now);
  return peoplesShifts(schedule, { from: past ? usual.from : people.now, until: usual.until }, people).map(({ userId, start, end }) => ({
    user: publicUserRel(userId, lookup),
    start: instantToLocal(timezone, start),
    end: instantToLocal(timezone, end),
  }));
};
