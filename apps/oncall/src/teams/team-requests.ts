import type { Team, TeamMember, TeamRequest, UserId } from '@tocsin/domain';
import { OptionalOrNull, ResourceName } from '@tocsin/platform/nest';
import { Transform, Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsDefined, IsIn, IsInt, IsOptional, Min, ValidateNested } from 'class-validator';

const roles = ['STAKEHOLDER', 'RESPONDER', 'USER', 'ADMIN'] as const;
const blankIsAbsent = Transform(({ value }: { value: unknown }) => (value === null || value === '' ? undefined : value));

export class UserReferenceBody {
  @IsInt({ message: 'must be a positive whole number' })
  @Min(1, { message: 'must be a positive whole number' })
  id!: number;
}

export class TeamMemberBody {
  @IsDefined({ message: 'must be an object with the id of a user' })
  @ValidateNested()
  @Type(() => UserReferenceBody)
  user!: UserReferenceBody;

  @IsOptional()
  @blankIsAbsent
  @IsIn(roles, { message: `must be one of ${roles.join(', ')}` })
  role?: TeamMember['role'];
}

export class TeamBody {
  @ResourceName()
  name!: string;

  @IsOptional()
  @blankIsAbsent
  @IsIn(['PUBLIC', 'PRIVATE'], { message: 'must be PUBLIC or PRIVATE' })
  visibility?: Team['visibility'];

  /** Absent or null: nobody. */
  @OptionalOrNull()
  @IsArray({ message: 'must be a list' })
  @ArrayMaxSize(1_000, { message: 'must have at most 1000 entries' })
  @ValidateNested({ each: true })
  @Type(() => TeamMemberBody)
  members?: TeamMemberBody[];
}

export const teamMember = ({ user, role = 'RESPONDER' }: TeamMemberBody): TeamMember => ({ userId: user.id as UserId, role });

export const teamRequest = ({ name, visibility, members = [] }: TeamBody): TeamRequest => ({
  name,
  ...(visibility === undefined ? {} : { visibility }),
  members: members.map(teamMember),
});
