import { isTimeZone, localToInstant, parseInstant, parseLocal, withoutEffect } from '@tocsin/domain';
import type {
  Instant,
  LocalDateTime,
  Schedule,
  ScheduleLayer,
  ScheduleReferences,
  ScheduleRequest,
  StaticShift,
  TeamId,
  TimeOfWeek,
  UserId,
} from '@tocsin/domain';
import { IdReference, invalidField, OptionalOrNull, readText, ResourceName } from '@tocsin/platform/nest';
import type { QueryParameters } from '@tocsin/platform/nest';
import { Transform, Type } from 'class-transformer';
import { IsArray, IsBoolean, IsDefined, IsIn, IsOptional, IsString, ValidateNested } from 'class-validator';

/** Clients write null or an empty text for what they do not set. */
const blankIsAbsent = Transform(({ value }: { value: unknown }) => (value === null || value === '' ? undefined : value));
const types = ['RECURRING', 'STATIC'] as const;
/** The second is how one client spells it. */
const restrictionTypes = ['TIMES_OF_WEEK', 'TIME_OF_WEEK'] as const;
const days = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'] as const;

export class TimeOfWeekBody {
  @IsIn(days, { message: `must be one of ${days.join(', ')}` })
  dayOfWeek!: TimeOfWeek['dayOfWeek'];

  @IsString({ message: 'must be a time like 15:00' })
  time!: string;
}

export class RestrictionBody {
  @IsDefined({ message: 'must be a time of the week' })
  @ValidateNested()
  @Type(() => TimeOfWeekBody)
  from!: TimeOfWeekBody;

  @IsDefined({ message: 'must be a time of the week' })
  @ValidateNested()
  @Type(() => TimeOfWeekBody)
  to!: TimeOfWeekBody;
}

export class LayerBody {
  @IsOptional()
  @blankIsAbsent
  @IsString({ message: 'must be a text' })
  name?: string;

  @IsString({ message: 'must be a local date-time, like 2026-05-18T09:00' })
  startsOn!: string;

  @IsOptional()
  @blankIsAbsent
  @IsString({ message: 'must be a local date-time, like 2026-05-18T09:00' })
  endsOn?: string;

  @IsArray({ message: 'must be a list' })
  @ValidateNested({ each: true })
  @Type(() => IdReference)
  users!: IdReference[];

  @IsString({ message: 'must be a duration, like P7D' })
  rotation!: string;

  @IsOptional()
  @blankIsAbsent
  @IsIn(restrictionTypes, { message: 'must be TIMES_OF_WEEK' })
  restrictionType?: string;

  @OptionalOrNull()
  @IsArray({ message: 'must be a list' })
  @ValidateNested({ each: true })
  @Type(() => RestrictionBody)
  restrictions?: RestrictionBody[];
}

export class ShiftBody {
  @IsDefined({ message: 'must be an object with the id of a user' })
  @ValidateNested()
  @Type(() => IdReference)
  user!: IdReference;

  @IsString({ message: 'must be a date-time' })
  start!: string;

  @IsString({ message: 'must be a date-time' })
  end!: string;
}

export class ScheduleBody {
  @ResourceName()
  name!: string;

  @IsOptional()
  @blankIsAbsent
  @IsString({ message: 'must be a time zone of the IANA database, like Europe/Berlin' })
  timezone?: string;

  @IsOptional()
  @blankIsAbsent
  @IsIn(types, { message: 'must be RECURRING or STATIC' })
  type?: Schedule['type'];

  @OptionalOrNull()
  @IsArray({ message: 'must be a list' })
  @ValidateNested({ each: true })
  @Type(() => LayerBody)
  scheduleLayers?: LayerBody[];

  @OptionalOrNull()
  @IsArray({ message: 'must be a list' })
  @ValidateNested({ each: true })
  @Type(() => ShiftBody)
  shifts?: ShiftBody[];

  /** For whoever draws the schedule; also the duration below. */
  @OptionalOrNull()
  @IsBoolean({ message: 'must be true or false' })
  showGaps?: boolean;

  @IsOptional()
  @blankIsAbsent
  @IsString({ message: 'must be a duration, like P7D' })
  defaultShiftDuration?: string;

  /** Absent or null leaves them as they are; an empty list clears them. */
  @OptionalOrNull()
  @IsArray({ message: 'must be a list' })
  @ValidateNested({ each: true })
  @Type(() => IdReference)
  teams?: IdReference[];
}

/**
 * `current` is the schedule that is replaced. Its plan is not part of what reads answer unless they ask, so a body without one
 * was most likely never meant to take everybody off call: it is refused, an empty list is not. @throws ProblemException 400
 */
