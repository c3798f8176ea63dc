import type { ContactId, User } from '@tocsin/domain';

/** Address or number of one of the person's contacts; undefined when it is gone. PUSH has none. */
export const contactTarget = (user: User, contactId: ContactId | undefined): string | undefined =>
  contactId === undefined ? undefined : user.contacts.find(({ id }) => id === contactId)?.target;
