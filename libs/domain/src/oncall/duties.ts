import type { UserId } from '../ids';
import { instant, plusMinutes, plusMs, type Instant } from '../time';
import type { Schedule } from './schedule';
import { nextShiftStart, shiftsBetween, type OnCallShift } from './shifts';

/** How long before a shift people can be told of it, in minutes, as the public API has it. */
export const DUTY_MINUTES = [0, 15, 30, 60, 180, 360, 720, 1440] as const;
export type DutyBeforeMin = (typeof DUTY_MINUTES)[number];

const EARLIEST_MIN = 1_440;

/** A shift of somebody who was not on call until then, and when they are to be told of it. */
export interface ComingDuty {
  readonly userId: UserId;
  readonly shiftStart: Instant;
  readonly beforeMin: DutyBeforeMin;
  readonly dueAt: Instant;
}

/** Nobody is told of a shift that began longer ago, be it that nothing ran for so long. */
const LATEST_MS = 7 * 86_400_000;

/** What was to be told later than `after`, and by `upTo`, of shifts that are not over by then. In order. */
export const dutiesDue = (schedule: Schedule, after: Instant, upTo: Instant): readonly ComingDuty[] =>
  comingShifts(schedule, instant(Math.max(after, upTo - LATEST_MS)), plusMinutes(upTo, EARLIEST_MIN))
    .filter(({ end }) => end > upTo)
    .flatMap(({ userId, start }) =>
      DUTY_MINUTES.map((beforeMin) => ({ userId, shiftStart: start, beforeMin, dueAt: plusMinutes(start, -beforeMin) })),
    )
    .filter(({ dueAt }) => dueAt > after && dueAt <= upTo)
    .sort((a, b) => a.dueAt - b.dueAt);

/** When there may be something to tell next, whoever wants to be told; undefined: never, as the schedule stands. */
export const nextDutyDue = (schedule: Schedule, after: Instant): Instant | undefined => {
  const soon = plusMinutes(after, EARLIEST_MIN);
  const dues = comingShifts(schedule, after, soon)
    .flatMap(({ start }) => DUTY_MINUTES.map((beforeMin) => plusMinutes(start, -beforeMin)))
    .filter((dueAt) => dueAt > after);
  if (dues.length > 0) return instant(Math.min(...dues));
  const later = nextShiftStart(schedule, soon);
  return later === undefined ? undefined : plusMinutes(later, -EARLIEST_MIN);
};

/** Those that begin in `(after, until]`. Whose turn only goes on is not told that it begins. */
const comingShifts = (schedule: Schedule, after: Instant, until: Instant): readonly OnCallShift[] => {
  const shifts = shiftsBetween(schedule, after, plusMs(until, 1));
  return shifts.filter(({ userId, start }, index) => {
    const before = shifts[index - 1];
    return start > after && !(before?.userId === userId && before.end === start);
  });
};

/** What a person is told of: a shift that begins, or the edit after which the schedule has this revision. */
export type DutySubject =
  | { readonly type: 'begins'; readonly shiftStart: Instant; readonly beforeMin: DutyBeforeMin }
  | { readonly type: 'changed'; readonly revision: number };

export interface Turn {
  readonly start: Instant;
  readonly end: Instant;
}

/** What an edit of a schedule means for one person. */
export interface ChangedDuties {
  readonly userId: UserId;
  readonly gained: readonly Turn[];
  readonly lost: readonly Turn[];
}

/** A quarter of a year: as far as people plan, and no further than an hourly rotation can be told. */
const LOOKED_AT_MS = 92 * 86_400_000;

/** Whose shifts of the next months an edit changed; undefined before it is made, and after it is deleted. */
export const changedDuties = (before: Schedule | undefined, after: Schedule | undefined, at: Instant): readonly ChangedDuties[] => {
  const [then, now] = [before, after].map((schedule) =>
    schedule === undefined ? [] : shiftsBetween(schedule, at, plusMs(at, LOOKED_AT_MS)),
  );
  const lost = missing(then ?? [], now ?? []);
  const gained = missing(now ?? [], then ?? []);
  const userIds = [...new Set([...lost, ...gained].map(({ userId }) => userId))].sort((a, b) => a - b);
  return userIds.map((userId) => ({ userId, gained: turnsOf(gained, userId), lost: turnsOf(lost, userId) }));
};

const nameOf = ({ userId, start, end }: OnCallShift): string => `${userId} ${start} ${end}`;

const missing = (from: readonly OnCallShift[], others: readonly OnCallShift[]): readonly OnCallShift[] => {
  const known = new Set(others.map(nameOf));
  return from.filter((shift) => !known.has(nameOf(shift)));
};

const turnsOf = (shifts: readonly OnCallShift[], of: UserId): readonly Turn[] =>
  shifts.filter(({ userId }) => userId === of).map(({ start, end }) => ({ start, end }));
