import type { AlertSourceRequest as DomainRequest, EscalationPolicyId, TeamId } from '@tocsin/domain';
import { IdReference, OptionalOrNull, ResourceName } from '@tocsin/platform/nest';
import { Transform, Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsBoolean, IsDefined, IsInt, IsOptional, IsString, Max, Min, ValidateNested } from 'class-validator';

const blankIsAbsent = Transform(({ value }: { value: unknown }) => (value === null || value === '' ? undefined : value));
const MOST_TEAMS = 100;

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

/** `sent` is the body before validation left out what it does not know. */
export const alertSourceRequest = (
  { escalationPolicy, teams, integrationKey: _key, ...settings }: AlertSourceBody,
  sent: Readonly<Record<string, unknown>>,
): DomainRequest => ({
  ...settings,
  escalationPolicyId: escalationPolicy.id as EscalationPolicyId,
  ...(teams === undefined ? {} : { teamIds: teams.map(({ id }) => id as TeamId) }),
  sent,
});
