import type { ApiKeyRequest, Role } from '@tocsin/domain';
import { OptionalOrNull, ResourceName } from '@tocsin/platform/nest';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsString, Min, ValidateNested } from 'class-validator';
import { readInstant } from '../users/user-requests';

const roles = ['STAKEHOLDER', 'GUEST', 'RESPONDER', 'USER', 'ADMIN'] as const;

export class KeyOwner {
  @IsInt({ message: 'must be a positive whole number' })
  @Min(1, { message: 'must be a positive whole number' })
  id!: number;
}

export class ApiKeyBody {
  @ResourceName()
  name!: string;

  @OptionalOrNull()
  @IsIn(roles, { message: `must be one of ${roles.join(', ')}` })
  role?: Role;

  /** Absent: whoever asks. */
  @OptionalOrNull()
  @ValidateNested()
  @Type(() => KeyOwner)
  user?: KeyOwner;

  @OptionalOrNull()
  @IsString({ message: 'must be a date-time with an offset or Z' })
  expiresAt?: string;
}

/** @throws ProblemException 400 for a time that is none */
export const apiKeyRequest = ({ name, role, expiresAt }: ApiKeyBody): ApiKeyRequest => ({
  name,
  ...(role === undefined ? {} : { role }),
  ...(expiresAt === undefined ? {} : { expiresAt: readInstant('expiresAt', expiresAt) }),
});
