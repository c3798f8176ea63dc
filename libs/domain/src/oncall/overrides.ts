import { isAtLeast, type Editor } from '../configuration/roles';
import type { OverrideId, UserId } from '../ids';
import { rejected } from '../rejection';
import type { Instant } from '../time';
import type { Schedule, ScheduleOverride } from './schedule';
import { invalid, requireUser } from './schedule-checks';
import { SCHEDULE_LIMITS, type ScheduleReferences } from './schedule-request';
import { isPlannable } from './time-zone';

export interface OverrideRequest {
  /** Taken from a block by the caller. */
  readonly id: OverrideId;
  readonly userId: UserId;
  readonly start: Instant;
  readonly end: Instant;
}

/** Responders take over shifts themselves; putting somebody else on call needs the role USER (10.8). @throws Rejection `forbidden` */
export const refuseOverrideOf = (userId: UserId, by: Editor): void => {
  if (!isAtLeast(by.role, 'RESPONDER') || (by.userId !== userId && !isAtLeast(by.role, 'USER')))
    throw rejected('forbidden', 'an override of somebody else needs the role USER', { field: 'user' });
};

/** It beats every override before it. The past is left alone: a start that has passed becomes now (B31). */
export const addOverride = (
  schedule: Schedule,
  request: OverrideRequest,
  change: { readonly now: Instant; readonly references: Pick<ScheduleReferences, 'userExists'> },
): Schedule => {
  const { now } = change;
  const { id, userId, start, end } = request;
  if (end <= start) throw invalid('end', 'the override does not end after it starts', 'move its end behind its start');
  if (end <= now) throw invalid('end', 'the override lies in the past', 'let it end in the future');
  if (!isPlannable(end)) throw invalid('end', 'the override ends too late', 'let it end before the year 2200');
  requireUser(userId, 'user', change.references);
  if (schedule.overrides.length >= SCHEDULE_LIMITS.overrides)
    throw invalid('overrides', `a schedule keeps at most ${SCHEDULE_LIMITS.overrides} overrides`, 'create a new schedule');
  const override: ScheduleOverride = { id, userId, start: start < now ? now : start, end };
  return { ...schedule, overrides: [...schedule.overrides, override], updatedAt: now };
};

/** One that is to come vanishes; one that runs ends now, so that it still explains who was on call; one that is over stays. */
export const deleteOverride = (schedule: Schedule, id: OverrideId, now: Instant): Schedule => {
  const override = schedule.overrides.find((candidate) => candidate.id === id);
  if (!override) throw rejected('not-found', `schedule ${schedule.id} has no override ${id}`);
  if (override.end <= now) throw invalid('override', 'the override is over, and the past cannot be changed', 'leave it');
  const overrides =
    override.start < now
      ? schedule.overrides.map((other) => (other === override ? { ...other, end: now } : other))
      : schedule.overrides.filter((other) => other !== override);
  return { ...schedule, overrides, updatedAt: now };
};
