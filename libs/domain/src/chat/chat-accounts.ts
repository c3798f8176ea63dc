import type { ChatAccount, ChatMethod, NotificationMethod, User } from '../configuration/resources';
import { refuseStrangers } from '../configuration/roles';
import type { Editor } from '../configuration/roles';
import { rejected } from '../rejection';
import type { Instant } from '../time';

/** Methods that write to an account which the person has linked, in place of a contact. */
export type AccountMethod = 'SLACK' | ChatMethod;

export const accountMethods: readonly AccountMethod[] = ['SLACK', 'TELEGRAM', 'TEAMS'];

export const isAccountMethod = (method: NotificationMethod): method is AccountMethod =>
  (accountMethods as readonly NotificationMethod[]).includes(method);

export type HavingAccounts = Pick<User, 'slackAccount' | 'chatAccounts'>;

export interface LinkedAccount {
  /** Where messages go. */
  readonly address: string;
  /** Nothing gets there any more. */
  readonly isClosed: boolean;
}

/** What the person has linked for a method. */
export const linkedAccount = (user: HavingAccounts, method: AccountMethod): LinkedAccount | undefined => {
  if (method === 'SLACK') return user.slackAccount && { address: user.slackAccount.userId, isClosed: false };
  const account = chatAccountOf(user, method);
  return account && { address: account.address, isClosed: account.closed !== undefined };
};

export const chatAccountOf = ({ chatAccounts = [] }: Pick<User, 'chatAccounts'>, method: ChatMethod): ChatAccount | undefined =>
  chatAccounts.find((account) => account.method === method);

/** An account answers for one person only, and a person has one for each method. @throws Rejection `already-exists` */
export const linkChatAccount = (
  user: User,
  { method, id, address }: Pick<ChatAccount, 'method' | 'id' | 'address'>,
  others: readonly User[],
  now: Instant,
): User => {
  if (others.some((other) => other.id !== user.id && chatAccountOf(other, method)?.id === id))
    throw rejected('already-exists', 'this account belongs to somebody else', { field: 'chatAccounts' });
  const current = chatAccountOf(user, method);
  if (current?.id === id && current.address === address && current.closed === undefined) return user;
  return withAccount(user, { method, id, address, linkedAt: now }, now);
};

/** Nothing can be written to this address any more. Whoever has linked another one since is still reached there. */
export const closeChatAccount = (
  user: User,
  { method, address, reason }: Pick<ChatAccount, 'method' | 'address'> & { readonly reason: string },
  now: Instant,
): User => {
  const account = chatAccountOf(user, method);
  if (account?.address !== address || account.closed !== undefined) return user;
  return withAccount(user, { ...account, closed: { reason, at: now } }, now);
};

/** The person lets the bot write again. */
export const reopenChatAccount = (user: User, method: ChatMethod, now: Instant): User => {
  const account = chatAccountOf(user, method);
  if (account?.closed === undefined) return user;
  const { closed: _closed, ...open } = account;
  return withAccount(user, open, now);
};

/** Nothing is sent to it any more, and what comes from it is nobody's. @throws Rejection `not-found`, `forbidden` */
export const unlinkAccount = (user: User, method: AccountMethod, { by, now }: { readonly by: Editor; readonly now: Instant }): User => {
  refuseStrangers(by, user.id);
  if (linkedAccount(user, method) === undefined) throw rejected('not-found', `user ${user.id} has linked no account for ${method}`);
  const { slackAccount, chatAccounts, ...rest } = user;
  const others = (chatAccounts ?? []).filter((account) => account.method !== method);
  return {
    ...rest,
    ...(slackAccount === undefined || method === 'SLACK' ? {} : { slackAccount }),
    ...(others.length === 0 ? {} : { chatAccounts: others }),
    ...(method === 'SLACK' ? {} : { chatUnlinkedAt: now }),
    updatedAt: now,
  };
};

const withAccount = (user: User, account: ChatAccount, now: Instant): User => ({
  ...user,
  chatAccounts: [...(user.chatAccounts ?? []).filter(({ method }) => method !== account.method), account],
  updatedAt: now,
});
