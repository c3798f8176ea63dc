import type { ApiKeyId } from '../ids';
import { rejected } from '../rejection';
import type { Instant } from '../time';
import { invalidSetting } from './refusals';
import type { ApiKey, Role, User } from './resources';
import { isAtLeast, refuseStrangers } from './roles';
import type { Editor } from './roles';

export interface ApiKeyRequest {
  readonly name: string;
  /** Absent: the most it can be. */
  readonly role?: Role;
  readonly expiresAt?: Instant;
}

export interface NewApiKey {
  readonly id: ApiKeyId;
  readonly hash: string;
  /** Whose key it is. */
  readonly user: User;
  readonly by: Editor;
  readonly now: Instant;
}

/** A key gives nobody more than they have: neither its maker nor its owner. @throws Rejection `forbidden`, `invalid` */
export const createApiKey = (request: ApiKeyRequest, { id, hash, user, by, now }: NewApiKey): ApiKey => {
  refuseStrangers(by, user.id);
  const role = request.role ?? (isAtLeast(by.role, user.role) ? user.role : by.role);
  if (!isAtLeast(by.role, role))
    throw rejected('forbidden', `role: a key made with the role ${by.role} cannot have ${role}`, { field: 'role' });
  if (!isAtLeast(user.role, role)) throw invalidSetting('role', `must be at most ${user.role}, the role of user ${user.id}`);
  if (request.expiresAt !== undefined && request.expiresAt <= now) throw invalidSetting('expiresAt', 'must lie in the future');
  return {
    id,
    name: request.name,
    userId: user.id,
    role,
    hash,
    use: 'api',
    ...(request.expiresAt === undefined ? {} : { expiresAt: request.expiresAt }),
    createdAt: now,
    updatedAt: now,
  };
};

/** To all others a key is not there. @throws Rejection `not-found` */
export const refuseHiddenKey = (key: ApiKey, by: Editor): void => {
  if (key.userId !== by.userId && by.role !== 'ADMIN') throw rejected('not-found', `there is no apikey ${key.id}`);
};
