import type { AlertSourceRequest as DomainRequest, EscalationPolicyId, SupportHourId, TeamId } from '@tocsin/domain';
import { IdReference, invalidField, OptionalOrNull, ResourceName, SupportDaysBody, supportDaysIn } from '@tocsin/platform/nest';
import { Transform, Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsBoolean, IsDefined, IsInt, IsOptional, IsString, Max, Min, ValidateNested } from 'class-validator';

const blankIsAbsent = Transform(({ value }: { value: unknown }) => (value === null || value === '' ? undefined : value));
const MOST_TEAMS = 100;

/** A support hour by its id, with whatever else is known of it; or, of older clients, hours of the source's own. */
export class SourceSupportHoursBody {
  @OptionalOrNull()
  @IsInt({ message: 'must be a positive whole number' })
  @Min(0, { message: 'must be a positive whole number' })
  id?: number;

  @IsOptional()
  @blankIsAbsent
  @IsString({ message: 'must be a time zone of the IANA database, like Europe/Berlin' })
  timezone?: string;

  @OptionalOrNull()
  @ValidateNested({ message: 'must be an object with the days that have support hours' })
  @Type(() => SupportDaysBody)
  supportDays?: SupportDaysBody;

  @OptionalOrNull()
  @IsBoolean({ message: 'must be true or false' })
  autoRaiseAlerts?: boolean;

  @OptionalOrNull()
  @IsBoolean({ message: 'must be true or false' })
  autoRaiseIncidents?: boolean;
}

/** `AlertSourceRel`, as far as it has an effect; which values do, the domain says. */
export class AlertSourceBody {
  @ResourceName()
  name!: string;

  @IsString({ message: 'must be a text' })
  integrationType!: string;

  @IsDefined({ message: 'must be an object with the id of an escalation policy' })
  @ValidateNested({ message: 'must be an object with the id of an escalation policy' })
  @Type(() => IdReference)
  escalationPolicy!: IdReference;

  /** Brought along by a new source; of one that is there, its own. */
  @IsOptional()
  @blankIsAbsent
  @IsString({ message: 'must be a text' })
  integrationKey?: string;

  @IsOptional()
  @blankIsAbsent
  @IsString({ message: 'must be a text' })
  alertCreation?: string;

  @IsOptional()
  @blankIsAbsent
  @IsString({ message: 'must be a duration like PT15M' })
  alertGroupingWindow?: string;

  @IsOptional()
  @blankIsAbsent
  @IsString({ message: 'must be a duration like PT30M' })
  autoResolutionTimeout?: string;

  @IsOptional()
  @blankIsAbsent
  @IsString({ message: 'must be a text' })
  alertPriorityRule?: string;

  @OptionalOrNull()
  @blankIsAbsent
  @ValidateNested({ message: 'must be an object with the id of a support hour' })
  @Type(() => SourceSupportHoursBody)
  supportHours?: SourceSupportHoursBody;

  @OptionalOrNull()
  @IsBoolean({ message: 'must be true or false' })
  autoRaiseAlerts?: boolean;

  /** How older clients call it. */
  @OptionalOrNull()
  @IsBoolean({ message: 'must be true or false' })
  autoRaiseIncidents?: boolean;

  @OptionalOrNull()
  @IsInt({ message: 'must be a whole number from 1 to 5' })
  @Min(1, { message: 'must be a whole number from 1 to 5' })
  @Max(5, { message: 'must be a whole number from 1 to 5' })
  severity?: number;

  @OptionalOrNull()
  @IsBoolean({ message: 'must be true or false' })
  active?: boolean;

  /** Absent or null leaves the assignment alone. */
  @OptionalOrNull()
  @IsArray({ message: 'must be a list' })
  @ArrayMaxSize(MOST_TEAMS, { message: `must have at most ${MOST_TEAMS} entries` })
  @ValidateNested({ each: true })
  @Type(() => IdReference)
  teams?: IdReference[];
}

/** `sent` is the body before validation left out what it does not know. @throws ProblemException 400 */
export const alertSourceRequest = (
  { escalationPolicy, teams, integrationKey: _key, supportHours, autoRaiseAlerts, autoRaiseIncidents, ...settings }: AlertSourceBody,
  sent: Readonly<Record<string, unknown>>,
): DomainRequest => ({
  ...settings,
  escalationPolicyId: escalationPolicy.id as EscalationPolicyId,
  ...(teams === undefined ? {} : { teamIds: teams.map(({ id }) => id as TeamId) }),
  ...hoursIn(supportHours),
  autoRaise: [autoRaiseAlerts, autoRaiseIncidents, supportHours?.autoRaiseAlerts, supportHours?.autoRaiseIncidents].includes(true),
  sent,
});

const hoursIn = (body: SourceSupportHoursBody | undefined): Pick<DomainRequest, 'supportHours'> => {
  const { id = 0, timezone, supportDays } = body ?? {};
  if (id > 0) return { supportHours: { type: 'named', id: id as SupportHourId } };
  if (timezone === undefined && supportDays === undefined) return {};
  if (timezone === undefined || supportDays === undefined)
    throw invalidField('supportHours.id', 'is required: the id of a support hour, or timezone and supportDays in its place');
  return { supportHours: { type: 'own', timezone, supportDays: supportDaysIn(supportDays) } };
};
