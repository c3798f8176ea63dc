import type { SupportHourException, SupportHourRequest, TeamId } from '@tocsin/domain';
import { IdReference, OptionalOrNull, ResourceName, SupportDaysBody, supportDaysIn } from '@tocsin/platform/nest';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsDefined, IsIn, IsString, ValidateNested } from 'class-validator';

const MOST_ENTRIES = 500;
const statuses = ['DURING', 'OUTSIDE', 'NONE'] as const;

export class SupportHourExceptionBody {
  @ResourceName()
  name!: string;

  @IsString({ message: 'must be a day like 2026-12-24' })
  start!: string;

  @IsString({ message: 'must be a day like 2026-12-26' })
  end!: string;

  @IsIn(statuses, { message: `must be one of ${statuses.join(', ')}` })
  supportStatus!: SupportHourException['supportStatus'];
}

export class SupportHourBody {
  @ResourceName()
  name!: string;

  @IsString({ message: 'must be a time zone of the IANA database, like Europe/Berlin' })
  timezone!: string;

  @IsDefined({ message: 'must be an object with the days that have support hours' })
  @ValidateNested({ message: 'must be an object with the days that have support hours' })
  @Type(() => SupportDaysBody)
  supportDays!: SupportDaysBody;

  /** Absent or null: none. */
  @OptionalOrNull()
  @IsArray({ message: 'must be a list' })
  @ArrayMaxSize(MOST_ENTRIES, { message: `must have at most ${MOST_ENTRIES} entries` })
  @ValidateNested({ each: true })
  @Type(() => SupportHourExceptionBody)
  exceptions?: SupportHourExceptionBody[];

  /** Absent or null leaves the assignment alone. */
  @OptionalOrNull()
  @IsArray({ message: 'must be a list' })
  @ArrayMaxSize(MOST_ENTRIES, { message: `must have at most ${MOST_ENTRIES} entries` })
  @ValidateNested({ each: true })
  @Type(() => IdReference)
  teams?: IdReference[];
}

export const supportHourRequest = ({ name, timezone, supportDays, exceptions = [], teams }: SupportHourBody): SupportHourRequest => ({
  name,
  timezone,
  supportDays: supportDaysIn(supportDays),
  exceptions: exceptions.map(({ name: day, start, end, supportStatus }) => ({ name: day, start, end, supportStatus })),
  ...(teams === undefined ? {} : { teamIds: teams.map(({ id }) => id as TeamId) }),
});
