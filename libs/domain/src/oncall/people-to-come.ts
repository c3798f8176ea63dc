import type { UserId } from '../ids';
import type { Instant } from '../time';
import type { LocalDateTime, Schedule } from './schedule';
import { localToInstant } from './time-zone';

/** Whom a schedule counts on from an instant on. By the plan itself, not by its shifts: one may begin years from now, or lie under an override. */
export const peopleToCome = (schedule: Schedule, now: Instant): ReadonlySet<UserId> => {
  const isToCome = (end: LocalDateTime | undefined): boolean => end === undefined || localToInstant(schedule.timezone, end) > now;
  const standIns = schedule.overrides.filter(({ end }) => end > now).map(({ userId }) => userId);
  const planned =
    schedule.type === 'STATIC'
      ? schedule.plans.at(-1)?.shifts.flatMap(({ userId, end }) => (isToCome(end) ? [userId] : []))
      : schedule.plans.at(-1)?.layers.flatMap(({ users, endsOn }) => (isToCome(endsOn) ? users : []));
  return new Set([...standIns, ...(planned ?? [])]);
};
