import type { ContactId, PreferenceId } from '../ids';
import { rejected } from '../rejection';
import type { Instant } from '../time';
import { invalidSetting } from './refusals';
import type { AlertPreference, Contact, NotificationMethod, User } from './resources';
import { refuseStrangers } from './roles';
import type { Editor } from './roles';

export type AlertPreferenceRequest = Omit<AlertPreference, 'id'>;

export interface PreferenceChange {
  readonly by: Editor;
  readonly now: Instant;
}

const LONGEST_DELAY_MIN = 120;

/** @throws Rejection `invalid`, `forbidden` */
export const addPreference = (user: User, id: PreferenceId, request: AlertPreferenceRequest, { by, now }: PreferenceChange): User => {
  refuseStrangers(by, user.id);
  return { ...user, alertPreferences: [...user.alertPreferences, checked(user, id, request)], updatedAt: now };
};

/** @throws Rejection `not-found`, `invalid`, `forbidden` */
export const replacePreference = (user: User, id: PreferenceId, request: AlertPreferenceRequest, { by, now }: PreferenceChange): User => {
  refuseStrangers(by, user.id);
  preferenceOf(user, id);
  const replaced = checked(user, id, request);
  return { ...user, alertPreferences: user.alertPreferences.map((each) => (each.id === id ? replaced : each)), updatedAt: now };
};

/** @throws Rejection `not-found`, `forbidden` */
export const removePreference = (user: User, id: PreferenceId, { by, now }: PreferenceChange): User => {
  refuseStrangers(by, user.id);
  preferenceOf(user, id);
  return { ...user, alertPreferences: user.alertPreferences.filter((each) => each.id !== id), updatedAt: now };
};

/** @throws Rejection `not-found` */
export const preferenceOf = (user: User, id: number): AlertPreference => {
  const preference = user.alertPreferences.find((each) => each.id === id);
  if (preference === undefined) throw rejected('not-found', `user ${user.id} has no alert preference ${id}`);
  return preference;
};

/** What a method goes to that needs no contact. */
const withoutContact: Partial<Readonly<Record<NotificationMethod, string>>> = {
  PUSH: 'the devices',
  SLACK: 'the linked Slack account',
  TEAMS: 'the linked Teams account',
};

/**
 * The person's own contact that the method needs; undefined where it goes to something else. Clients of ilert's API name a
 * telephone number with TELEGRAM, whose messages go to the linked account all the same: they get it back as they gave it.
 * @throws Rejection `invalid`
 */
export const contactFor = (user: User, method: NotificationMethod, contactId: ContactId | undefined): Contact | undefined => {
  if (method === 'TELEGRAM' && contactId === undefined) return undefined;
  const isOf = withoutContact[method];
  if (isOf !== undefined) {
    if (contactId !== undefined) throw invalidSetting('contact', `must be absent with ${method}, which goes to ${isOf} of the person`);
    return undefined;
  }
  if (contactId === undefined) throw invalidSetting('contact', `must be given as {"id":...} with ${method}`);
  const contact = user.contacts.find(({ id }) => id === contactId);
  if (contact === undefined) throw invalidSetting('contact', `user ${user.id} has no contact ${contactId}`);
  const needed = method === 'EMAIL' ? 'email' : 'phone';
  if (contact.type !== needed)
    throw invalidSetting(
      'contact',
      `${method} needs ${needed === 'email' ? 'an e-mail address' : 'a phone number'}, and contact ${contactId} is none`,
    );
  return contact;
};

const checked = (user: User, id: PreferenceId, { type, method, contactId, delayMin }: AlertPreferenceRequest): AlertPreference => {
  if (!Number.isInteger(delayMin) || delayMin < 0 || delayMin > LONGEST_DELAY_MIN)
    throw invalidSetting('delayMin', `must be a whole number from 0 to ${LONGEST_DELAY_MIN}`);
  const contact = contactFor(user, method, contactId);
  return { id, type, method, ...(contact === undefined ? {} : { contactId: contact.id }), delayMin };
};
