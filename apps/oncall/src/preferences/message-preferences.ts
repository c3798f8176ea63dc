import {
  addMessagePreference,
  messagePreferenceOf,
  messagePreferences,
  removeMessagePreference,
  replaceMessagePreference,
} from '@tocsin/domain';
import type {
  Contact,
  Editor,
  MessagePreference,
  MessagePreferenceRequest,
  PreferenceId,
  PreferenceList,
  User,
  UserId,
} from '@tocsin/domain';
import { ConfigurationStore, IdAllocator } from '@tocsin/platform';
import type { ChangeContext } from '@tocsin/platform';
import { People } from '../users/people';

/** Whose list it is, and who asks. */
export interface ListOwner<List extends PreferenceList> {
  readonly list: List;
  /** As the path names the person. */
  readonly reference: string;
  readonly by: Editor;
}

/** With the contacts that it may name. */
export interface ListedPreference<List extends PreferenceList> {
  readonly preference: Extract<MessagePreference, { list: List }>;
  readonly contacts: readonly Contact[];
}

/** How people are told what is no page: their own lists, which they and administrators keep (B32). */
export class MessagePreferences {
  constructor(
    private readonly people: People,
    private readonly store: ConfigurationStore,
    private readonly ids: IdAllocator,
  ) {}

  /** @throws Rejection `forbidden`, `not-found` */
  async all<List extends PreferenceList>({ list, reference, by }: ListOwner<List>): Promise<readonly ListedPreference<List>[]> {
    const user = await this.people.findOwn(reference, by);
    return messagePreferences(user, list).map((preference) => ({ preference, contacts: user.contacts }));
  }

  /** @throws Rejection `forbidden`, `not-found` */
  async get<List extends PreferenceList>({ list, reference, by }: ListOwner<List>, id: PreferenceId): Promise<ListedPreference<List>> {
    return listed(await this.people.findOwn(reference, by), list, id);
  }

  /** @throws Rejection `forbidden`, `not-found`, `invalid`; EventStoreFault */
  async add<List extends PreferenceList>(
    { list, reference, by }: ListOwner<List>,
    request: MessagePreferenceRequest,
    context: ChangeContext,
  ): Promise<ListedPreference<List> & { readonly userId: UserId }> {
    const { id: userId } = await this.people.findOwn(reference, by);
    const id = (await this.ids.next('preference')) as PreferenceId;
    const user = await this.store.change(
      'user',
      userId,
      (current, now) => addMessagePreference(current, { list, id }, request, { by, now }),
      context,
    );
    return { userId, ...listed(user, list, id) };
  }

  /** @throws Rejection `forbidden`, `not-found`, `invalid`; EventStoreFault */
  async replace<List extends PreferenceList>(
    { list, reference, by }: ListOwner<List>,
    id: PreferenceId,
    request: MessagePreferenceRequest,
    context: ChangeContext,
  ): Promise<ListedPreference<List>> {
    const { id: userId } = await this.people.findOwn(reference, by);
    const user = await this.store.change(
      'user',
      userId,
      (current, now) => replaceMessagePreference(current, { list, id }, request, { by, now }),
      context,
    );
    return listed(user, list, id);
  }

  /** @throws Rejection `forbidden`, `not-found`; EventStoreFault */
  async remove<List extends PreferenceList>(
    { list, reference, by }: ListOwner<List>,
    id: PreferenceId,
    context: ChangeContext,
  ): Promise<void> {
    const { id: userId } = await this.people.findOwn(reference, by);
    await this.store.change('user', userId, (current, now) => removeMessagePreference(current, { list, id }, { by, now }), context);
  }
}

const listed = <List extends PreferenceList>(user: User, list: List, id: number): ListedPreference<List> => ({
  preference: messagePreferenceOf(user, list, id),
  contacts: user.contacts,
});
