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
  /** Absent: never, or as late as it can be. */
  readonly expiresAt?: Instant;
}

/** Who makes a key, and how long what they make with theirs lasts; absent: for ever. */
export interface KeyMaker extends Editor {
  readonly grantsUntil?: Instant;
}

export interface NewApiKey {
  readonly id: ApiKeyId;
  readonly hash: string;
  /** Whose key it is. */
  readonly user: User;
  readonly by: KeyMaker;
  readonly now: Instant;
}

/** Whoever has signed in makes keys that stay, unless they were let in by a key with an end. */
export const grantsUntil = (key: Pick<ApiKey, 'use' | 'expiresAt' | 'grantsUntil'>): Instant | undefined =>
  key.use === 'session' ? key.grantsUntil : key.expiresAt;

/** A key gives nobody more than they have, and not for longer: neither its maker nor its owner. @throws Rejection `forbidden`, `invalid` */
export const createApiKey = (request: ApiKeyRequest, { id, hash, user, by, now }: NewApiKey): ApiKey => {
  refuseStrangers(by, user.id);
  const role = request.role ?? (isAtLeast(by.role, user.role) ? user.role : by.role);
  if (!isAtLeast(by.role, role))
    throw rejected('forbidden', `role: a key made with the role ${by.role} cannot have ${role}`, { field: 'role' });
  if (!isAtLeast(user.role, role)) throw invalidSetting('role', `must be at most ${user.role}, the role of user ${user.id}`);
  const expiresAt = request.expiresAt ?? by.grantsUntil;
  if (request.expiresAt !== undefined && request.expiresAt <= now) throw invalidSetting('expiresAt', 'must lie in the future');
  if (by.grantsUntil !== undefined && expiresAt !== undefined && expiresAt > by.grantsUntil)
    throw rejected('forbidden', 'expiresAt: a key made with one that expires cannot last longer than that one', { field: 'expiresAt' });
  return {
    id,
    name: request.name,
    userId: user.id,
    role,
    hash,
    use: 'api',
    ...(expiresAt === undefined ? {} : { expiresAt }),
    createdAt: now,
    updatedAt: now,
  };
};

/** To all others a key is not there. @throws Rejection `not-found` */
export const refuseHiddenKey = (key: ApiKey, by: Editor): void => {
  if (key.userId !== by.userId && by.role !== 'ADMIN') throw rejected('not-found', `there is no apikey ${key.id}`);
};
