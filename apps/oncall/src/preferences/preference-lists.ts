import { publicAlertPreference, publicDutyPreference, publicSubscriptionPreference, publicUpdatePreference } from '@tocsin/contracts';
import type { AnswerName, AnswerOf } from '@tocsin/contracts/answer-shapes';
import {
  addMessagePreference,
  addPreference,
  messagePreferenceOf,
  messagePreferences,
  preferenceOf,
  removeMessagePreference,
  removePreference,
  replaceMessagePreference,
  replacePreference,
} from '@tocsin/domain';
import type { Contact, Editor, Instant, MessagePreference, PreferenceId, PreferenceList, User } from '@tocsin/domain';
import {
  AlertPreferenceBody,
  alertPreferenceRequest,
  DutyPreferenceBody,
  messagePreferenceRequest,
  SubscriptionPreferenceBody,
  UpdatePreferenceBody,
} from './preference-requests';

export interface PreferenceEdit {
  readonly id: PreferenceId;
  readonly by: Editor;
  readonly now: Instant;
}

/** One of a person's lists: what its entries are to the outside, and the rules for them. */
export interface KeptList<Name extends AnswerName, Body extends object> {
  /** The end of its path. */
  readonly name: 'alerts' | PreferenceList;
  /** What it says of a user, after `is`: it goes into the description of the API. */
  readonly about: string;
  /** What its entries are described as, and therefore are. */
  readonly answer: Name;
  readonly body: new () => Body;
  all(user: User): readonly AnswerOf<Name>[];
  /** @throws Rejection `not-found` */
  one(user: User, id: PreferenceId): AnswerOf<Name>;
  /** @throws Rejection `invalid`, `forbidden` */
  add(user: User, body: Body, edit: PreferenceEdit): User;
  /** @throws Rejection `not-found`, `invalid`, `forbidden` */
  replace(user: User, body: Body, edit: PreferenceEdit): User;
  /** @throws Rejection `not-found`, `forbidden` */
  remove(user: User, edit: PreferenceEdit): User;
}

/** How a person is paged: after how long, by what, at which contact. */
export const alertList: KeptList<'AlertPreference', AlertPreferenceBody> = {
  name: 'alerts',
  about: 'paged',
  answer: 'AlertPreference',
  body: AlertPreferenceBody,
  all: ({ alertPreferences, contacts }) => alertPreferences.map((preference) => publicAlertPreference(preference, contacts)),
  one: (user, id) => publicAlertPreference(preferenceOf(user, id), user.contacts),
  add: (user, body, { id, ...change }) => addPreference(user, id, alertPreferenceRequest(body), change),
  replace: (user, body, { id, ...change }) => replacePreference(user, id, alertPreferenceRequest(body), change),
  remove: (user, { id, ...change }) => removePreference(user, id, change),
};

/** With the contacts that it may name. */
interface Listed<List extends PreferenceList> {
  readonly preference: Extract<MessagePreference, { list: List }>;
  readonly contacts: readonly Contact[];
}

/** How people are told what is no page. */
const messageList = <List extends PreferenceList, Name extends AnswerName, Body extends Parameters<typeof messagePreferenceRequest>[0]>(
  name: List,
  {
    shown,
    ...about
  }: Pick<KeptList<Name, Body>, 'about' | 'answer' | 'body'> & { readonly shown: (listed: Listed<List>) => AnswerOf<Name> },
): KeptList<Name, Body> => ({
  name,
  ...about,
  all: (user) => messagePreferences(user, name).map((preference) => shown({ preference, contacts: user.contacts })),
  one: (user, id) => shown({ preference: messagePreferenceOf(user, name, id), contacts: user.contacts }),
  add: (user, body, { id, ...change }) => addMessagePreference(user, { list: name, id }, messagePreferenceRequest(body), change),
  replace: (user, body, { id, ...change }) => replaceMessagePreference(user, { list: name, id }, messagePreferenceRequest(body), change),
  remove: (user, { id, ...change }) => removeMessagePreference(user, { list: name, id }, change),
});

/** Whether a person hears what others do with their alerts: off until they switch it on (B29). */
export const updateList = messageList('updates', {
  about: 'told what becomes of their alerts',
  answer: 'UpdatePreference',
  body: UpdatePreferenceBody,
  shown: publicUpdatePreference,
});

/** When a person is told that a shift of theirs begins; whoever has such a rule also hears when somebody else changed their shifts. */
export const dutyList = messageList('duties', {
  about: 'told of their shifts',
  answer: 'DutyPreference',
  body: DutyPreferenceBody,
  shown: publicDutyPreference,
});

/** How a person hears of the alerts of sources to which they, or a team of theirs, have subscribed. */
export const subscriptionList = messageList('subscriptions', {
  about: 'told of alerts that they follow',
  answer: 'SubscriptionPreference',
  body: SubscriptionPreferenceBody,
  shown: publicSubscriptionPreference,
});
