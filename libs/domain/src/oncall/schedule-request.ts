import type { TeamId, UserId } from '../ids';
import type { ScheduleLayer, StaticShift } from './schedule';

interface RequestCommon {
  readonly name: string;
  readonly timezone: string;
  readonly teamIds: readonly TeamId[];
}

export interface RecurringScheduleRequest extends RequestCommon {
  readonly type: 'RECURRING';
  readonly layers: readonly ScheduleLayer[];
}

export interface StaticScheduleRequest extends RequestCommon {
  readonly type: 'STATIC';
  readonly showGaps: boolean;
  readonly defaultShiftDuration?: string;
  readonly shifts: readonly StaticShift[];
}

/** What a person sends to create or to replace a schedule. */
export type ScheduleRequest = RecurringScheduleRequest | StaticScheduleRequest;

/** What the rules must know of other resources. */
export interface ScheduleReferences {
  userExists(id: UserId): boolean;
  teamExists(id: TeamId): boolean;
}

/** Far above what people plan with, and low enough that a request cannot make every later page slow. */
export const SCHEDULE_LIMITS = { layers: 100, usersPerLayer: 1_000, restrictionsPerLayer: 168, shifts: 10_000, overrides: 10_000 } as const;

/** How far ahead a schedule is searched for gaps before it is saved: a year has seen every change of the clocks. */
export const GAP_SEARCH_MS = 366 * 86_400_000;
