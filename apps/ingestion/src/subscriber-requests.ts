import { IsIn, IsInt, Min } from 'class-validator';

export class SubscriberBody {
  @IsInt({ message: 'must be a positive whole number' })
  @Min(1, { message: 'must be a positive whole number' })
  id!: number;

  @IsIn(['USER', 'TEAM'], { message: 'must be one of USER, TEAM' })
  type!: 'USER' | 'TEAM';
}
