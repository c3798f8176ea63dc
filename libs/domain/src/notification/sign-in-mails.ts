import { foldedAddress } from '../configuration/contact-targets';
import type { Contact, User } from '../configuration/resources';
import type { ContactId, UserId } from '../ids';
import type { Instant } from '../time';

/** A link that anybody may ask for is good for no longer than a mail takes to be read. */
export const SIGN_IN_MAIL_VALID_MINUTES = 15;
/** Whoever asks for more of them fills somebody's mailbox. */
const ONE_PER_MS = 5 * 60_000;

/**
 * Whether reading what comes there shows somebody to be this person: it is the address that an administrator gave them to sign in
 * with. Any other one may be a list that many read, which a person added in order to be paged there.
 */
export const showsWhoReads = ({ email }: Pick<User, 'email'>, { type, target, verified }: Contact): boolean =>
  type === 'email' && verified && foldedAddress(target) === foldedAddress(email);

/** Whose login address it is; undefined when it is nobody's, or verified for several people: it shows nobody to be themselves then. */
export const ownerOfAddress = (
  users: readonly User[],
  address: string,
): { readonly userId: UserId; readonly contactId: ContactId } | undefined => {
  const folded = foldedAddress(address);
  const readers = users.flatMap((user) =>
    user.contacts
      .filter(({ type, target, verified, status }) => type === 'email' && verified && status === 'OK' && foldedAddress(target) === folded)
      .slice(0, 1)
      .map((contact) => ({ user, contact })),
  );
  const [reader, another] = readers;
  if (reader === undefined || another !== undefined || !showsWhoReads(reader.user, reader.contact)) return undefined;
  return { userId: reader.user.id, contactId: reader.contact.id };
};

/** The stream of the mail, the same for all that a person asks for within a short while: it can be planned only once. */
export const signInMailStream = (userId: UserId, at: Instant): string => `notification-signin-${userId}-${Math.floor(at / ONE_PER_MS)}`;
