import { dialled } from '@tocsin/channels';
import type { ContactId, User } from '@tocsin/domain';
import { ConfigurationReader } from '@tocsin/messaging';

/** Whose number it is: it is verified for one person only, so that what comes from it is theirs (B24). */
export const contactOfNumber = (
  configuration: ConfigurationReader,
  number: string,
): { readonly user: User; readonly contactId: ContactId } | undefined => {
  for (const user of configuration.list('user')) {
    const contact = user.contacts.find(
      (each) => each.type === 'phone' && each.verified && each.status !== 'LOCKED' && dialled(each.target, each.regionCode) === number,
    );
    if (contact !== undefined) return { user, contactId: contact.id };
  }
  return undefined;
};