export const scheduleRequest = (body: ScheduleBody, references: ScheduleReferences, current?: Schedule): ScheduleRequest => {
  const type = body.type ?? current?.type;
  const timezone = body.timezone ?? current?.timezone;
  if (type === undefined) throw invalidField('type', 'must be RECURRING or STATIC');
  if (timezone === undefined) throw invalidField('timezone', 'must be a time zone of the IANA database, like Europe/Berlin');
  // A team that was deleted meanwhile is nobody's mistake in this request.
  const teamsLeft = current?.teamIds.filter((id) => references.teamExists(id)) ?? [];
  const common = { name: body.name, timezone, teamIds: body.teams?.map(({ id }) => id as TeamId) ?? teamsLeft };
  refuseWithoutEffect(type, body);
  if (type === 'RECURRING') {
    if (body.scheduleLayers === undefined && hasPlan(current))
      throw invalidField(
        'scheduleLayers',
        'send the layers too (GET answers them with include=scheduleLayers), or [] to leave nobody on call',
      );
    return { ...common, type, layers: (body.scheduleLayers ?? []).map(layer) };
  }
  if (body.shifts === undefined && hasPlan(current))
    throw invalidField('shifts', 'send the shifts too (GET answers them with include=shifts), or [] to leave nobody on call');
  return {
    ...common,
    type,
    showGaps: body.showGaps ?? false,
    ...(body.defaultShiftDuration === undefined ? {} : { defaultShiftDuration: body.defaultShiftDuration }),
    shifts: (body.shifts ?? []).map(({ user, start, end }): StaticShift => ({
      userId: user.id as UserId,
      start: start as LocalDateTime,
      end: end as LocalDateTime,
    })),
  };
};

/**
 * What the other type of schedule is made of would be lost in silence, and with it who was meant to be on call. Shifts beside
 * layers are what a read of the layers answered. @throws Rejection `setting-without-effect`
 */
const refuseWithoutEffect = (
  type: Schedule['type'],
  { scheduleLayers = [], shifts = [], showGaps, defaultShiftDuration }: ScheduleBody,
): void => {
  if (type === 'STATIC') {
    if (scheduleLayers.length > 0) throw withoutEffect('scheduleLayers', 'a STATIC schedule is made of shifts');
    return;
  }
  if (shifts.length > 0 && scheduleLayers.length === 0) throw withoutEffect('shifts', 'a RECURRING schedule is made of scheduleLayers');
  if (showGaps === true) throw withoutEffect('showGaps', 'is a setting of STATIC schedules');
  if (defaultShiftDuration !== undefined) throw withoutEffect('defaultShiftDuration', 'is a setting of STATIC schedules');
};

const hasPlan = (schedule: Schedule | undefined): boolean => {
  if (schedule === undefined) return false;
  const planned = schedule.type === 'RECURRING' ? schedule.plans.at(-1)?.layers : schedule.plans.at(-1)?.shifts;
  return planned !== undefined && planned.length > 0;
};

const layer = ({ name, startsOn, endsOn, users, rotation, restrictions }: LayerBody): ScheduleLayer => ({
  ...(name === undefined ? {} : { name }),
  startsOn: startsOn as LocalDateTime,
  ...(endsOn === undefined ? {} : { endsOn: endsOn as LocalDateTime }),
  users: users.map(({ id }) => id as UserId),
  rotation,
  ...(restrictions === undefined || restrictions.length === 0
    ? {}
    : { restrictions: restrictions.map(({ from, to }) => ({ from: { ...from }, to: { ...to } })) }),
});

/** A date-time with an offset, or one of the zone's own clocks. @throws ProblemException 400 */
export const readMoment = (field: string, text: string, zone: string): Instant => {
  if (parseLocal(text) !== undefined) return localToInstant(zone, text as LocalDateTime);
  try {
    // The plus of an offset that was not encoded in a query arrives as a blank.
    return parseInstant(text.replace(/ (?=\d\d:?\d\d$)/, '+'));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw invalidField(field, `must be a date-time, like 2026-05-17T08:30:00Z, or like 2026-05-17T08:30 in ${zone}`);
  }
};

/** @throws ProblemException 400 */
export const readMomentParameter = (query: QueryParameters, name: string, zone: string): Instant | undefined => {
  const text = readText(query, name);
  return text === undefined ? undefined : readMoment(name, text, zone);
};

/** @throws ProblemException 400 */
export const readZone = (query: QueryParameters, name: string): string | undefined => {
  const zone = readText(query, name);
  if (zone !== undefined && !isTimeZone(zone)) throw invalidField(name, 'must be a time zone of the IANA database, like Europe/Berlin');
  return zone;
};
