import type { TeamId, UserId } from '../ids';
import type { Schedule } from '../oncall/schedule';
import { rejected, type ConcernedResource } from '../rejection';
import type { Instant } from '../time';
import { invalidSetting, inWords, naming, refuseWhileNamed, stillInUse } from './refusals';
import type { AlertAction, AlertSource, EscalationPolicy, SupportHour, Team } from './resources';
import type { Editor } from './roles';

export type TeamMember = Team['members'][number];

export interface TeamRequest {
  readonly name: string;
  readonly visibility?: Team['visibility'];
  readonly members: readonly TeamMember[];
}

export interface TeamChange {
  readonly now: Instant;
  readonly userExists: (id: UserId) => boolean;
}

/** @throws Rejection `invalid` */
export const createTeam = (id: TeamId, request: TeamRequest, change: TeamChange): Team => ({
  id,
  ...checked(request, 'PUBLIC', change),
  createdAt: change.now,
  updatedAt: change.now,
});

/** Without a visibility it keeps the one it has: nobody shows what was hidden by leaving something out. @throws Rejection `forbidden`, `invalid` */
export const replaceTeam = (team: Team, request: TeamRequest, by: Editor, change: TeamChange): Team => {
  refuseOutsiders(team, by);
  return { ...team, ...checked(request, team.visibility, change), updatedAt: change.now };
};

/** Somebody who is in it already gets the new role. @throws Rejection `forbidden`, `invalid` */
export const putMember = (team: Team, member: TeamMember, by: Editor, change: TeamChange): Team => {
  refuseOutsiders(team, by);
  return {
    ...team,
    members: sorted([...team.members.filter(({ userId }) => userId !== member.userId), member], change),
    updatedAt: change.now,
  };
};

/** @throws Rejection `forbidden`, `not-found` */
export const removeMember = (team: Team, userId: UserId, by: Editor, { now }: Pick<TeamChange, 'now'>): Team => {
  refuseOutsiders(team, by);
  if (!team.members.some((member) => member.userId === userId))
    throw rejected('not-found', `user ${userId} is not a member of team ${team.id}`);
  return withoutMember(team, userId, now);
};

export const withoutMember = (team: Team, userId: UserId, now: Instant): Team => ({
  ...team,
  members: team.members.filter((member) => member.userId !== userId),
  updatedAt: now,
});

/** A team that a policy pages stays. @throws Rejection `still-in-use` */
export const refusePagedTeam = (team: Team, policies: readonly EscalationPolicy[]): void => {
  const paging = policies.filter(({ rules }) =>
    rules.some(({ targets }) => targets.some((target) => target.type === 'team' && target.teamId === team.id)),
  );
  refuseWhileNamed({ named: `team ${team.id}`, how: 'is paged by', by: naming('policy', 'escalation-policy', paging) });
};

/** What teams can own. */
export interface TeamOwnedLists {
  readonly sources: readonly AlertSource[];
  readonly policies: readonly EscalationPolicy[];
  readonly schedules: readonly Schedule[];
  readonly actions: readonly AlertAction[];
  readonly supportHours: readonly SupportHour[];
}

/** Else what it hides would be there for everybody from one moment to the next. @throws Rejection `still-in-use` */
export const refuseHidingTeam = (team: Team, { sources, policies, schedules, actions, supportHours }: TeamOwnedLists): void => {
  const of = (type: string, list: TeamOwnedLists[keyof TeamOwnedLists]): readonly ConcernedResource[] =>
    list.filter(({ teamIds }) => teamIds.includes(team.id)).map(({ id, name }) => ({ type, id, name }));
  const owned = [
    ...of('alert-source', sources),
    ...of('escalation-policy', policies),
    ...of('schedule', schedules),
    ...of('alert-action', actions),
    ...of('support-hour', supportHours),
  ];
  if (team.visibility === 'PUBLIC' || owned.length === 0) return;
  throw stillInUse(
    `team ${team.id} is PRIVATE and hides ${owned.map(inWords).join(', ')}: make it PUBLIC first, or give these to another team`,
    owned,
  );
};

const refuseOutsiders = (team: Team, by: Editor): void => {
  const isTeamAdmin = team.members.some(({ userId, role }) => userId === by.userId && role === 'ADMIN');
  if (by.role !== 'ADMIN' && !isTeamAdmin)
    throw rejected('forbidden', 'changing a team needs the role ADMIN, in the account or in the team');
};

const checked = (
  { name, visibility, members }: TeamRequest,
  usual: Team['visibility'],
  change: TeamChange,
): Pick<Team, 'name' | 'visibility' | 'members'> => ({ name, visibility: visibility ?? usual, members: sorted(members, change) });

const sorted = (members: readonly TeamMember[], { userExists }: TeamChange): Team['members'] => {
  const seen = new Set<UserId>();
  members.forEach(({ userId }, index) => {
    if (!userExists(userId)) throw invalidSetting(`members[${index}].user.id`, `there is no user ${userId}`);
    if (seen.has(userId)) throw invalidSetting(`members[${index}].user.id`, `user ${userId} is named twice`);
    seen.add(userId);
  });
  return [...members].sort((a, b) => a.userId - b.userId);
};
