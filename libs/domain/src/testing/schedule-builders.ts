import type { OverrideId, ScheduleId, UserId } from '../ids';
import type { LocalDateTime, Schedule, ScheduleLayer, ScheduleOverride, StaticShift, TimeOfWeek } from '../oncall/schedule';
import type { RecurringScheduleRequest, ScheduleReferences, StaticScheduleRequest } from '../oncall/schedule-request';
import { parseInstant, type Instant } from '../time';

export type RecurringSchedule = Extract<Schedule, { type: 'RECURRING' }>;
export type StaticSchedule = Extract<Schedule, { type: 'STATIC' }>;

export const userId = (id: number): UserId => id as UserId;
export const [ana, ben, cleo] = [userId(1), userId(2), userId(3)] as const;

export const utc = (iso: string): Instant => parseInstant(iso);
export const local = (text: string): LocalDateTime => text as LocalDateTime;

/** When the schedules of the tests were made. */
export const created = utc('2026-01-01T00:00:00Z');

/** Ana, then Ben, a week each, from Monday 09:00. */
export const layer = (changes: Partial<ScheduleLayer> = {}): ScheduleLayer => ({
  startsOn: local('2026-01-05T09:00'),
  users: [ana, ben],
  rotation: 'P7D',
  ...changes,
});

/** `'MONDAY 09:00'`. */
export const timeOfWeek = (text: string): TimeOfWeek => {
  const [dayOfWeek, time] = text.split(' ') as [TimeOfWeek['dayOfWeek'], string];
  return { dayOfWeek, time };
};
export const during = (from: string, to: string) => ({ from: timeOfWeek(from), to: timeOfWeek(to) });

const common = {
  id: 1 as ScheduleId,
  name: 'primary',
  timezone: 'Europe/Berlin',
  teamIds: [],
  overrides: [],
  createdAt: created,
  updatedAt: created,
};

export const recurring = (layers: readonly ScheduleLayer[], changes: Partial<RecurringSchedule> = {}): RecurringSchedule => ({
  ...common,
  type: 'RECURRING',
  plans: [{ from: created, layers }],
  ...changes,
});

export const withShifts = (shifts: readonly StaticShift[], changes: Partial<StaticSchedule> = {}): StaticSchedule => ({
  ...common,
  type: 'STATIC',
  showGaps: true,
  plans: [{ from: created, shifts }],
  ...changes,
});

export const shift = (user: UserId, start: string, end: string): StaticShift => ({ userId: user, start: local(start), end: local(end) });

export const override = (id: number, user: UserId, start: string, end: string): ScheduleOverride => ({
  id: id as OverrideId,
  userId: user,
  start: utc(start),
  end: utc(end),
});

export const everybodyExists: ScheduleReferences = { userExists: () => true, teamExists: () => true };

export const recurringRequest = (
  layers: readonly ScheduleLayer[],
  changes: Partial<RecurringScheduleRequest> = {},
): RecurringScheduleRequest => ({
  type: 'RECURRING',
  name: 'primary',
  timezone: 'Europe/Berlin',
  teamIds: [],
  layers,
  ...changes,
});

export const staticRequest = (shifts: readonly StaticShift[], changes: Partial<StaticScheduleRequest> = {}): StaticScheduleRequest => ({
  type: 'STATIC',
  name: 'primary',
  timezone: 'Europe/Berlin',
  teamIds: [],
  showGaps: true,
  shifts,
  ...changes,
});
