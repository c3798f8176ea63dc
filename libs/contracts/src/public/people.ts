import { toIso } from '@tocsin/domain';
import type { Team, TeamId, User, UserId } from '@tocsin/domain';
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

export interface PublicTeam {
  readonly id: number;
  readonly name: string;
  readonly visibility: string;
  readonly members: readonly { readonly user: PublicUserRel; readonly role: string }[];
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** A person who was deleted stays on old timelines and alerts, without a name (BEHAVIOUR B33). */
export const publicUserRel = (userId: UserId, lookup: ResourceLookup): PublicUserRel => {
  const user = lookup.get('user', userId);
  return user === undefined
    ? { id: userId, firstName: 'deleted', lastName: 'user' }
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

/** Teams sorted by id; one that is gone is left out. */
export const publicTeamRels = (teamIds: readonly TeamId[], lookup: ResourceLookup): PublicTeamRel[] =>
  teamIds.flatMap((id) => {
    const team = lookup.get('team', id);
    return team === undefined ? [] : [{ id, name: team.name }];
  });
