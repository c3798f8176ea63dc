import type { ContactId, PreferenceId, UserId } from '../ids';
import { isTimeZone } from '../oncall/time-zone';
import { rejected } from '../rejection';
import type { Instant } from '../time';
import { emailAddressProblem, foldedAddress, regionCodeProblem } from './contact-targets';
import { invalidSetting } from './refusals';
import type { Role, User } from './resources';
import { refuseStrangers, refuseWithoutAdmin } from './roles';
import type { Editor } from './roles';

export interface UserRequest {
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  /** Absent: the local part of the e-mail address for a new user, unchanged for another. */
  readonly username?: string;
  readonly timezone?: string;
  readonly language?: User['language'];
  readonly role?: Role;
  readonly region?: string;
  readonly position?: string;
  readonly department?: string;
  readonly shiftColor?: string;
  /** Absent leaves it: older clients do not know it and must not end it. Null ends it. */
  readonly mutedUntil?: Instant | null;
}

export interface NewUserIds {
  readonly id: UserId;
  readonly contact: ContactId;
  readonly high: PreferenceId;
  readonly low: PreferenceId;
  readonly duty: PreferenceId;
  readonly subscription: PreferenceId;
}

export interface UserChange {
  readonly by: Editor;
  readonly now: Instant;
  readonly others: readonly User[];
}

const USUAL_BEFORE_MIN = 30;
const USUAL = { timezone: 'Europe/Berlin', language: 'en', role: 'USER' } as const;

/**
 * A new person: reached by e-mail at once for both priorities (B15), half an hour before a shift, and of what they follow, at the login address,
 * which the administrator vouches for. @throws Rejection `forbidden`, `invalid`, `already-exists`
 */
export const createUser = (
  { id, contact, high, low, duty, subscription }: NewUserIds,
  request: UserRequest,
  { by, now, others }: UserChange,
): User => {
  if (by.role !== 'ADMIN') throw rejected('forbidden', 'creating a user needs the role ADMIN');
  const profile = profileOf(request, USUAL, others);
  const username = request.username ?? freeUsername(profile.email, others);
  refuseUsername(username, profile.email, { by, others });
  return {
    id,
    username,
    ...profile,
    ...(request.mutedUntil == null || request.mutedUntil <= now ? {} : { mutedUntil: request.mutedUntil }),
    contacts: [{ id: contact, type: 'email', target: profile.email, status: 'OK', verified: true }],
    alertPreferences: [
      { id: high, type: 'HIGH_PRIORITY', method: 'EMAIL', contactId: contact, delayMin: 0 },
      { id: low, type: 'LOW_PRIORITY', method: 'EMAIL', contactId: contact, delayMin: 0 },
    ],
    messagePreferences: [
      { list: 'duties', id: duty, type: 'ON_CALL', method: 'EMAIL', contactId: contact, beforeMin: USUAL_BEFORE_MIN },
      { list: 'subscriptions', id: subscription, method: 'EMAIL', contactId: contact },
    ],
    createdAt: now,
    updatedAt: now,
  };
};

/**
 * The whole person anew, but for contacts and preferences. Absent settings that have no empty value stay as they are.
 * @throws Rejection `forbidden`, `invalid`, `already-exists`, `still-in-use`
 */
export const replaceUser = (current: User, request: UserRequest, { by, now, others }: UserChange): User => {
  refuseStrangers(by, current.id);
  const { mutedUntil = current.mutedUntil } = request;
  const isSameEmail = foldedAddress(request.email) === foldedAddress(current.email);
  // Whoever has the login address can sign in: nobody takes an address of which nobody knows that it is theirs.
  if (!isSameEmail && by.role !== 'ADMIN')
    throw rejected('forbidden', 'changing the login e-mail needs the role ADMIN: it is not verified', { field: 'email' });
  const profile = profileOf(request, current, others);
  if (profile.role !== current.role) {
    if (by.role !== 'ADMIN') throw rejected('forbidden', 'changing a role needs the role ADMIN', { field: 'role' });
    refuseWithoutAdmin(current, others);
  }
  const username = request.username ?? current.username;
  if (username !== current.username) refuseUsername(username, profile.email, { by, others });
  return {
    id: current.id,
    username,
    ...profile,
    ...(mutedUntil == null || mutedUntil <= now ? {} : { mutedUntil }),
    ...(current.slackAccount === undefined ? {} : { slackAccount: current.slackAccount }),
    ...(current.chatAccounts === undefined ? {} : { chatAccounts: current.chatAccounts }),
    ...(current.chatUnlinkedAt === undefined ? {} : { chatUnlinkedAt: current.chatUnlinkedAt }),
    contacts: isSameEmail ? current.contacts : contactsFollowing(current, profile.email),
    alertPreferences: current.alertPreferences,
    ...(current.messagePreferences === undefined ? {} : { messagePreferences: current.messagePreferences }),
    ...(current.pushDevices === undefined ? {} : { pushDevices: current.pushDevices }),
    ...(current.lostPushDevices === undefined ? {} : { lostPushDevices: current.lostPushDevices }),
    createdAt: current.createdAt,
    updatedAt: now,
  };
};

