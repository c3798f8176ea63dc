import { publicContact } from '@tocsin/contracts';
import type { PublicContact } from '@tocsin/contracts';
import { addContact, contactOf, contactWithTarget, rejected, removeContact, replaceContact } from '@tocsin/domain';
import type { Contact, ContactChange, ContactId, ContactRequest, Editor, Instant, UserId } from '@tocsin/domain';
import { ConfigurationStore, IdAllocator } from '@tocsin/platform';
import type { ChangeContext } from '@tocsin/platform';
import { People } from '../users/people';

/** Whose contact it is, and who asks. */
export interface ContactOwner {
  /** As the path names the person. */
  readonly reference: string;
  readonly by: Editor;
}

/** Where people are reached: seen and changed by themselves and by administrators only (B32). */
export class Contacts {
  constructor(
    private readonly people: People,
    private readonly store: ConfigurationStore,
    private readonly ids: IdAllocator,
  ) {}

  async list(type: Contact['type'], { reference, by }: ContactOwner): Promise<readonly PublicContact[]> {
    const { contacts } = await this.people.findOwn(reference, by);
    return contacts.filter((contact) => contact.type === type).map(publicContact);
  }

  /** @throws Rejection `not-found`, `forbidden` */
  async get(type: Contact['type'], id: number, { reference, by }: ContactOwner): Promise<PublicContact> {
    return publicContact(contactOf(await this.people.findOwn(reference, by), id, type));
  }

  /** @throws Rejection `not-found`, `forbidden` */
  async search(
    type: Contact['type'],
    target: string,
    regionCode: string | undefined,
    { reference, by }: ContactOwner,
  ): Promise<PublicContact> {
    const found = contactWithTarget(await this.people.findOwn(reference, by), type, target, regionCode);
    if (found === undefined) throw rejected('not-found', 'the user has no such contact');
    return publicContact(found);
  }

  /** With where it is. @throws Rejection, EventStoreFault */
  async add(
    request: ContactRequest,
    { reference, by }: ContactOwner,
    context: ChangeContext,
  ): Promise<{ readonly contact: PublicContact; readonly userId: UserId }> {
    const { id: userId } = await this.people.findOwn(reference, by);
    const id = (await this.ids.next('contact')) as ContactId;
    const user = await this.store.change(
      'user',
      userId,
      (current, now) => addContact(current, id, request, this.change(userId, by, now)),
      context,
    );
    return { contact: publicContact(contactOf(user, id, request.type)), userId };
  }

  /** @throws Rejection, EventStoreFault */
  async replace(id: ContactId, request: ContactRequest, { reference, by }: ContactOwner, context: ChangeContext): Promise<PublicContact> {
    const { id: userId } = await this.people.findOwn(reference, by);
    const user = await this.store.change(
      'user',
      userId,
      (current, now) => replaceContact(current, id, request, this.change(userId, by, now)),
      context,
    );
    return publicContact(contactOf(user, id, request.type));
  }

  /** @throws Rejection, EventStoreFault */
  async remove(id: ContactId, type: Contact['type'], { reference, by }: ContactOwner, context: ChangeContext): Promise<void> {
    const { id: userId } = await this.people.findOwn(reference, by);
    await this.store.change('user', userId, (current, now) => removeContact(current, id, type, { by, now }), context);
  }

  private change(userId: UserId, by: Editor, now: Instant): ContactChange {
    return { by, now, others: this.people.others(userId) };
  }
}
