import type { ContactId } from '../ids';
import { rejected } from '../rejection';
import type { Instant } from '../time';
import { emailAddressProblem, foldedAddress, foldedNumber, phoneNumberProblem, regionCodeProblem } from './contact-targets';
import { invalidSetting, stillInUse } from './refusals';
import type { Contact, EmailContact, PhoneContact, User } from './resources';
import { refuseStrangers } from './roles';
import type { Editor } from './roles';

export interface EmailContactRequest {
  readonly type: 'email';
  readonly target: string;
}

export interface PhoneContactRequest {
  readonly type: 'phone';
  readonly regionCode: string;
  readonly target: string;
  readonly primary: boolean;
}

export type ContactRequest = EmailContactRequest | PhoneContactRequest;

export interface ContactChange {
  readonly by: Editor;
  readonly now: Instant;
  /** All other people: a number answers for one person only (B24). */
  readonly others: readonly User[];
}

type Draft = Omit<EmailContact, 'id'> | Omit<PhoneContact, 'id'>;

/** @throws Rejection `invalid`, `already-exists`, `forbidden` */
export const addContact = (user: User, id: ContactId, request: ContactRequest, change: ContactChange): User => {
  refuseStrangers(change.by, user.id);
  return withContact(user, id, contactFor(user, request, undefined, change), change.now);
};

/** @throws Rejection `not-found`, `invalid`, `already-exists`, `forbidden` */
export const replaceContact = (user: User, id: ContactId, request: ContactRequest, change: ContactChange): User => {
  refuseStrangers(change.by, user.id);
  return withContact(user, id, contactFor(user, request, contactOf(user, id, request.type), change), change.now);
};

/**
 * The contact as the person's own, now that the code that was sent to it has been entered. A number or an address answers for
 * one person only (B24). @throws Rejection `not-found`, `invalid`, `already-exists`, `forbidden`
 */
export const verifyContact = (user: User, id: ContactId, type: Contact['type'], { by, now, others }: ContactChange): User => {
  refuseStrangers(by, user.id);
  const contact = contactOf(user, id, type);
  refuseUnusableContact(contact);
  refuseContactOfAnother(contact, { by, others });
  if (contact.verified) return user;
  return { ...user, contacts: user.contacts.map((each) => (each.id === id ? { ...contact, verified: true } : each)), updatedAt: now };
};

/** Nothing can be sent to it. @throws Rejection `invalid` */
export const refuseUnusableContact = ({ id, status }: Contact): void => {
  if (status !== 'OK') throw rejected('invalid', `contact: ${id} is ${status}`, { field: 'contact' });
};

/** Somebody else has shown that it is theirs. @throws Rejection `already-exists` */
export const refuseContactOfAnother = (contact: ContactRequest, { by, others }: Pick<ContactChange, 'by' | 'others'>): void => {
  const { type, target } = contact;
  const regionCode = contact.type === 'phone' ? contact.regionCode : undefined;
  const owner = others.find((other) => contactWithTarget(other, type, target, regionCode)?.verified === true);
  if (owner === undefined) return;
  // Whose number it is, is nobody's business but an administrator's.
  const isTold = by.role === 'ADMIN';
  const what = type === 'phone' ? 'this number' : 'this address';
  throw rejected(
    'already-exists',
    `target: ${what} belongs to ${isTold ? `user ${owner.id}` : 'somebody else'}; an answer from it would be theirs`,
    { field: 'target', ...(isTold ? { resource: { type: 'user', id: owner.id } } : {}) },
  );
};

/** A contact that a rule uses stays, so that no rule goes silent unnoticed. @throws Rejection `not-found`, `still-in-use`, `forbidden` */
export const removeContact = (user: User, id: ContactId, type: Contact['type'], { by, now }: Pick<ContactChange, 'by' | 'now'>): User => {
  refuseStrangers(by, user.id);
  contactOf(user, id, type);
  const using = [
    ...user.alertPreferences.map((preference) => ({ preference, type: 'alert-preference' })),
    ...(user.messagePreferences ?? []).map((preference) => ({ preference, type: `${preference.list}-preference` })),
  ].filter(({ preference }) => preference.contactId === id);
  if (using.length > 0)
    throw stillInUse(
      `contact ${id} is used by the preferences ${using.map(({ preference }) => preference.id).join(', ')}: change or delete them first`,
      using.map(({ preference, type }) => ({ type, id: preference.id })),
    );
  return { ...user, contacts: user.contacts.filter((contact) => contact.id !== id), updatedAt: now };
};

/** @throws Rejection `not-found` */
export const contactOf = (user: User, id: number, type: Contact['type']): Contact => {
  const contact = user.contacts.find((each) => each.id === id && each.type === type);
  if (contact === undefined) throw rejected('not-found', `user ${user.id} has no such contact: ${id}`);
  return contact;
};

/** The contact of that kind with this address or number. A number matches with or without its country's own writing. */
export const contactWithTarget = (user: User, type: Contact['type'], target: string, regionCode?: string): Contact | undefined =>
  user.contacts.find((contact) => {
    if (contact.type !== type) return false;
    if (contact.type === 'email') return foldedAddress(contact.target) === foldedAddress(target);
    return foldedNumber(contact.target, contact.regionCode) === foldedNumber(target, regionCode ?? contact.regionCode);
  });

const contactFor = (user: User, request: ContactRequest, before: Contact | undefined, { by, others }: ContactChange): Draft => {
  const target = request.target.trim();
  refuseUnusable(request);
  const regionCode = request.type === 'phone' ? request.regionCode : undefined;
  const same = contactWithTarget(user, request.type, target, regionCode);
  if (same !== undefined && same.id !== before?.id)
    throw rejected('already-exists', `target: contact ${same.id} has it already`, {
      field: 'target',
      resource: { type: 'contact', id: same.id },
    });
  const isUnchanged = before !== undefined && same?.id === before.id;
  // An administrator vouches for what they enter, and the login address was theirs to enter; anything else is verified by its code.
  const verified =
    (isUnchanged && before.verified) ||
    by.role === 'ADMIN' ||
    (request.type === 'email' && foldedAddress(target) === foldedAddress(user.email));
  if (verified && request.type === 'phone') refuseContactOfAnother(request, { by, others });
  const kept = { target, status: isUnchanged ? before.status : ('OK' as const), verified };
  return request.type === 'email'
    ? { type: 'email', ...kept }
    : { type: 'phone', regionCode: request.regionCode, primary: request.primary, ...kept };
};

const refuseUnusable = (request: ContactRequest): void => {
  const region = request.type === 'phone' ? regionCodeProblem(request.regionCode) : undefined;
  if (region !== undefined) throw invalidSetting('regionCode', region);
  const problem = request.type === 'email' ? emailAddressProblem(request.target) : phoneNumberProblem(request.target);
  if (problem !== undefined) throw invalidSetting('target', problem);
};

const withContact = (user: User, id: ContactId, draft: Draft, now: Instant): User => {
  const contact: Contact = { id, ...draft };
  const isNew = !user.contacts.some((each) => each.id === id);
  const placed = isNew ? [...user.contacts, contact] : user.contacts.map((each) => (each.id === id ? contact : each));
  // Only one number is the primary one.
  const onePrimary = contact.type === 'phone' && contact.primary;
  const contacts = onePrimary
    ? placed.map((each) => (each.type === 'phone' && each.id !== id ? { ...each, primary: false } : each))
    : placed;
  return { ...user, contacts, updatedAt: now };
};
