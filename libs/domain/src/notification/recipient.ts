import { isAccountMethod, linkedAccount } from '../chat/chat-accounts';
import { CODE_VALID_MINUTES } from '../configuration/contact-verification';
import { pushDevicesOf } from '../configuration/push-devices';
import type { NotificationMethod, User } from '../configuration/resources';
import type { ContactId } from '../ids';
import { plusMinutes, type Instant } from '../time';
import type { CancelReason, NotificationPurpose } from './notification-events';
import type { PlannedData } from './notification-state';
import { showsWhoReads, SIGN_IN_MAIL_VALID_MINUTES } from './sign-in-mails';

/** Where a planned message can go. PUSH has no target: it goes to the devices of the person. */
export interface Recipient {
  readonly user: User;
  readonly target: string;
  /** Of a telephone number: the country by which it is read when it is written without one. */
  readonly regionCode?: string;
}

/** Address or number of one of the person's contacts; undefined when it is gone. */
export const contactTarget = ({ contacts }: User, contactId: ContactId | undefined): string | undefined =>
  contacts.find(({ id }) => id === contactId)?.target;

/** A fallback page is the last resort: nobody else was there to be told (B11). Whoever asks for a test, a code or a link is awake. */
const throughMute: readonly NotificationPurpose[] = ['fallback', 'test', 'sign-in', 'verification'];

const validMinutesOf: Partial<Readonly<Record<NotificationPurpose, number>>> = {
  verification: CODE_VALID_MINUTES,
  'sign-in': SIGN_IN_MAIL_VALID_MINUTES,
};

const hasNoContact = (method: NotificationMethod): boolean => method === 'PUSH' || isAccountMethod(method);

/** To whom and where, as the person is configured now; or why it goes nowhere any more. */
export const recipientOf = (
  { method, contactId, purpose, dueAt }: Pick<PlannedData, 'method' | 'contactId' | 'purpose' | 'dueAt'>,
  user: User | undefined,
  now: Instant,
): Recipient | { readonly stopped: CancelReason } => {
  if (user === undefined) return { stopped: 'user-deleted' };
  const contact = hasNoContact(method) ? undefined : user.contacts.find(({ id }) => id === contactId);
  if (!hasNoContact(method) && contact === undefined) return { stopped: 'contact-removed' };
  const account = isAccountMethod(method) ? linkedAccount(user, method) : undefined;
  // The provider or the person said so after it was planned.
  if (contact?.status === 'BLACKLISTED' || account?.isClosed === true) return { stopped: 'contact-blacklisted' };
  // Whoever waited for a code or link so long asks for another one; this one would only confuse them.
  const validMinutes = validMinutesOf[purpose];
  if (validMinutes !== undefined && now >= plusMinutes(dueAt, validMinutes)) return { stopped: 'expired' };
  // A link leads to whoever reads it, so that the address must still be the one that the person signs in with.
  if (purpose === 'sign-in' && (contact === undefined || !showsWhoReads(user, contact))) return { stopped: 'contact-removed' };
  // It goes to devices, and the last one was removed.
  if (method === 'PUSH' && pushDevicesOf(user).length === 0) return { stopped: 'contact-removed' };
  // Where there is no contact, what it goes to was taken away.
  const target = isAccountMethod(method) ? account?.address : (contact?.target ?? '');
  if (target === undefined) return { stopped: 'contact-removed' };
  const isMuted = user.mutedUntil !== undefined && user.mutedUntil > now;
  if (isMuted && !throughMute.includes(purpose)) return { stopped: 'muted' };
  return { user, target, ...(contact?.type === 'phone' ? { regionCode: contact.regionCode } : {}) };
};
