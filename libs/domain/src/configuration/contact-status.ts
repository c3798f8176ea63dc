import type { ContactId } from '../ids';
import type { Instant } from '../time';
import type { User } from './resources';

/**
 * The carrier takes no more messages to this contact, or takes them again: the person texted STOP or START, or the provider said
 * so (B24). One that is locked stays locked.
 */
export const withCarrierStatus = (user: User, contactId: ContactId, status: 'OK' | 'BLACKLISTED', now: Instant): User => {
  const contact = user.contacts.find(({ id }) => id === contactId);
  if (contact === undefined || contact.status === status || contact.status === 'LOCKED') return user;
  return { ...user, contacts: user.contacts.map((each) => (each.id === contactId ? { ...each, status } : each)), updatedAt: now };
};
