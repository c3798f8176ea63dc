import type { Instant } from '../time';
import type { Schedule, StaticShift } from './schedule';
import { localToInstant, wallTime } from './time-zone';

type StaticSchedule = Extract<Schedule, { type: 'STATIC' }>;

/** The shifts of a static schedule as people wrote them: those that are not over, with `past` also those that took place. */
export const writtenShifts = ({ plans, timezone }: StaticSchedule, now: Instant, past: boolean): readonly StaticShift[] => {
  const isOver = ({ end }: StaticShift): boolean => localToInstant(timezone, end) <= now;
  const coming = (plans.at(-1)?.shifts ?? []).filter((shift) => !isOver(shift));
  if (!past) return coming;
  // One that a later plan took back before it began never took place; one that had begun stands in both plans.
  const took = plans.flatMap(({ shifts }, i) => {
    const replacedAt = plans[i + 1]?.from ?? Number.POSITIVE_INFINITY;
    return shifts.filter((shift) => isOver(shift) && localToInstant(timezone, shift.start) < replacedAt);
  });
  return [...new Map([...took, ...coming].map((shift) => [keyOf(shift), shift])).values()].toSorted(
    (a, b) => wallTime(a.start) - wallTime(b.start),
  );
};

const keyOf = ({ userId, start, end }: StaticShift): string => `${userId} ${wallTime(start)} ${wallTime(end)}`;
