import { IsInt, Min } from 'class-validator';

/** A nested reference. Clients send whole stubs with it; the id alone counts. */
export class IdReference {
  @IsInt({ message: 'must be a positive whole number' })
  @Min(1, { message: 'must be a positive whole number' })
  id!: number;
}
