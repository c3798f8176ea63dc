import type { UserId } from '../ids';
import { rejected, type Rejection } from '../rejection';
import { parseRotation } from './iso-duration';
import type { ScheduleLayer, StaticShift } from './schedule';
import {
  SCHEDULE_LIMITS,
  type RecurringScheduleRequest,
  type ScheduleReferences,
  type ScheduleRequest,
  type StaticScheduleRequest,
} from './schedule-request';
import { isTimeZone, localToInstant, parseLocal } from './time-zone';
import { parseTimeOfWeek } from './weekly-windows';

const HOUR_MS = 3_600_000;

export const invalid = (field: string, wrong: string, fix: string): Rejection => {
  const message = `${wrong}; ${fix}`;
  return rejected('invalid', `${field}: ${message}`, { field, message });
};

/** Everything that can be said about a request without knowing the schedule or the time. */
export const checkRequest = (request: ScheduleRequest, references: ScheduleReferences): void => {
  const { length } = request.name;
  if (length < 1 || length > 255 || request.name.trim() === '')
    throw invalid('name', 'a schedule needs a name of 1 to 255 characters', 'give it a name');
  if (!isTimeZone(request.timezone)) throw invalid('timezone', 'the time zone is not known', 'use a name such as Europe/Berlin');
  request.teamIds.forEach((id, i) => {
    if (!references.teamExists(id)) throw invalid(`teams[${i}]`, `there is no team ${id}`, 'name a team that exists');
  });
  if (request.type === 'RECURRING') checkLayers(request, references);
  else checkShifts(request, references);
};

const checkLayers = ({ layers, timezone }: RecurringScheduleRequest, references: ScheduleReferences): void => {
  atMost(layers, SCHEDULE_LIMITS.layers, 'scheduleLayers');
  layers.forEach((layer, i) => checkLayer(layer, timezone, `scheduleLayers[${i}]`, references));
};

const checkLayer = (layer: ScheduleLayer, zone: string, field: string, references: ScheduleReferences): void => {
  if (layer.name !== undefined && layer.name.length > 255)
    throw invalid(`${field}.name`, 'the name of a layer has more than 255 characters', 'shorten it');
  requireLocal(layer.startsOn, `${field}.startsOn`);
  if (layer.endsOn !== undefined) {
    requireLocal(layer.endsOn, `${field}.endsOn`);
    if (localToInstant(zone, layer.endsOn) <= localToInstant(zone, layer.startsOn))
      throw invalid(`${field}.endsOn`, 'the layer ends before it starts', 'move endsOn behind startsOn');
  }
  if (layer.users.length === 0)
    throw invalid(`${field}.users`, 'a layer needs at least one user', 'name who is on call, or leave the layer out');
  atMost(layer.users, SCHEDULE_LIMITS.usersPerLayer, `${field}.users`);
  layer.users.forEach((userId, u) => requireUser(userId, `${field}.users[${u}]`, references));
  checkRotation(layer.rotation, `${field}.rotation`);
  const restrictions = layer.restrictions ?? [];
  atMost(restrictions, SCHEDULE_LIMITS.restrictionsPerLayer, `${field}.restrictions`);
  restrictions.forEach((restriction, r) => {
    for (const edge of ['from', 'to'] as const) {
      if (parseTimeOfWeek(restriction[edge]) === undefined)
        throw invalid(`${field}.restrictions[${r}].${edge}`, 'this is not a time of the week', 'use {"dayOfWeek":"MONDAY","time":"09:00"}');
    }
  });
};

const checkRotation = (rotation: string, field: string): void => {
  const period = parseRotation(rotation);
  if (!period) throw invalid(field, 'the rotation is not a duration in weeks, days or hours', 'use P7D, P1W, P1D or PT8H');
  if (period.unit === 'exact' && period.ms < HOUR_MS) throw invalid(field, 'the rotation is shorter than an hour', 'use PT1H or longer');
};

const checkShifts = ({ shifts, timezone, defaultShiftDuration }: StaticScheduleRequest, references: ScheduleReferences): void => {
  if (defaultShiftDuration !== undefined && parseRotation(defaultShiftDuration) === undefined) {
    throw invalid('defaultShiftDuration', 'the shift duration is not a duration in weeks, days or hours', 'use P7D, P1D or PT8H');
  }
  atMost(shifts, SCHEDULE_LIMITS.shifts, 'shifts');
  shifts.forEach((shift, i) => {
    requireLocal(shift.start, `shifts[${i}].start`);
    requireLocal(shift.end, `shifts[${i}].end`);
    const wallLength = parseLocal(shift.end)! - parseLocal(shift.start)!;
    if (wallLength <= 0 || localToInstant(timezone, shift.end) <= localToInstant(timezone, shift.start)) {
      throw invalid(`shifts[${i}].end`, 'the shift does not end after it starts', 'move its end behind its start');
    }
    requireUser(shift.userId, `shifts[${i}].user`, references);
  });
};

/** Compared on the wall, as people wrote them: shifts that meet there never overlap. */
export const refuseOverlaps = (shifts: readonly StaticShift[]): void => {
  const inOrder = shifts
    .map((shift, i) => ({ i, start: parseLocal(shift.start)!, end: parseLocal(shift.end)! }))
    .toSorted((a, b) => a.start - b.start);
  inOrder.slice(1).forEach((shift, before) => {
    const previous = inOrder[before]!;
    if (shift.start < previous.end)
      throw invalid(`shifts[${shift.i}]`, `the shift overlaps with shifts[${previous.i}]`, 'let each shift end when the next one starts');
  });
};

export const requireUser = (id: UserId, field: string, references: Pick<ScheduleReferences, 'userExists'>): void => {
  if (!references.userExists(id)) throw invalid(field, `there is no user ${id}`, 'name a user that exists');
};

const requireLocal = (text: string, field: string): void => {
  if (parseLocal(text) === undefined)
    throw invalid(field, 'this is not a local date-time', "use YYYY-MM-DDThh:mm in the schedule's time zone, without an offset");
};

const atMost = (items: readonly unknown[], limit: number, field: string): void => {
  if (items.length > limit) throw invalid(field, `there are more than ${limit} of them`, `send at most ${limit}`);
};
