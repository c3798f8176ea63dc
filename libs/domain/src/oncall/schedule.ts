import type { OverrideId, ScheduleId, TeamId, UserId } from '../ids';
import type { Instant } from '../time';

/** `YYYY-MM-DDThh:mm[:ss]` in the schedule's own time zone, kept as it was written. */
export type LocalDateTime = string & { readonly __brand: 'LocalDateTime' };

export type DayOfWeek = 'MONDAY' | 'TUESDAY' | 'WEDNESDAY' | 'THURSDAY' | 'FRIDAY' | 'SATURDAY' | 'SUNDAY';

export interface TimeOfWeek {
  readonly dayOfWeek: DayOfWeek;
  /** `hh:mm`. */
  readonly time: string;
}

export interface ScheduleLayer {
  readonly name?: string;
  /** First hand-over; its time of day is the hand-over time. */
  readonly startsOn: LocalDateTime;
  readonly endsOn?: LocalDateTime;
  /** In order; a person may stand in it more than once. */
  readonly users: readonly UserId[];
  /** ISO 8601: days and weeks are calendar arithmetic in the zone, hours exact durations. */
  readonly rotation: string;
  /** Empty or absent: always. */
  readonly restrictions?: readonly { readonly from: TimeOfWeek; readonly to: TimeOfWeek }[];
}

export interface StaticShift {
  readonly userId: UserId;
  readonly start: LocalDateTime;
  readonly end: LocalDateTime;
}

export interface ScheduleOverride {
  readonly id: OverrideId;
  readonly userId: UserId;
  readonly start: Instant;
  readonly end: Instant;
}

interface ScheduleCommon {
  readonly id: ScheduleId;
  readonly name: string;
  readonly timezone: string;
  readonly teamIds: readonly TeamId[];
  /** In the order they were made: a later one beats an earlier one. */
  readonly overrides: readonly ScheduleOverride[];
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

/** What was in force from an instant on; the last one is the present plan. Kept so that the past stays as it was. */
export type Schedule =
  | (ScheduleCommon & {
      readonly type: 'RECURRING';
      readonly plans: readonly { readonly from: Instant; readonly layers: readonly ScheduleLayer[] }[];
    })
  | (ScheduleCommon & {
      readonly type: 'STATIC';
      readonly showGaps: boolean;
      readonly defaultShiftDuration?: string;
      readonly plans: readonly { readonly from: Instant; readonly shifts: readonly StaticShift[] }[];
    });
