import { OptionalOrNull } from '@tocsin/platform/nest';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsDefined, IsIn, IsInt, IsString, Length, MaxLength, Min, ValidateNested } from 'class-validator';

export class IdReference {
  @IsInt({ message: 'must be a positive whole number' })
  @Min(1, { message: 'must be a positive whole number' })
  id!: number;
}

export class ImageRequest {
  @IsString({ message: 'must be a text' })
  @MaxLength(4_096)
  src!: string;

  @OptionalOrNull()
  @IsString({ message: 'must be a text' })
  @MaxLength(4_096)
  href?: string;

  @OptionalOrNull()
  @IsString({ message: 'must be a text' })
  @MaxLength(1_024)
  alt?: string;
}

export class LinkRequest {
  @IsString({ message: 'must be a text' })
  @MaxLength(4_096)
  href!: string;

  @OptionalOrNull()
  @IsString({ message: 'must be a text' })
  @MaxLength(1_024)
  text?: string;
}

export class ResponderReference {
  @IsDefined({ message: 'must be an object with the id of a user' })
  @ValidateNested()
  @Type(() => IdReference)
  user!: IdReference;
}

/** `ManualAlert`: an alert that a person raises. Filters, grouping and templates of the source do not apply to it. */
export class ManualAlertRequest {
  @IsString({ message: 'must be a text' })
  @Length(1, 4_096, { message: 'must be 1 to 4096 characters' })
  summary!: string;

  @OptionalOrNull()
  @IsString({ message: 'must be a text' })
  @MaxLength(262_144)
  details?: string;

  @IsDefined({ message: 'must be an object with the id of an alert source' })
  @ValidateNested()
  @Type(() => IdReference)
  alertSource!: IdReference;

  @OptionalOrNull()
  @ValidateNested()
  @Type(() => IdReference)
  escalationPolicy?: IdReference;

  @OptionalOrNull()
  @IsIn(['HIGH', 'LOW'], { message: 'must be HIGH or LOW' })
  priority?: 'HIGH' | 'LOW';

  @OptionalOrNull()
  @IsArray({ message: 'must be a list' })
  @ArrayMaxSize(100)
  @ValidateNested({ each: true })
  @Type(() => ImageRequest)
  images?: ImageRequest[];

  @OptionalOrNull()
  @IsArray({ message: 'must be a list' })
  @ArrayMaxSize(100)
  @ValidateNested({ each: true })
  @Type(() => LinkRequest)
  links?: LinkRequest[];

  /** One responder, in the older word (B4). */
  @OptionalOrNull()
  @ValidateNested()
  @Type(() => IdReference)
  assignedTo?: IdReference;

  @OptionalOrNull()
  @IsArray({ message: 'must be a list' })
  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  @Type(() => ResponderReference)
  responders?: ResponderReference[];
}

/** The person to add: `{"user":{"id":7}}` or `{"id":7}`; an empty body adds whoever asks. */
export class AddResponderRequest {
  @OptionalOrNull()
  @ValidateNested()
  @Type(() => IdReference)
  user?: IdReference;

  @OptionalOrNull()
  @IsInt({ message: 'must be a positive whole number' })
  @Min(1, { message: 'must be a positive whole number' })
  id?: number;
}
