import { createECDH } from 'node:crypto';
import type { Chat } from '@tocsin/channels';
import { invalidField, OptionalOrNull } from '@tocsin/platform/nest';
import { Type } from 'class-transformer';
import { IsBoolean, IsIn, IsString, MaxLength, ValidateNested } from 'class-validator';

const types = ['WEB_PUSH', 'NTFY', 'DISCORD', 'MATTERMOST'] as const;
const LONGEST_ENDPOINT = 2_048;
const AUTH_BYTES = 16;

class SubscriptionKeys {
  @IsString({ message: 'must be the public key of the subscription, base64url' })
  @MaxLength(128, { message: 'must be the public key of the subscription, base64url' })
  p256dh!: string;

  @IsString({ message: 'must be the secret of the subscription, base64url' })
  @MaxLength(64, { message: 'must be the secret of the subscription, base64url' })
  auth!: string;
}

/** As a browser's `PushSubscription` is in JSON. */
class SubscriptionBody {
  @IsString({ message: 'must be the URL that the browser was given by its push service' })
  @MaxLength(LONGEST_ENDPOINT, { message: `must have at most ${LONGEST_ENDPOINT} characters` })
  endpoint!: string;

  @ValidateNested()
  @Type(() => SubscriptionKeys)
  keys!: SubscriptionKeys;
}

export class PushDeviceBody {
  @IsIn(types, { message: `must be one of ${types.join(', ')}` })
  type!: (typeof types)[number];

  @IsString({ message: 'must be a text' })
  name!: string;

  /** Of a browser; an ntfy device is given a topic instead. */
  @OptionalOrNull()
  @ValidateNested()
  @Type(() => SubscriptionBody)
  subscription?: SubscriptionBody;

  /** Of a room in a chat that this person alone reads. */
  @OptionalOrNull()
  @IsString({ message: 'must be the URL of a webhook' })
  @MaxLength(LONGEST_ENDPOINT, { message: `must have at most ${LONGEST_ENDPOINT} characters` })
  webhookUrl?: string;

  @OptionalOrNull()
  @IsBoolean({ message: 'must be true or false' })
  onHomeScreen?: boolean;
}

/**
 * What is kept of a subscription: nothing but what a push needs. Said at once what would make every page to it fail.
 * @throws ProblemException 400
 */
export const checkedSubscription = ({ subscription }: PushDeviceBody): SubscriptionBody => {
  const { endpoint, keys } = subscription ?? {};
  if (typeof endpoint !== 'string' || !URL.canParse(endpoint) || !/^https?:$/.test(new URL(endpoint).protocol))
    throw invalidField('subscription.endpoint', 'must be the URL that the browser was given by its push service');
  const { p256dh = '', auth = '' } = keys ?? {};
  if (!isPublicKey(p256dh)) throw invalidField('subscription.keys.p256dh', 'must be a public key on the curve P-256, base64url');
  if (Buffer.from(auth, 'base64url').length !== AUTH_BYTES)
    throw invalidField('subscription.keys.auth', `must be ${AUTH_BYTES} bytes, base64url`);
  return { endpoint: new URL(endpoint).href, keys: { p256dh, auth } };
};

/** The address of a person's room in a chat. @throws ProblemException 400 */
export const checkedRoom = ({ webhookUrl = '' }: PushDeviceBody, chat: Chat): string => {
  const problem = chat.problem(webhookUrl);
  if (problem !== undefined) throw invalidField('webhookUrl', problem);
  return new URL(webhookUrl).href;
};

const isPublicKey = (encoded: string): boolean => {
  const own = createECDH('prime256v1');
  own.generateKeys();
  try {
    own.computeSecret(Buffer.from(encoded, 'base64url'));
    return true;
  } catch {
    return false;
  }
};
