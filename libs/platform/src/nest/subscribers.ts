import type { Subscriber, TeamId, UserId } from '@tocsin/domain';
import { IsIn, IsInt, Min } from 'class-validator';
import { textParameter } from './api-description.decorators';
import { invalidField } from './problem';
import { readOneOf } from './query';
import type { QueryParameters } from './query';

const TYPES = ['USER', 'TEAM'] as const;

/** A user or a team that is to hear of something. */
export class SubscriberBody {
  @IsInt({ message: 'must be a positive whole number' })
  @Min(1, { message: 'must be a positive whole number' })
  id!: number;

  @IsIn(TYPES, { message: `must be one of ${TYPES.join(', ')}` })
  type!: (typeof TYPES)[number];
}

export const subscriberNamed = ({ id, type }: SubscriberBody): Subscriber =>
  type === 'USER' ? { type: 'user', userId: id as UserId } : { type: 'team', teamId: id as TeamId };

/** What `readSubscriber` reads. */
export const subscriberTypeParameter = textParameter('subscriber-type', 'Which of the two the id is of', {
  choices: TYPES,
  required: true,
});

/** @throws ProblemException 400 */
export const readSubscriber = (query: QueryParameters, id: number): Subscriber => {
  const type = readOneOf(query, 'subscriber-type', TYPES);
  if (type === undefined) throw invalidField('subscriber-type', `is required: one of ${TYPES.join(', ')}`);
  return subscriberNamed({ id, type });
};
