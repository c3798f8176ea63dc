import type {
  PublicAlertPreference,
  PublicApiKey,
  PublicChatAccount,
  PublicContact,
  PublicDutyPreference,
  PublicNewApiKey,
  PublicNewPushDevice,
  PublicPushDevice,
  PublicSubscriptionPreference,
  PublicTeam,
  PublicTeamMember,
  PublicTeamRel,
  PublicTestNotification,
  PublicUpdatePreference,
  PublicUser,
  PublicUserRel,
  PublicVerificationCode,
} from '../public/people';
import { flag, id, listOf, maybe, named, object, text, time, whole, words } from './shape';

const role = words('STAKEHOLDER', 'GUEST', 'RESPONDER', 'USER', 'ADMIN');

export const UserRel = named('UserRel', object<PublicUserRel>({ id, firstName: text, lastName: text, username: maybe(text) }));
export const TeamRel = named('TeamRel', object<PublicTeamRel>({ id, name: text }));

export const User = named(
  'User',
  object<PublicUser>({
    id,
    username: text,
    firstName: text,
    lastName: text,
    email: text,
    timezone: text,
    language: words('en', 'de'),
    role,
    region: maybe(text),
    position: maybe(text),
    department: maybe(text),
    shiftColor: maybe(text),
    mutedUntil: maybe(time),
    createdAt: time,
    updatedAt: time,
  }),
);

export const TeamMember = named('TeamMember', object<PublicTeamMember>({ user: UserRel, role }));
export const Team = named(
  'Team',
  object<PublicTeam>({
    id,
    name: text,
    visibility: words('PUBLIC', 'PRIVATE'),
    members: listOf(TeamMember),
    createdAt: time,
    updatedAt: time,
  }),
);

export const Contact = named(
  'Contact',
  object<PublicContact>({
    id,
    regionCode: maybe(text),
    target: text,
    primary: maybe(flag),
    status: words('OK', 'LOCKED', 'BLACKLISTED'),
    verified: flag,
  }),
);

export const ChatAccount = named(
  'ChatAccount',
  object<PublicChatAccount>({ method: words('SLACK', 'TELEGRAM', 'TEAMS'), status: words('OK', 'CLOSED') }),
);

const deviceFields = {
  id,
  type: words('WEB_PUSH', 'NTFY', 'DISCORD', 'MATTERMOST'),
  name: text,
  status: words('OK', 'LOST'),
  onHomeScreen: maybe(flag),
  addedAt: maybe(time),
  lostAt: maybe(time),
  reason: maybe(words('gone', 'taken-over')),
};
export const PushDevice = named('PushDevice', object<PublicPushDevice>(deviceFields));
export const NewPushDevice = named('NewPushDevice', object<PublicNewPushDevice>({ ...deviceFields, topic: maybe(text), url: maybe(text) }));

export const AlertPreference = named(
  'AlertPreference',
  object<PublicAlertPreference>({
    id,
    method: text,
    contact: maybe(Contact),
    delayMin: whole,
    type: words('HIGH_PRIORITY', 'LOW_PRIORITY'),
  }),
);

export const UpdatePreference = named(
  'UpdatePreference',
  object<PublicUpdatePreference>({
    id,
    method: text,
    contact: maybe(Contact),
    type: words('ALERT_ACCEPTED', 'ALERT_RESOLVED', 'ALERT_ESCALATED'),
  }),
);

export const DutyPreference = named(
  'DutyPreference',
  object<PublicDutyPreference>({ id, method: text, contact: maybe(Contact), type: words('ON_CALL'), beforeMin: whole }),
);

export const SubscriptionPreference = named(
  'SubscriptionPreference',
  object<PublicSubscriptionPreference>({ id, method: text, contact: maybe(Contact) }),
);

const notificationFields = { id, method: text, contact: maybe(Contact), status: words('SCHEDULED') };
export const TestNotification = named('TestNotification', object<PublicTestNotification>(notificationFields));
export const VerificationCode = named('VerificationCode', object<PublicVerificationCode>({ ...notificationFields, expiresAt: time }));

const keyFields = {
  id,
  name: text,
  user: UserRel,
  role,
  use: words('api', 'session'),
  expiresAt: maybe(time),
  createdAt: time,
  updatedAt: time,
};
export const ApiKey = named('ApiKey', object<PublicApiKey>(keyFields));
export const NewApiKey = named('NewApiKey', object<PublicNewApiKey>({ ...keyFields, key: text }));
