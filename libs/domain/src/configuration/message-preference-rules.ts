import type { ContactId, PreferenceId } from '../ids';
import { DUTY_MINUTES } from '../oncall/duties';
import { rejected } from '../rejection';
import { contactFor, type PreferenceChange } from './preference-rules';
import { invalidSetting } from './refusals';
import type { MessagePreference, NotificationMethod, User } from './resources';
import { refuseStrangers } from './roles';

export type PreferenceList = MessagePreference['list'];

/** As it was asked for, whatever the list. */
export interface MessagePreferenceRequest {
  readonly method: NotificationMethod;
  readonly contactId?: ContactId;
  readonly type?: string;
  readonly beforeMin?: number;
}

const methods: Readonly<Record<PreferenceList, readonly NotificationMethod[]>> = {
  updates: ['EMAIL', 'SMS', 'PUSH', 'WHATSAPP', 'TELEGRAM', 'SLACK', 'TEAMS'],
  duties: ['EMAIL', 'SMS', 'PUSH', 'WHATSAPP', 'TELEGRAM', 'SLACK', 'TEAMS'],
  subscriptions: ['EMAIL', 'SMS', 'PUSH'],
};

const updateTypes = ['ALERT_ACCEPTED', 'ALERT_RESOLVED', 'ALERT_ESCALATED'] as const;

/** Those of one list, in the order in which they were added. */
export const messagePreferences = <List extends PreferenceList>(
  { messagePreferences: all = [] }: User,
  list: List,
): readonly Extract<MessagePreference, { list: List }>[] =>
  all.filter((preference): preference is Extract<MessagePreference, { list: List }> => preference.list === list);

/** @throws Rejection `not-found` */
export const messagePreferenceOf = <List extends PreferenceList>(
  user: User,
  list: List,
  id: number,
): Extract<MessagePreference, { list: List }> => {
  const preference = messagePreferences(user, list).find((each) => each.id === id);
  if (preference === undefined) throw rejected('not-found', `user ${user.id} has no such preference in ${list}: ${id}`);
  return preference;
};

/** @throws Rejection `invalid`, `forbidden` */
export const addMessagePreference = (
  user: User,
  { list, id }: { readonly list: PreferenceList; readonly id: PreferenceId },
  request: MessagePreferenceRequest,
  { by, now }: PreferenceChange,
): User => {
  refuseStrangers(by, user.id);
  return { ...user, messagePreferences: [...(user.messagePreferences ?? []), checked(user, list, id, request)], updatedAt: now };
};

/** @throws Rejection `not-found`, `invalid`, `forbidden` */
export const replaceMessagePreference = (
  user: User,
  { list, id }: { readonly list: PreferenceList; readonly id: PreferenceId },
  request: MessagePreferenceRequest,
  { by, now }: PreferenceChange,
): User => {
  refuseStrangers(by, user.id);
  messagePreferenceOf(user, list, id);
  const replaced = checked(user, list, id, request);
  return { ...user, messagePreferences: (user.messagePreferences ?? []).map((each) => (each.id === id ? replaced : each)), updatedAt: now };
};

/** @throws Rejection `not-found`, `forbidden` */
export const removeMessagePreference = (
  user: User,
  { list, id }: { readonly list: PreferenceList; readonly id: PreferenceId },
  { by, now }: PreferenceChange,
): User => {
  refuseStrangers(by, user.id);
  messagePreferenceOf(user, list, id);
  return { ...user, messagePreferences: (user.messagePreferences ?? []).filter((each) => each.id !== id), updatedAt: now };
};

/** @throws Rejection `invalid` */
export const refuseMethod = (list: PreferenceList, method: NotificationMethod): void => {
  if (!methods[list].includes(method)) throw invalidSetting('method', `must be one of ${methods[list].join(', ')} for ${list}`);
};

const checked = (
  user: User,
  list: PreferenceList,
  id: PreferenceId,
  { method, contactId, type, beforeMin }: MessagePreferenceRequest,
): MessagePreference => {
  refuseMethod(list, method);
  const contact = contactFor(user, method, contactId);
  const way = { id, method, ...(contact === undefined ? {} : { contactId: contact.id }) };
  switch (list) {
    case 'updates':
      return { list, ...way, type: oneOf('type', type, updateTypes) };
    case 'subscriptions':
      return { list, ...way };
    case 'duties':
      return {
        list,
        ...way,
        type: oneOf('type', type ?? 'ON_CALL', ['ON_CALL']),
        beforeMin: oneOf('beforeMin', beforeMin ?? 0, DUTY_MINUTES),
      };
  }
};

const oneOf = <const T>(field: string, value: unknown, choices: readonly T[]): T => {
  const choice = choices.find((each) => each === value);
  if (choice === undefined) throw invalidSetting(field, `must be one of ${choices.join(', ')}`);
  return choice;
};
