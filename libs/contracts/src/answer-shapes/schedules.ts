import type {
  PublicAddedOverride,
  PublicOverride,
  PublicSchedule,
  PublicScheduleLayer,
  PublicScheduleWithOverride,
  PublicShift,
} from '../public/schedules';
import type { PublicUserRel } from '../public/people';
import { TeamRel, User, UserRel } from './people';
import { eitherOf, flag, id, listOf, maybe, named, object, text, time, words } from './shape';

const days = words('MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY');
const type = words('STATIC', 'RECURRING');
const TimeOfWeek = object<NonNullable<PublicScheduleLayer['restrictions']>[number]['from']>({ dayOfWeek: days, time: text });
const someone = eitherOf(User, UserRel);

export const ScheduleLayer = named(
  'ScheduleLayer',
  object<PublicScheduleLayer>({
    name: maybe(text),
    startsOn: text,
    endsOn: maybe(text),
    users: listOf(UserRel),
    rotation: text,
    restrictionType: maybe(words('TIMES_OF_WEEK')),
    restrictions: maybe(listOf(object<NonNullable<PublicScheduleLayer['restrictions']>[number]>({ from: TimeOfWeek, to: TimeOfWeek }))),
  }),
);

/** Planned: by the clocks of the schedule, without an offset. */
const PlannedShift = object<PublicShift<PublicUserRel>>({ user: UserRel, start: text, end: text });
const ShiftRel = object<PublicShift<PublicUserRel>>({ user: UserRel, start: time, end: time });

export const Shift = named('Shift', object<PublicShift>({ user: someone, start: time, end: time }));
export const Override = named('Override', object<PublicOverride>({ id, user: someone, start: time, end: time }));

const scheduleFields = {
  id,
  name: text,
  timezone: text,
  type,
  scheduleLayers: maybe(listOf(ScheduleLayer)),
  shifts: maybe(listOf(PlannedShift)),
  showGaps: maybe(flag),
  defaultShiftDuration: maybe(text),
  currentShift: maybe(ShiftRel),
  nextShift: maybe(ShiftRel),
  teams: listOf(TeamRel),
  createdAt: time,
  updatedAt: time,
};
export const Schedule = named('Schedule', object<PublicSchedule>(scheduleFields));
export const ScheduleWithOverride = named(
  'ScheduleWithOverride',
  object<PublicScheduleWithOverride>({ ...scheduleFields, override: Override }),
);
export const AddedOverride = named('AddedOverride', object<PublicAddedOverride>({ id, name: text, type, override: Override }));
