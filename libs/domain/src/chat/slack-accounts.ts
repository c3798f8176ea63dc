import { foldedAddress } from '../configuration/contact-targets';
import type { SlackAccount, User } from '../configuration/resources';
import { rejected } from '../rejection';
import type { Instant } from '../time';

/** What Slack says of somebody who pressed a button there. */
export interface SlackProfile extends SlackAccount {
  readonly name: string;
  readonly email?: string;
  readonly isEmailConfirmed: boolean;
  /** A bot, a guest, somebody of another workspace, or somebody who left. */
  readonly isOutsider: boolean;
}

const isSameAccount = (one: SlackAccount | undefined, other: SlackAccount): boolean =>
  one?.teamId === other.teamId && one.userId === other.userId;

export const userOfSlackAccount = (account: SlackAccount, users: readonly User[]): User | undefined =>
  users.find(({ slackAccount }) => isSameAccount(slackAccount, account));

/**
 * Who somebody in Slack surely is: the one person who has verified the address that Slack has confirmed, in our workspace.
 * Undefined when that is nobody, or more than one, or anything about it is in doubt (B27).
 */
export const userOfSlackProfile = (profile: SlackProfile, teamId: string, users: readonly User[]): User | undefined => {
  const { email, isEmailConfirmed, isOutsider } = profile;
  if (profile.teamId !== teamId || isOutsider || !isEmailConfirmed || email === undefined) return undefined;
  const address = foldedAddress(email);
  const having = users.filter(({ contacts }) =>
    contacts.some(({ type, target, verified }) => type === 'email' && verified && foldedAddress(target) === address),
  );
  const [found] = having;
  // Whoever is somebody else there already is not taken over because of an address.
  return having.length === 1 && found !== undefined && found.slackAccount === undefined ? found : undefined;
};

/** An account answers for one person only. @throws Rejection `already-exists` */
export const linkSlackAccount = (user: User, account: SlackAccount, others: readonly User[], now: Instant): User => {
  const { teamId, userId } = account;
  if (others.some((other) => other.id !== user.id && isSameAccount(other.slackAccount, account)))
    throw rejected('already-exists', 'this Slack account belongs to somebody else', { field: 'slackAccount' });
  return isSameAccount(user.slackAccount, account) ? user : { ...user, slackAccount: { teamId, userId }, updatedAt: now };
};
