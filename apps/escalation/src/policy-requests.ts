import type { EscalationRuleRequest, PolicyRequest, RequestedTarget, ScheduleId, TeamId, UserId } from '@tocsin/domain';
import { IdReference, invalidField, OptionalOrNull, ResourceName } from '@tocsin/platform/nest';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsDefined,
  IsInt,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';

const MOST_REFERENCES = 100;
const LONGEST_TIMEOUT_MIN = 525_600;

/** `EscalationRule`: people, schedules and teams in the plural, or in the deprecated singular. */
export class EscalationRuleBody {
  @IsInt({ message: `must be whole minutes from 0 to ${LONGEST_TIMEOUT_MIN}` })
  @Min(0, { message: `must be whole minutes from 0 to ${LONGEST_TIMEOUT_MIN}` })
  @Max(LONGEST_TIMEOUT_MIN, { message: `must be whole minutes from 0 to ${LONGEST_TIMEOUT_MIN}` })
  escalationTimeout!: number;

  @OptionalOrNull()
  @IsArray({ message: 'must be a list' })
  @ArrayMaxSize(MOST_REFERENCES, { message: `must have at most ${MOST_REFERENCES} entries` })
  @ValidateNested({ each: true })
  @Type(() => IdReference)
  users?: IdReference[];

  @OptionalOrNull()
  @IsArray({ message: 'must be a list' })
  @ArrayMaxSize(MOST_REFERENCES, { message: `must have at most ${MOST_REFERENCES} entries` })
  @ValidateNested({ each: true })
  @Type(() => IdReference)
  schedules?: IdReference[];

  @OptionalOrNull()
  @IsArray({ message: 'must be a list' })
  @ArrayMaxSize(MOST_REFERENCES, { message: `must have at most ${MOST_REFERENCES} entries` })
  @ValidateNested({ each: true })
  @Type(() => IdReference)
  teams?: IdReference[];

  @OptionalOrNull()
  @ValidateNested()
  @Type(() => IdReference)
  user?: IdReference;

  @OptionalOrNull()
  @ValidateNested()
  @Type(() => IdReference)
  schedule?: IdReference;

  @OptionalOrNull()
  @ValidateNested()
  @Type(() => IdReference)
  team?: IdReference;
}

export class EscalationPolicyBody {
  @ResourceName()
  name!: string;

  @IsDefined({ message: 'must be a list with at least one rule' })
  @IsArray({ message: 'must be a list with at least one rule' })
  @ArrayMaxSize(MOST_REFERENCES, { message: `must have at most ${MOST_REFERENCES} entries` })
  @ValidateNested({ each: true })
  @Type(() => EscalationRuleBody)
  escalationRules!: EscalationRuleBody[];

  /** Absent or null leaves the assignment alone. */
  @OptionalOrNull()
  @IsArray({ message: 'must be a list' })
  @ArrayMaxSize(MOST_REFERENCES, { message: `must have at most ${MOST_REFERENCES} entries` })
  @ValidateNested({ each: true })
  @Type(() => IdReference)
  teams?: IdReference[];

  @OptionalOrNull()
  @IsBoolean({ message: 'must be true or false' })
  repeating?: boolean;

  @OptionalOrNull()
  @IsInt({ message: 'must be a whole number from 1 to 9' })
  @Min(1, { message: 'must be a whole number from 1 to 9' })
  @Max(9, { message: 'must be a whole number from 1 to 9' })
  frequency?: number;

  @OptionalOrNull()
  @IsInt({ message: 'must be whole minutes from 0 to 15' })
  @Min(0, { message: 'must be whole minutes from 0 to 15' })
  @Max(15, { message: 'must be whole minutes from 0 to 15' })
  delayMin?: number;

  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (value === null || value === '' ? undefined : value))
  @IsString({ message: 'must be a text' })
  @MaxLength(255, { message: 'must be at most 255 characters' })
  routingKey?: string;
}

/** @throws ProblemException 400 for a singular beside its plural */
export const policyRequest = ({ escalationRules, teams, ...settings }: EscalationPolicyBody): PolicyRequest => ({
  ...settings,
  rules: escalationRules.map((rule, index) => ruleRequest(rule, `escalationRules[${index}].`)),
  ...(teams === undefined ? {} : { teamIds: teams.map(({ id }) => id as TeamId) }),
});

/** @throws ProblemException 400 for a singular beside its plural */
export const ruleRequest = (rule: EscalationRuleBody, path = ''): EscalationRuleRequest => ({
  escalationTimeoutMin: rule.escalationTimeout,
  targets: [
    ...references(rule, 'user', path).map(({ field, id }): RequestedTarget => ({ field, target: { type: 'user', userId: id as UserId } })),
    ...references(rule, 'schedule', path).map(({ field, id }): RequestedTarget => ({
      field,
      target: { type: 'schedule', scheduleId: id as ScheduleId },
    })),
    ...references(rule, 'team', path).map(({ field, id }): RequestedTarget => ({ field, target: { type: 'team', teamId: id as TeamId } })),
  ],
});

const references = (
  rule: EscalationRuleBody,
  kind: 'user' | 'schedule' | 'team',
  path: string,
): readonly { readonly field: string; readonly id: number }[] => {
  const single = rule[kind];
  const many = rule[`${kind}s`] ?? [];
  if (single === undefined) return many.map(({ id }, index) => ({ field: `${kind}s[${index}].id`, id }));
  if (many.length > 0) throw invalidField(`${path}${kind}`, `give either ${kind} or ${kind}s, not both`);
  return [{ field: `${kind}.id`, id: single.id }];
};
