import type { UserId } from '../ids';
import { rejected } from '../rejection';
import type { Role, User } from './resources';

const ranks: Readonly<Record<Role, number>> = { STAKEHOLDER: 0, GUEST: 1, RESPONDER: 2, USER: 3, ADMIN: 4 };

export const isAtLeast = (role: Role, other: Role): boolean => ranks[role] >= ranks[other];

/** Acting on alerts takes a responder's rights, whatever way the answer comes. */
export const mayAnswerAlerts = ({ role }: Pick<User, 'role'>): boolean => isAtLeast(role, 'RESPONDER');

/** Who asks for a change, with the role they may act with now: their key's, when that is lower than their own. */
export interface Editor {
  readonly userId: UserId;
  readonly role: Role;
}

/** Everybody keeps their own things in order; administrators do so for anyone (B32). @throws Rejection `forbidden` */
export const refuseStrangers = (by: Editor, userId: UserId): void => {
  if (by.userId !== userId && by.role !== 'ADMIN') throw rejected('forbidden', 'this belongs to somebody else: it needs the role ADMIN');
};

/** Somebody must be left who can let others in, and who is paged when nobody else is (B11). @throws Rejection `still-in-use` */
export const refuseWithoutAdmin = (user: User, others: readonly User[]): void => {
  if (user.role === 'ADMIN' && !others.some(({ role }) => role === 'ADMIN'))
    throw rejected('still-in-use', `user ${user.id} is the last administrator: make somebody else one first`, { field: 'role' });
};
