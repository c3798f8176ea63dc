import { Transform } from 'class-transformer';
import { IsIn, IsOptional, IsString, Length, MaxLength, ValidateIf } from 'class-validator';
import { applyDecorators } from '@nestjs/common';
import { parseInstant } from '@tocsin/domain';
import type { Instant, Role, User, UserRequest as DomainRequest } from '@tocsin/domain';
import { invalidField } from '@tocsin/platform/nest';

/** Clients write null or an empty text for what they do not set. */
const OptionalText = (): PropertyDecorator =>
  applyDecorators(
    IsOptional(),
    Transform(({ value }: { value: unknown }) => (value === null || value === '' ? undefined : value)),
  );

const roles = ['STAKEHOLDER', 'GUEST', 'RESPONDER', 'USER', 'ADMIN'] as const;

/** `User` and `UserPost`: what older clients send besides (numbers, preferences in the user) is left out. */
export class UserRequest {
  @IsString({ message: 'must be an e-mail address, like ana@example.org' })
  email!: string;

  @IsString({ message: 'must be a text' })
  @Length(1, 255, { message: 'must be 1 to 255 characters' })
  firstName!: string;

  @IsString({ message: 'must be a text' })
  @Length(1, 255, { message: 'must be 1 to 255 characters' })
  lastName!: string;

  @OptionalText()
  @IsString({ message: 'must be a text' })
  username?: string;

  @OptionalText()
  @IsString({ message: 'must be a time zone of the IANA database, like Europe/Berlin' })
  timezone?: string;

  @OptionalText()
  @IsIn(['en', 'de'], { message: 'must be en or de' })
  language?: User['language'];

  @OptionalText()
  @IsIn(roles, { message: `must be one of ${roles.join(', ')}` })
  role?: Role;

  @OptionalText()
  @IsString({ message: 'must be an ISO country of two capital letters, like DE' })
  region?: string;

  @OptionalText()
  @IsString({ message: 'must be a text' })
  @MaxLength(255, { message: 'must be at most 255 characters' })
  position?: string;

  @OptionalText()
  @IsString({ message: 'must be a text' })
  @MaxLength(255, { message: 'must be at most 255 characters' })
  department?: string;

  @OptionalText()
  @IsString({ message: 'must be a text' })
  @MaxLength(32, { message: 'must be at most 32 characters' })
  shiftColor?: string;

  /** Null ends it, absent leaves it. */
  @ValidateIf(({ mutedUntil }: UserRequest) => mutedUntil !== undefined && mutedUntil !== null)
  @IsString({ message: 'must be a date-time with an offset or Z, or null' })
  mutedUntil?: string | null;
}

export class EmailSearch {
  @IsString({ message: 'must be an e-mail address' })
  email!: string;
}

/** @throws ProblemException 400 for a time that is none */
export const userRequest = ({ mutedUntil, ...request }: UserRequest): DomainRequest =>
  mutedUntil === undefined
    ? request
    : { ...request, mutedUntil: mutedUntil === null || mutedUntil === '' ? null : readInstant('mutedUntil', mutedUntil) };

/** @throws ProblemException 400 */
export const readInstant = (field: string, text: string): Instant => {
  try {
    return parseInstant(text);
  } catch (error) {
    if (error instanceof RangeError) throw invalidField(field, 'must be a date-time with an offset or Z, like 2026-05-17T08:30:00Z');
    throw error;
  }
};
