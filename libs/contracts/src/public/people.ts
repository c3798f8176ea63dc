import { accountMethods, linkedAccount, toIso } from '@tocsin/domain';
import type {
  AlertPreference,
  ApiKey,
  Contact,
  DutyPreference,
  SubscriptionPreference,
  LostPushDevice,
  MessagePreference,
  PushDevice,
  Team,
  TeamId,
  UpdatePreference,
  User,
  UserId,
} from '@tocsin/domain';
import type { ResourceLookup } from './lookup';

export interface PublicUserRel {
  readonly id: number;
  readonly firstName: string;
  readonly lastName: string;
  readonly username?: string;
}

export interface PublicTeamRel {
  readonly id: number;
  readonly name: string;
}

export interface PublicUser extends PublicUserRel {
  readonly username: string;
  readonly email: string;
  readonly timezone: string;
  readonly language: string;
  readonly role: string;
  readonly region?: string;
  readonly position?: string;
  readonly department?: string;
  readonly shiftColor?: string;
  readonly mutedUntil?: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface PublicTeamMember {
  readonly user: PublicUserRel;
  readonly role: string;
}

export interface PublicTeam {
  readonly id: number;
  readonly name: string;
  readonly visibility: string;
  readonly members: readonly PublicTeamMember[];
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface PublicContact {
  readonly id: number;
  /** Of phone numbers. */
  readonly regionCode?: string;
  readonly target: string;
  /** Of phone numbers. */
  readonly primary?: boolean;
  readonly status: string;
  /** Additive: nothing is sent to a contact of which nobody knows that it is the person's. */
  readonly verified: boolean;
}

/** Additive. One that was removed without the person's doing is listed with the reason. */
export interface PublicPushDevice {
  readonly id: number;
  readonly type: string;
  readonly name: string;
  readonly status: 'OK' | 'LOST';
  /** Whether the page was opened from the home screen, where that matters. */
  readonly onHomeScreen?: boolean;
  readonly addedAt?: string;
  readonly lostAt?: string;
  readonly reason?: string;
}

/** Additive: an account in a chat that pages are sent to in place of a contact. */
export interface PublicChatAccount {
  readonly method: string;
  /** `CLOSED`: it takes no more messages. */
  readonly status: 'OK' | 'CLOSED';
}

/** The only answer that tells the topic of an ntfy server. */
export interface PublicNewPushDevice extends PublicPushDevice {
  readonly topic?: string;
  /** Where the app finds it. */
  readonly url?: string;
}

export interface PublicAlertPreference {
  readonly id: number;
  readonly method: string;
  readonly contact?: PublicContact;
  readonly delayMin: number;
  readonly type: string;
}

export interface PublicUpdatePreference {
  readonly id: number;
  readonly method: string;
  readonly contact?: PublicContact;
  readonly type: string;
}

export interface PublicDutyPreference {
  readonly id: number;
  readonly method: string;
  readonly contact?: PublicContact;
  readonly type: string;
  readonly beforeMin: number;
}

export interface PublicSubscriptionPreference {
  readonly id: number;
  readonly method: string;
  readonly contact?: PublicContact;
}

/** A test message that is on its way. */
export interface PublicTestNotification {
  readonly id: number;
  readonly method: string;
  readonly contact?: PublicContact;
  readonly status: 'SCHEDULED';
}

/** A code that is on its way to a contact, to be entered by the person. */
export interface PublicVerificationCode extends PublicTestNotification {
  readonly expiresAt: string;
}

export interface PublicApiKey {
  readonly id: number;
  readonly name: string;
  readonly user: PublicUserRel;
  readonly role: string;
  readonly use: string;
  readonly expiresAt?: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** The only answer that shows the key itself. */
export interface PublicNewApiKey extends PublicApiKey {
  readonly key: string;
}

/** Who was deleted stays on old timelines and alerts, and who is hidden on what names them, without a name (BEHAVIOUR B33). */
export const publicUserRel = (userId: UserId, lookup: ResourceLookup): PublicUserRel => {
  const user = lookup.get('user', userId);
  return user === undefined
    ? { id: userId, firstName: lookup.hidden?.('user', userId) === undefined ? 'deleted' : 'hidden', lastName: 'user' }
    : { id: user.id, firstName: user.firstName, lastName: user.lastName, username: user.username };
};

export const publicUser = (user: User): PublicUser => ({
  id: user.id,
  username: user.username,
  firstName: user.firstName,
  lastName: user.lastName,
  email: user.email,
  timezone: user.timezone,
  language: user.language,
  role: user.role,
  ...(user.region === undefined ? {} : { region: user.region }),
  ...(user.position === undefined ? {} : { position: user.position }),
  ...(user.department === undefined ? {} : { department: user.department }),
  ...(user.shiftColor === undefined ? {} : { shiftColor: user.shiftColor }),
  ...(user.mutedUntil === undefined ? {} : { mutedUntil: toIso(user.mutedUntil) }),
  createdAt: toIso(user.createdAt),
  updatedAt: toIso(user.updatedAt),
});

export const publicTeam = (team: Team, lookup: ResourceLookup): PublicTeam => ({
  id: team.id,
  name: team.name,
  visibility: team.visibility,
  members: team.members.map(({ userId, role }) => ({ user: publicUserRel(userId, lookup), role })),
  createdAt: toIso(team.createdAt),
  updatedAt: toIso(team.updatedAt),
});

/** Teams sorted by id; one that is gone is left out, one that is hidden has no name. */
export const publicTeamRels = (teamIds: readonly TeamId[], lookup: ResourceLookup): PublicTeamRel[] =>
  teamIds.flatMap((id) => {
    const team = lookup.get('team', id);
    if (team !== undefined) return [{ id, name: team.name }];
    return lookup.hidden?.('team', id) === undefined ? [] : [{ id, name: 'hidden team' }];
  });

export const publicContact = (contact: Contact): PublicContact => {
  const { id, target, status, verified } = contact;
  return contact.type === 'email'
    ? { id, target, status, verified }
    : { id, regionCode: contact.regionCode, target, primary: contact.primary, status, verified };
};

/** Where messages go is nobody's business. */
export const publicChatAccounts = (user: User): readonly PublicChatAccount[] =>
  accountMethods.flatMap((method) => {
    const account = linkedAccount(user, method);
    return account === undefined ? [] : [{ method, status: account.isClosed ? ('CLOSED' as const) : ('OK' as const) }];
  });

export const publicPushDevice = ({ id, type, name, onHomeScreen, addedAt }: PushDevice): PublicPushDevice => ({
  ...{ id, type, name, status: 'OK' },
  ...(onHomeScreen === undefined ? {} : { onHomeScreen }),
  addedAt: toIso(addedAt),
});

export const publicLostPushDevice = ({ id, type, name, reason, lostAt }: LostPushDevice): PublicPushDevice => ({
  ...{ id, type, name, status: 'LOST' },
  lostAt: toIso(lostAt),
  reason,
});

export const publicAlertPreference = (
  { id, method, contactId, delayMin, type }: AlertPreference,
  contacts: readonly Contact[],
): PublicAlertPreference => {
  const contact = contacts.find((each) => each.id === contactId);
  return { id, method, ...(contact === undefined ? {} : { contact: publicContact(contact) }), delayMin, type };
};

const publicWay = ({ id, method, contactId }: MessagePreference, contacts: readonly Contact[]) => {
  const contact = contacts.find((each) => each.id === contactId);
  return { id, method, ...(contact === undefined ? {} : { contact: publicContact(contact) }) };
};

export const publicUpdatePreference = ({
  preference,
  contacts,
}: {
  readonly preference: UpdatePreference;
  readonly contacts: readonly Contact[];
}): PublicUpdatePreference => ({ ...publicWay(preference, contacts), type: preference.type });

export const publicDutyPreference = ({
  preference,
  contacts,
}: {
  readonly preference: DutyPreference;
  readonly contacts: readonly Contact[];
}): PublicDutyPreference => ({ ...publicWay(preference, contacts), type: preference.type, beforeMin: preference.beforeMin });

export const publicSubscriptionPreference = ({
  preference,
  contacts,
}: {
  readonly preference: SubscriptionPreference;
  readonly contacts: readonly Contact[];
}): PublicSubscriptionPreference => publicWay(preference, contacts);

/** Without anything of the key itself, which is shown once, by the answer that made it. */
export const publicApiKey = (key: ApiKey, lookup: ResourceLookup): PublicApiKey => ({
  id: key.id,
  name: key.name,
  user: publicUserRel(key.userId, lookup),
  role: key.role,
  use: key.use,
  ...(key.expiresAt === undefined ? {} : { expiresAt: toIso(key.expiresAt) }),
  createdAt: toIso(key.createdAt),
  updatedAt: toIso(key.updatedAt),
});