type Profile = Omit<
  User,
  | 'id'
  | 'username'
  | 'mutedUntil'
  | 'slackAccount'
  | 'chatAccounts'
  | 'chatUnlinkedAt'
  | 'contacts'
  | 'alertPreferences'
  | 'messagePreferences'
  | 'pushDevices'
  | 'lostPushDevices'
  | 'createdAt'
  | 'updatedAt'
>;

const profileOf = (request: UserRequest, usual: Pick<User, 'timezone' | 'language' | 'role'>, others: readonly User[]): Profile => {
  const email = request.email.trim();
  const problem = emailAddressProblem(email);
  if (problem !== undefined) throw invalidSetting('email', problem);
  const taken = others.find(
    (other) => foldedAddress(other.email) === foldedAddress(email) || foldedAddress(other.username) === foldedAddress(email),
  );
  if (taken !== undefined)
    throw rejected('already-exists', `email: user ${taken.id} has this address`, {
      field: 'email',
      resource: { type: 'user', id: taken.id },
    });
  const timezone = request.timezone ?? usual.timezone;
  if (!isTimeZone(timezone)) throw invalidSetting('timezone', 'must be a time zone of the IANA database, like Europe/Berlin');
  const regionProblem = request.region === undefined ? undefined : regionCodeProblem(request.region);
  if (regionProblem !== undefined) throw invalidSetting('region', regionProblem);
  const { firstName, lastName, region, position, department, shiftColor } = request;
  return {
    firstName,
    lastName,
    email,
    timezone,
    language: request.language ?? usual.language,
    role: request.role ?? usual.role,
    ...(region === undefined ? {} : { region }),
    ...(position === undefined ? {} : { position }),
    ...(department === undefined ? {} : { department }),
    ...(shiftColor === undefined ? {} : { shiftColor }),
  };
};

/** Pages that went to the old login address go to the new one, unless that is a contact of its own already. */
const contactsFollowing = ({ email, contacts }: User, to: string): User['contacts'] => {
  const at = (address: string) => (contact: User['contacts'][number]) =>
    contact.type === 'email' && foldedAddress(contact.target) === foldedAddress(address);
  if (contacts.some(at(to))) return contacts;
  return contacts.map((contact) => (at(email)(contact) ? { ...contact, target: to, status: 'OK', verified: true } : contact));
};

const USERNAME = /^[\p{L}\p{N}._+@-]{1,255}$/u;
const RESERVED: ReadonlySet<string> = new Set(['current', 'search-email']);

/** A username stands where an id may stand (B4), so it is none, and it is nobody's e-mail address but the person's own. */
const refuseUsername = (username: string, email: string, { by, others }: Pick<UserChange, 'by' | 'others'>): void => {
  const folded = foldedAddress(username);
  if (!USERNAME.test(username) || /^\d+$/.test(username) || RESERVED.has(folded))
    throw invalidSetting('username', 'must be 1 to 255 letters, digits and . _ + @ -, not digits alone');
  if (username.includes('@') && folded !== foldedAddress(email))
    throw invalidSetting('username', 'with an @ must be the e-mail address of the person');
  const taken = others.find((other) => foldedAddress(other.username) === folded || foldedAddress(other.email) === folded);
  if (taken === undefined) return;
  // Who that is may be hidden from others.
  if (by.role !== 'ADMIN') throw rejected('already-exists', 'username: somebody else has it', { field: 'username' });
  throw rejected('already-exists', `username: user ${taken.id} has it`, { field: 'username', resource: { type: 'user', id: taken.id } });
};

const freeUsername = (email: string, others: readonly User[]): string => {
  const local = email.slice(0, email.lastIndexOf('@')).replaceAll(/[^\p{L}\p{N}._+-]/gu, '-');
  const base = /^\d+$/.test(local) || RESERVED.has(local.toLowerCase()) ? `user-${local}` : local;
  const taken = new Set(others.flatMap((other) => [foldedAddress(other.username), foldedAddress(other.email)]));
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? base : `${base}${number}`;
    if (!taken.has(foldedAddress(candidate))) return candidate;
  }
};
