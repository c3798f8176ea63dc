import { foldedAddress } from '../configuration/contact-targets';
import type { User } from '../configuration/resources';
import type { ContactId, UserId } from '../ids';
import type { Instant } from '../time';

/** A link that anybody may ask for is good for no longer than a mail takes to be read. */
export const SIGN_IN_MAIL_VALID_MINUTES = 15;
/** Whoever asks for more of them fills somebody's mailbox. */
const ONE_PER_MS = 5 * 60_000;

/** Whose verified address it is; undefined when it is nobody's, or several people's: it shows nobody to be themselves then. */
export const ownerOfAddress = (
  users: readonly User[],
  address: string,
): { readonly userId: UserId; readonly contactId: ContactId } | undefined => {
  const folded = foldedAddress(address);
  const owners = users.flatMap(({ id: userId, contacts }) =>
    contacts
      .filter(({ type, target, verified, status }) => type === 'email' && verified && status === 'OK' && foldedAddress(target) === folded)
      .slice(0, 1)
      .map(({ id: contactId }) => ({ userId, contactId })),
  );
  const [owner, another] = owners;
  return another === undefined ? owner : undefined;
};

/** The stream of the mail, the same for all that a person asks for within a short while: it can be planned only once. */
export const signInMailStream = (userId: UserId, at: Instant): string => `notification-signin-${userId}-${Math.floor(at / ONE_PER_MS)}`;
